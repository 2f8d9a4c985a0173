ALTER TABLE people RENAME COLUMN name TO full_name;

-- stepladder: allow data_loss todos.title because its values are in `label`, and the new one is another
CREATE TABLE todos_new (
    id          INTEGER PRIMARY KEY,
    label       TEXT NOT NULL,
    assignee_id INTEGER,
    status      TEXT NOT NULL DEFAULT 'open',
    content     BLOB NOT NULL,
    rest,
    remark      TEXT,
    title       TEXT
);
INSERT INTO todos_new (id, label, assignee_id, status, content, rest, remark)
SELECT id, title, user_id, state, raw, extra, note FROM todos;
DROP TABLE todos;
ALTER TABLE todos_new RENAME TO todos;
