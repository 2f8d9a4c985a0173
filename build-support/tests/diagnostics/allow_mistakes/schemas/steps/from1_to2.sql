-- stepladder: allow data_lost todos.notes because nobody reads them
-- stepladder: allow data_loss todos.note because nobody reads them
-- stepladder: allow data_loss todos.notes
ALTER TABLE todos DROP COLUMN notes;
