CREATE TABLE todos (
    id          INTEGER PRIMARY KEY,
    assignee_id INTEGER
);
