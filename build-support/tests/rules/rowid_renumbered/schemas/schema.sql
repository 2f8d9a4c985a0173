CREATE TABLE settings (
    name  TEXT COLLATE NOCASE,
    value TEXT
);
