CREATE TABLE settings (key TEXT PRIMARY KEY, value ANY, changed INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE readings (
    sensor TEXT NOT NULL,
    at     INTEGER NOT NULL,
    value  REAL NOT NULL,
    raw    BLOB,
    PRIMARY KEY (sensor, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE sensors (name TEXT PRIMARY KEY, place TEXT) STRICT;
