ALTER TABLE todos ADD COLUMN state TEXT;
UPDATE todos SET state = "open";
