CREATE TABLE addresses (customer_id INTEGER PRIMARY KEY REFERENCES customers (id), street TEXT, city TEXT);
INSERT INTO addresses (customer_id, street, city) SELECT id, city, street FROM customers;
ALTER TABLE customers DROP COLUMN street;
ALTER TABLE customers DROP COLUMN city;
