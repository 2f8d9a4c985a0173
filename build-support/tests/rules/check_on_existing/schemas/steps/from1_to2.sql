CREATE TABLE new_todos (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    notes TEXT,
    CHECK (length(title) < 5)
);
INSERT INTO new_todos (id, title, notes) SELECT id, title, notes FROM todos;
DROP TABLE todos;
ALTER TABLE new_todos RENAME TO todos;
