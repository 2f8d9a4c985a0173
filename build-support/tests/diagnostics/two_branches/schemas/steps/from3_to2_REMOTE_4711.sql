DROP VIEW open_todos;
