CREATE TABLE notes (
    id      INTEGER PRIMARY KEY,
    text    TEXT NOT NULL,
    created TEXT
);

CREATE INDEX notes_by_time ON notes (created);
