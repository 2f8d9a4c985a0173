-- What is in stock, and what has been sold.
ALTER TABLE products ADD COLUMN stock INTEGER NOT NULL DEFAULT 0;

CREATE INDEX orders_of_customer ON purchases (customer_id);

CREATE VIEW sales AS
SELECT products.id, products.title, sum("order lines".quantity) AS sold
FROM products
JOIN "order lines" ON "order lines".product_id = products.id
GROUP BY products.id;
