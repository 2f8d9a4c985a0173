ALTER TABLE todos ADD COLUMN owner TEXT;
UPDATE todos SET owner = (SELECT name FROM users WHERE users.id = todos.id);
-- stepladder: allow data_loss users because the names are in todos, and nobody has none
DROP TABLE users;
