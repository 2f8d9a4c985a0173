CREATE TABLE new_todos (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    notes TEXT DEFAULT ''
);
INSERT INTO new_todos (id, title, notes) SELECT id, title, notes FROM todos;
DROP TABLE todos;
ALTER TABLE new_todos RENAME TO todos;
