CREATE TABLE items (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL CHECK (name <> ''),
    price INTEGER NOT NULL
);

CREATE TABLE documents (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);

CREATE VIEW prices AS SELECT id, price / 100.0 AS price FROM items;
