PRAGMA foreign_keys = OFF;
BEGIN;
ALTER TABLE todos ADD COLUMN due_date TEXT;
EXPLAIN DELETE FROM todos;
PRAGMA user_version = 2;
COMMIT;
VACUUM;
