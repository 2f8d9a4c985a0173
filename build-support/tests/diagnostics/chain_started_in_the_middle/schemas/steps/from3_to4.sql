-- stepladder: allow select_star_copy t because the columns are in order, as far as we know
CREATE TABLE n (id INTEGER PRIMARY KEY, new TEXT, x TEXT COLLATE NOCASE);
INSERT INTO n SELECT * FROM t;
DROP TABLE t;
ALTER TABLE n RENAME TO t;
