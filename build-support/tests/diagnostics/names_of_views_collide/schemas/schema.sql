CREATE TABLE "open todos" (
    id INTEGER PRIMARY KEY,
    "due date" TEXT
);

CREATE VIEW open_todos AS SELECT id, "due date", 1 AS due_date FROM "open todos";
