-- stepladder: call make_notes
INSERT INTO notes (text) VALUES ('hello');
