CREATE UNIQUE INDEX todos_by_title ON todos (list_id, title COLLATE NOCASE);
