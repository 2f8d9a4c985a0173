CREATE TABLE lists (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE todos (
    id      INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists (id),
    title   TEXT NOT NULL,
    due_date TEXT
);

CREATE INDEX todos_of_list ON todos (list_id);
