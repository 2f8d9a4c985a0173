-- Amounts are in cents since version 2.
CREATE TABLE entries (
    id     INTEGER PRIMARY KEY,
    amount INTEGER NOT NULL,
    note   TEXT
);
