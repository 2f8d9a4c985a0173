CREATE TABLE todos (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    notes TEXT,
    done  INTEGER
) STRICT;
CREATE VIRTUAL TABLE found USING fts5(title, content='todos', content_rowid='id');
CREATE TRIGGER todo_new AFTER INSERT ON todos BEGIN
    INSERT INTO found (rowid, title) VALUES (new.id, new.title);
END;
