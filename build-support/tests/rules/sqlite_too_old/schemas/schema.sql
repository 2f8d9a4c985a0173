CREATE TABLE todos (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    remark TEXT,
    short TEXT GENERATED ALWAYS AS (substr(title, 1, 5))
);
