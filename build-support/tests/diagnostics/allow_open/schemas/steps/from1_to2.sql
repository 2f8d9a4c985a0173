-- stepladder: allow data_loss todos.notes because ..
ALTER TABLE todos DROP COLUMN notes;
