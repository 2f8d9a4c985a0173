CREATE TABLE counts (
    id INTEGER PRIMARY KEY,
    n  INTEGER
) STRICT;

CREATE TABLE log (
    what TEXT
);

CREATE INDEX counts_by_n ON counts (n);
