CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (
    id      INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title   TEXT NOT NULL COLLATE NOCASE,
    notes   TEXT,
    rank    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX todos_of_list ON todos (list_id);
