CREATE TABLE new_todos (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL
);
INSERT INTO new_todos (id, title) SELECT id, title FROM todos;
DROP TABLE todos;
ALTER TABLE new_todos RENAME TO todos;
