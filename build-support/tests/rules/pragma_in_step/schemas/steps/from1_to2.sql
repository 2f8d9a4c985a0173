PRAGMA foreign_keys = OFF;
ALTER TABLE todos ADD COLUMN state TEXT;
