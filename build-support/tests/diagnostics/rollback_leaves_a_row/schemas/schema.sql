CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT
);

CREATE INDEX settings_by_value ON settings (value);
