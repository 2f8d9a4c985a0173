CREATE TABLE new_todos (
    id      INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title   TEXT NOT NULL COLLATE NOCASE,
    notes   TEXT
);
INSERT INTO new_todos (id, list_id, title, notes) SELECT id, list_id, title, notes FROM todos;
DELETE FROM lists WHERE id NOT IN (SELECT list_id FROM todos);
DROP TABLE todos;
ALTER TABLE new_todos RENAME TO todos;
