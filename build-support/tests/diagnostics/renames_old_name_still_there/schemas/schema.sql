CREATE TABLE todos (
    id          INTEGER PRIMARY KEY,
    owner_id    INTEGER,
    assignee_id INTEGER
);
