CREATE TABLE todos (
    id         INTEGER PRIMARY KEY,
    due_date   TEXT,
    "due date" TEXT
);
