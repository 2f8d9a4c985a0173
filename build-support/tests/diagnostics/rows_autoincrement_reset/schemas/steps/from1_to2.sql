CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT COLLATE NOCASE);
INSERT INTO new_orders (id, item) SELECT id, item FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
