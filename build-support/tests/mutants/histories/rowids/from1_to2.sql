-- `seen.event` holds rowids of `events`.
CREATE TABLE new_events (at TEXT NOT NULL, what TEXT, size INTEGER DEFAULT 0, host TEXT);
INSERT INTO new_events (rowid, at, what, size) SELECT rowid, at, what, size FROM events;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;
CREATE INDEX events_at ON events (at, host);
