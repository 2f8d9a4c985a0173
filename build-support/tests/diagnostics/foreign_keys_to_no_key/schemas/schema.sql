CREATE TABLE people (
    name    TEXT NOT NULL,
    email   TEXT COLLATE NOCASE,
    country TEXT
);
CREATE UNIQUE INDEX people_email ON people (email) WHERE email <> '';
CREATE TABLE rooms (floor INTEGER, number INTEGER, PRIMARY KEY (floor, number));
CREATE VIRTUAL TABLE words USING fts5(word);
CREATE VIEW guests AS SELECT name FROM people;
CREATE TABLE visits (
    id       INTEGER PRIMARY KEY,
    name     TEXT REFERENCES people (name),
    country  TEXT REFERENCES guests (name),
    email    TEXT REFERENCES people (email),
    person   INTEGER REFERENCES people,
    row      INTEGER REFERENCES people (rowid),
    mail     TEXT REFERENCES "people"("emial"),
    room     INTEGER REFERENCES rooms ON DELETE CASCADE,
    building INTEGER REFERENCES buildings (id),
    host     TEXT REFERENCES peopel (name),
    word     INTEGER REFERENCES words (rowid),
    before   INTEGER REFERENCES visits (id),
    FOREIGN KEY (name, country) REFERENCES people (name, country)
);
CREATE TRIGGER visited AFTER INSERT ON visits BEGIN UPDATE people SET country = NULL; END;
