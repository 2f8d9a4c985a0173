CREATE TABLE addresses (
    customer_id INTEGER PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    street      TEXT,
    city        TEXT,
    zip         TEXT
);
INSERT INTO addresses (customer_id, street, city, zip)
SELECT id, street, city, zip FROM customers
WHERE street IS NOT NULL OR city IS NOT NULL OR zip IS NOT NULL;
ALTER TABLE customers DROP COLUMN street;
ALTER TABLE customers DROP COLUMN city;
ALTER TABLE customers DROP COLUMN zip;
CREATE INDEX addresses_by_city ON addresses (city COLLATE NOCASE, zip) WHERE city IS NOT NULL;
