CREATE TABLE users (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE todos (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users (id)
);
