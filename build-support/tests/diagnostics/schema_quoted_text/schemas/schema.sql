CREATE TABLE users (
    id   INTEGER PRIMARY KEY,
    name TEXT CHECK ("nmae" <> '')
);

CREATE TABLE teams (name TEXT);

CREATE INDEX teams_by_name ON teams ("nmae");

CREATE VIEW names AS SELECT "nmae" FROM teams;
