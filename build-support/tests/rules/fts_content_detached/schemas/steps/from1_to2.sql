ALTER TABLE todos ADD COLUMN done INTEGER;
UPDATE todos SET title = title || ' (open)';
