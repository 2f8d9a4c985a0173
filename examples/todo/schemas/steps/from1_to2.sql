-- A due date for each to-do, and the view that the start page reads.
ALTER TABLE todos ADD COLUMN due_date TEXT;

CREATE INDEX todos_due ON todos (due_date) WHERE done = 0;

CREATE VIEW open_todos AS
SELECT todos.id, lists.name AS list, todos.title, todos.due_date
FROM todos
JOIN lists ON lists.id = todos.list_id
WHERE todos.done = 0;
