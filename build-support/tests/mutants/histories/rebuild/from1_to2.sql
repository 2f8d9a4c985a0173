-- A table is made anew under another name, as ALTER TABLE cannot make a column NOT NULL.
DROP VIEW titles;
CREATE TABLE new_todos (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id   INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES todos (id) ON DELETE SET NULL,
    title     TEXT NOT NULL,
    notes     TEXT NOT NULL DEFAULT '',
    state     TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done'))
);
INSERT INTO new_todos (id, list_id, parent_id, title, notes)
SELECT id, list_id, parent_id, title, coalesce(notes, '') FROM todos;
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_todos', seq FROM sqlite_sequence
WHERE name = 'todos' AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'new_todos');
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'todos')
WHERE name = 'new_todos';
DROP TABLE todos;
ALTER TABLE new_todos RENAME TO todos;
CREATE INDEX todos_of_list ON todos (list_id, title);
CREATE TRIGGER logged AFTER DELETE ON todos BEGIN
    INSERT INTO log (what) VALUES (old.title);
END;
CREATE VIEW titles AS SELECT id, title FROM todos;
