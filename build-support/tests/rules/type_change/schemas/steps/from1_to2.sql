-- stepladder: allow data_loss t.price because the number is what counts
CREATE TABLE n (
    id    INTEGER PRIMARY KEY,
    price INTEGER
) STRICT;
INSERT INTO n (id, price) SELECT id, price FROM t;
DROP TABLE t;
ALTER TABLE n RENAME TO t;
