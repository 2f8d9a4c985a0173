CREATE INDEX settings_by_value ON settings (value);
INSERT INTO settings (name, value) VALUES ('theme', 'dark');
