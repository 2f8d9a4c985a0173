ALTER TABLE todos RENAME TO old_todos;
CREATE TABLE todos (
    id      INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title   TEXT NOT NULL COLLATE NOCASE,
    notes   TEXT
);
INSERT INTO todos (id, list_id, title) SELECT id, list_id, title FROM old_todos;
DROP TABLE old_todos;
