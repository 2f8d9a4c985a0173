CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE todos (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id   INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES todos (id) ON DELETE SET NULL,
    title     TEXT NOT NULL,
    notes     TEXT NOT NULL DEFAULT '',
    state     TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done'))
);
CREATE TABLE log (id INTEGER PRIMARY KEY, todo_id INTEGER REFERENCES todos (id), what TEXT);
CREATE INDEX todos_of_list ON todos (list_id, title);
CREATE VIEW titles AS SELECT id, title FROM todos;
CREATE TRIGGER logged AFTER DELETE ON todos BEGIN
    INSERT INTO log (what) VALUES (old.title);
END;
