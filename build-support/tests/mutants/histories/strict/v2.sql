CREATE TABLE settings (scope TEXT NOT NULL DEFAULT 'app', key TEXT NOT NULL, value ANY, changed INTEGER, PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID;
CREATE TABLE readings (
    sensor TEXT NOT NULL,
    at     INTEGER NOT NULL,
    value  REAL NOT NULL,
    raw    BLOB,
    unit   TEXT,
    PRIMARY KEY (sensor, at DESC)
) STRICT, WITHOUT ROWID;
CREATE TABLE sensors (name TEXT PRIMARY KEY, place TEXT) STRICT;
CREATE UNIQUE INDEX readings_by_time ON readings (at, sensor);
