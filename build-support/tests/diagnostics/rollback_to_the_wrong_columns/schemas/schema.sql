CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    heading TEXT,
    text TEXT
);
