CREATE TABLE n (
    name  TEXT COLLATE NOCASE,
    value TEXT
);
INSERT INTO n (name, value) SELECT name, value FROM settings;
DROP TABLE settings;
ALTER TABLE n RENAME TO settings;
