CREATE TABLE new_todos (
    id      INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title   TEXT NOT NULL UNIQUE,
    notes   TEXT
);
INSERT OR IGNORE INTO new_todos SELECT * FROM todos;
DROP TABLE todos;
ALTER TABLE new_todos RENAME TO todos;
