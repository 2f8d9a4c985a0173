CREATE INDEX notes_by_time ON notes (created);
-- stepladder: call
-- stepladder: call fill times();
-- stepladder: call match
-- stepladder: call r#match
-- stepladder: call gen
-- stepladder: call from1_to2
-- stepladder: call 2nd_pass
