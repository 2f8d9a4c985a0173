-- A due date for each to-do.
ALTER TABLE todos ADD COLUMN due_date TEXT;

UPDATE todos
SET due_date = titel;
