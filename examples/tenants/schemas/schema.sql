CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE invoice (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    cents INTEGER NOT NULL,
    currency TEXT NOT NULL DEFAULT 'EUR'
);
CREATE INDEX invoice_customer ON invoice (customer_id);
