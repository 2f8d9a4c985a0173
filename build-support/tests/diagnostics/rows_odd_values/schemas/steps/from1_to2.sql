ALTER TABLE notes ADD COLUMN tag TEXT;
UPDATE notes SET tag = json_extract(body, '$.tag');
