CREATE TABLE todos (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    notes TEXT DEFAULT ''
);
CREATE INDEX todos_by_title ON todos (title);
CREATE TRIGGER trimmed AFTER INSERT ON todos BEGIN
    UPDATE todos SET title = trim(title) WHERE id = new.id;
END;
