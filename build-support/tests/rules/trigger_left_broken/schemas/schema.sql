CREATE TABLE todos (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    notes TEXT
);
CREATE TABLE log (
    id   INTEGER PRIMARY KEY,
    what TEXT
);
