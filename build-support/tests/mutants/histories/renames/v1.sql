CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, full_name TEXT NOT NULL, mail TEXT UNIQUE, phone TEXT);
CREATE TABLE tasks (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users (id) ON DELETE SET NULL, helper INTEGER REFERENCES users (id), due TEXT, done TEXT);
CREATE INDEX tasks_open ON tasks (due) WHERE done IS NULL;
CREATE VIEW open_tasks AS SELECT t.id, u.full_name FROM tasks AS t LEFT JOIN users AS u ON u.id = t.owner WHERE t.done IS NULL;
CREATE TRIGGER users_gone AFTER DELETE ON users BEGIN
    UPDATE tasks SET helper = NULL WHERE helper = old.id;
END;
