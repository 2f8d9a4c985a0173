CREATE TABLE mails (
    id   INTEGER PRIMARY KEY,
    sent TEXT NOT NULL,
    note TEXT
);
