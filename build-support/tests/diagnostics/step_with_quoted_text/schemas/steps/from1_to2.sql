ALTER TABLE users ADD COLUMN shout TEXT;
UPDATE users SET shout = upper("nmae");
