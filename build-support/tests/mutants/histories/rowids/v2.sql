CREATE TABLE events (at TEXT NOT NULL, what TEXT, size INTEGER DEFAULT 0, host TEXT);
CREATE TABLE seen (event INTEGER NOT NULL, who TEXT NOT NULL);
CREATE INDEX events_at ON events (at, host);
