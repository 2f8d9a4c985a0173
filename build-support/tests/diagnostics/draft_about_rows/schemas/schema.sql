CREATE TABLE "order lines" (id INTEGER PRIMARY KEY, twice AS (amount * 2), amount INTEGER NOT NULL);
