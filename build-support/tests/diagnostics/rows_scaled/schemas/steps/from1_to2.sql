ALTER TABLE entries RENAME COLUMN amount TO cents;
UPDATE entries SET cents = cents * 100;
