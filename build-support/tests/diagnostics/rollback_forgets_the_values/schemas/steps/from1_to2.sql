-- stepladder: allow type_change items because no price is near 2^63
ALTER TABLE items RENAME COLUMN price TO cents;
UPDATE items SET cents = cents * 100;
