ALTER TABLE t ADD COLUMN new TEXT;
UPDATE t SET new = 'n' || id;
