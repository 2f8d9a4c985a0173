CREATE TABLE invoice (
    id INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    cents INTEGER NOT NULL,
    currency TEXT NOT NULL DEFAULT 'EUR'
);
