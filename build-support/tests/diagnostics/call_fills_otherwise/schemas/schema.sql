CREATE TABLE notes (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    slug TEXT NOT NULL CHECK (slug GLOB '[a-z]*')
);
