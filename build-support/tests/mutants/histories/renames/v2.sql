CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT UNIQUE, phone TEXT);
CREATE TABLE tasks (id INTEGER PRIMARY KEY, assignee INTEGER REFERENCES accounts (id) ON DELETE SET NULL, helper INTEGER REFERENCES accounts (id), due TEXT, done TEXT);
CREATE INDEX tasks_open ON tasks (due) WHERE done IS NULL;
CREATE VIEW open_tasks AS SELECT t.id, u.name FROM tasks AS t LEFT JOIN accounts AS u ON u.id = t.assignee WHERE t.done IS NULL;
CREATE TRIGGER users_gone AFTER DELETE ON accounts BEGIN
    UPDATE tasks SET helper = NULL WHERE helper = old.id;
END;
