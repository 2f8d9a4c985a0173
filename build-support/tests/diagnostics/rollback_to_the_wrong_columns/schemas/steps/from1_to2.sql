ALTER TABLE notes RENAME COLUMN title TO heading;
ALTER TABLE notes RENAME COLUMN body TO text;
