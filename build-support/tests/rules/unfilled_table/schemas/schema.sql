CREATE TABLE parcels (
    id   INTEGER PRIMARY KEY,
    code INTEGER NOT NULL CHECK (code * code = 152399025),
    note TEXT
);
