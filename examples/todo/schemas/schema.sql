CREATE TABLE lists (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE todos (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id  INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    title    TEXT NOT NULL,
    status   TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'dropped')),
    assignee_id INTEGER,
    due_date TEXT,
    slug     TEXT NOT NULL
);

CREATE INDEX todos_of_list ON todos (list_id);

CREATE INDEX todos_due ON todos (due_date) WHERE status = 'open';

CREATE VIEW open_todos AS
SELECT todos.id, lists.name AS list, todos.title, todos.due_date
FROM todos
JOIN lists ON lists.id = todos.list_id
WHERE todos.status = 'open';

CREATE UNIQUE INDEX todos_slug ON todos (list_id, slug);

CREATE VIRTUAL TABLE todos_text USING fts5(title, content = 'todos', content_rowid = 'id');

CREATE TRIGGER todos_text_insert AFTER INSERT ON todos BEGIN
    INSERT INTO todos_text (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER todos_text_delete AFTER DELETE ON todos BEGIN
    INSERT INTO todos_text (todos_text, rowid, title) VALUES ('delete', old.id, old.title);
END;

CREATE TRIGGER todos_text_update AFTER UPDATE OF title ON todos BEGIN
    INSERT INTO todos_text (todos_text, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO todos_text (rowid, title) VALUES (new.id, new.title);
END;
