-- stepladder: allow unique_on_existing settings because no app has written it yet
CREATE INDEX settings_by_value ON settings (value);
INSERT INTO settings (name, value) VALUES ('theme', 'dark');
