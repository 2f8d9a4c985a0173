CREATE TABLE customers (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    email  TEXT COLLATE NOCASE UNIQUE
);
CREATE TABLE orders (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    total       INTEGER NOT NULL CHECK (total >= 0)
);
CREATE INDEX orders_of_customer ON orders (customer_id);
CREATE TABLE addresses (
    customer_id INTEGER PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    street      TEXT,
    city        TEXT,
    zip         TEXT
);
CREATE INDEX addresses_by_city ON addresses (city COLLATE NOCASE, zip) WHERE city IS NOT NULL;
