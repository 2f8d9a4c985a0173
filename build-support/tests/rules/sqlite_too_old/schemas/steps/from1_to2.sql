ALTER TABLE todos RENAME COLUMN notes TO remark;
ALTER TABLE todos ADD COLUMN short TEXT GENERATED ALWAYS AS (substr(title, 1, 5));
