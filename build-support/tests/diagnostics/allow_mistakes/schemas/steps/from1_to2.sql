-- stepladder: allow data_lost todos.notes because nobody reads them
-- stepladder: allow data_loss todos.note because nobody reads them
-- stepladder: allow data_loss todos.notes
-- stepladder: call fill_slugs
ALTER TABLE todos DROP COLUMN notes;
