-- The schema as it is wanted now.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
);

CREATE TABLE todos (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  owner_id INTEGER REFERENCES users (id)
);

CREATE INDEX todos_owner ON todos (owner_id);

CREATE VIEW open_todos AS SELECT id, title FROM todos WHERE done = 0;
