CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE addresses (customer_id INTEGER PRIMARY KEY REFERENCES customers (id), street TEXT, city TEXT);
