DROP VIEW open_tasks;
ALTER TABLE users RENAME TO accounts;
ALTER TABLE accounts RENAME COLUMN full_name TO name;
ALTER TABLE accounts RENAME COLUMN mail TO email;
ALTER TABLE tasks RENAME owner TO assignee;
CREATE VIEW open_tasks AS SELECT t.id, u.name FROM tasks AS t LEFT JOIN accounts AS u ON u.id = t.assignee WHERE t.done IS NULL;
