CREATE TABLE items (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL COLLATE NOCASE,
    price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 100000),
    count INTEGER NOT NULL DEFAULT 1 CHECK (count BETWEEN 0 AND 1000),
    total INTEGER NOT NULL AS (price * count) STORED,
    label TEXT COLLATE RTRIM AS (name || ' x' || count),
    UNIQUE (name, price)
);
CREATE TABLE parts (item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE ON UPDATE CASCADE, part TEXT NOT NULL, PRIMARY KEY (item_id, part));
CREATE INDEX items_dear ON items (total DESC) WHERE total > 1000;
