CREATE TABLE customers (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    name  TEXT NOT NULL,
    mobile TEXT,
    landline TEXT
);

CREATE TABLE products (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    -- In cents.
    price INTEGER NOT NULL CHECK (price >= 0),
    type  TEXT,
    stock INTEGER NOT NULL DEFAULT 0,
    slug  TEXT NOT NULL
);

CREATE TABLE orders (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    placed_at   TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    remark      TEXT
);

CREATE TABLE "order lines" (
    order_id   INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity   INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (order_id, product_id)
) WITHOUT ROWID;

CREATE TABLE coupons (
    code     TEXT PRIMARY KEY,
    percent  INTEGER NOT NULL
);

CREATE TABLE reviews (
    id         INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    stars      INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    text       TEXT
) STRICT;

CREATE INDEX orders_of_customer ON orders (customer_id);

CREATE UNIQUE INDEX products_slug ON products (slug);

CREATE INDEX products_sold_out ON products (title) WHERE stock = 0;

CREATE VIRTUAL TABLE products_text USING fts5(title, type, content = 'products', content_rowid = 'id');

CREATE TRIGGER products_text_insert AFTER INSERT ON products BEGIN
    INSERT INTO products_text (rowid, title, type) VALUES (new.id, new.title, new.type);
END;

CREATE TRIGGER products_text_delete AFTER DELETE ON products BEGIN
    INSERT INTO products_text (products_text, rowid, title, type) VALUES ('delete', old.id, old.title, old.type);
END;

CREATE TRIGGER products_text_update AFTER UPDATE ON products BEGIN
    INSERT INTO products_text (products_text, rowid, title, type) VALUES ('delete', old.id, old.title, old.type);
    INSERT INTO products_text (rowid, title, type) VALUES (new.id, new.title, new.type);
END;

CREATE VIEW sales AS
SELECT products.id, products.title, sum("order lines".quantity) AS sold
FROM products
JOIN "order lines" ON "order lines".product_id = products.id
GROUP BY products.id
ORDER BY sold DESC;
