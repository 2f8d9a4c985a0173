CREATE INDEX todos_title ON todos (title);
CREATE TABLE todos (title TEXT);
