ALTER TABLE todos ADD COLUMN tag TEXT;
UPDATE todos SET tag = json_extract(notes, '$.tag');
