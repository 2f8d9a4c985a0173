-- The schema as it is wanted now.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  mail TEXT NOT NULL
);

CREATE TABLE todos (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  done BOOLEAN NOT NULL DEFAULT 0,
  owner_id INTEGER REFERENCES users (id)
);

CREATE INDEX todos_owner ON todos (owner_id);

CREATE TABLE tags (id INTEGER PRIMARY KEY);

CREATE VIEW open_todos AS SELECT id, title FROM todos WHERE done = 0;
