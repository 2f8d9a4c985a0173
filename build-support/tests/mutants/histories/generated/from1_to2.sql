CREATE TABLE new_items (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL COLLATE NOCASE,
    price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 100000),
    count INTEGER NOT NULL DEFAULT 1 CHECK (count BETWEEN 0 AND 1000),
    total INTEGER NOT NULL AS (price * count) STORED,
    label TEXT COLLATE RTRIM AS (name || ' x' || count),
    UNIQUE (name, price)
);
INSERT INTO new_items (id, name, price, count) SELECT id, name, price, count FROM items;
DROP TABLE items;
ALTER TABLE new_items RENAME TO items;
CREATE INDEX items_dear ON items (total DESC) WHERE total > 1000;
