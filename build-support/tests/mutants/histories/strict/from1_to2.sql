CREATE TABLE new_settings (scope TEXT NOT NULL DEFAULT 'app', key TEXT NOT NULL, value ANY, changed INTEGER, PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID;
INSERT INTO new_settings (scope, key, value, changed) SELECT 'app', key, value, changed FROM settings;
DROP TABLE settings;
ALTER TABLE new_settings RENAME TO settings;
CREATE TABLE new_readings (
    sensor TEXT NOT NULL,
    at     INTEGER NOT NULL,
    value  REAL NOT NULL,
    raw    BLOB,
    unit   TEXT,
    PRIMARY KEY (sensor, at DESC)
) STRICT, WITHOUT ROWID;
INSERT INTO new_readings (sensor, at, value, raw) SELECT sensor, at, value, raw FROM readings;
DROP TABLE readings;
ALTER TABLE new_readings RENAME TO readings;
CREATE UNIQUE INDEX readings_by_time ON readings (at, sensor);
