CREATE TABLE people (
    id        INTEGER PRIMARY KEY,
    full_name TEXT NOT NULL
);

CREATE TABLE todos (
    id          INTEGER PRIMARY KEY,
    label       TEXT NOT NULL,
    assignee_id INTEGER,
    status      TEXT NOT NULL DEFAULT 'open',
    content     BLOB NOT NULL,
    rest,
    remark      TEXT,
    -- Not what was called so.
    title       TEXT
);
