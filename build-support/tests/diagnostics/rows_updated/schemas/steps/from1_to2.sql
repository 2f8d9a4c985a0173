CREATE TABLE tags (name TEXT);
UPDATE todos SET notes = 'none' WHERE notes IS NOT NULL;
