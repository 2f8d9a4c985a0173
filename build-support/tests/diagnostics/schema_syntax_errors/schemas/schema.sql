CREATE TABLE users (
  id INTEGER PRIMARY KEY
  name TEXT NOT NULL
);

-- An index of a table that is not valid is no second mistake.
CREATE INDEX users_name ON users (name);

CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, TITLE TEXT);
CREATE TABLE "tägs" (name TEXT, CHECK (lenght(name) > 0));
CREATE INDEX todos_x ON missing (x);
CREATE TABLE a (b TEXT
