CREATE TABLE todos (
    id    INTEGER PRIMARY KEY,
    state VARCHAR(10) NOT NULL,
    due   DATETIME
);

CREATE VIEW open_todos AS SELECT id, due FROM todos WHERE state = 'open';
