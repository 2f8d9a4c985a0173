-- stepladder: allow data_loss leaves.unused because no release wrote it
UPDATE branches SET number = NULL WHERE kind IS NULL;
CREATE TABLE new_branches (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL DEFAULT 'oak',
    number INTEGER,
    up INTEGER REFERENCES branches (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    length REAL CHECK (length > 0 OR length <= 0),
    CONSTRAINT tree FOREIGN KEY (kind, number) REFERENCES trees (kind, number) ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO new_branches (id, kind, number, up, length)
SELECT id, ifnull(kind, 'oak'), number, up, length FROM branches;
DROP TABLE branches;
ALTER TABLE new_branches RENAME TO branches;
ALTER TABLE leaves DROP COLUMN unused;
CREATE TABLE fallen (leaf INTEGER PRIMARY KEY, color TEXT NOT NULL);
INSERT INTO fallen (leaf, color) SELECT rowid, color FROM leaves WHERE color = 'brown';
