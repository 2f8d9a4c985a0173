PRAGMA writable_schema = ON;
ALTER TABLE todos ADD COLUMN state TEXT;
