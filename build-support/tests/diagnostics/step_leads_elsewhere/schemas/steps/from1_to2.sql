DROP INDEX todos_of_list;
ALTER TABLE todos ADD COLUMN due_date INTEGER;
