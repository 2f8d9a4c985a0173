ALTER TABLE items RENAME COLUMN cents TO price;
