ALTER TABLE users ADD COLUMN state TEXT;
UPDATE users SET state = 'old';
