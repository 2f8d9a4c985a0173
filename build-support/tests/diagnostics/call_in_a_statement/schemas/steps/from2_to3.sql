CREATE INDEX notes_by_time ON notes (created);
UPDATE notes
-- stepladder: call fill_times
SET text = text;
