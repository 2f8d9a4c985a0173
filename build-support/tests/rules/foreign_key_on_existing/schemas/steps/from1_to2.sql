CREATE TABLE new_todos (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users (id)
);
INSERT INTO new_todos (id, user_id) SELECT id, user_id FROM todos;
DROP TABLE todos;
ALTER TABLE new_todos RENAME TO todos;
