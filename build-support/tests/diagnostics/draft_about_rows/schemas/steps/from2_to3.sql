-- stepladder: fill_in because the schema stays as it is, and only rows can change
-- Write below what becomes of the rows, such as `UPDATE "order lines" SET amount = ..;`, and remove these lines.
UPDATE "order lines" SET amount = amount + 1;
