CREATE TABLE todos (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    notes TEXT,
    state TEXT
);
