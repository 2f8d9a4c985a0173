CREATE TABLE new_todos (
    id      INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title   TEXT NOT NULL,
    notes   TEXT,
    rank    INTEGER NOT NULL
);

INSERT INTO new_todos (id, list_id, title, notes, rank)
SELECT id, list_id, title, notes, NULL
FROM todos;

DROP TABLE todos;

ALTER TABLE new_todos RENAME TO todos;
