CREATE TABLE tickets (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'busy', 'done')),
    price INTEGER NOT NULL CHECK (price >= 0),
    rank  INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE people (id INTEGER PRIMARY KEY, first TEXT NOT NULL, last TEXT NOT NULL, nick TEXT, shown TEXT NOT NULL DEFAULT '');
CREATE INDEX people_by_name ON people (lower(last), first DESC);
