ALTER TABLE items ADD COLUMN stock INTEGER NOT NULL DEFAULT 0;

CREATE INDEX items_by_stock ON items (stock);
