CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (
    id      INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title   TEXT NOT NULL,
    notes   TEXT
);
CREATE UNIQUE INDEX todos_by_title ON todos (list_id, title COLLATE NOCASE);
