CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

INSERT INTO customer (name) SELECT DISTINCT customer FROM invoice;

CREATE TABLE new_invoice (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    cents INTEGER NOT NULL,
    currency TEXT NOT NULL DEFAULT 'EUR'
);

INSERT INTO new_invoice (id, customer_id, cents, currency)
SELECT invoice.id, customer.id, invoice.cents, invoice.currency
FROM invoice
JOIN customer ON customer.name = invoice.customer;

DROP TABLE invoice;

ALTER TABLE new_invoice RENAME TO invoice;

CREATE INDEX invoice_customer ON invoice (customer_id);
