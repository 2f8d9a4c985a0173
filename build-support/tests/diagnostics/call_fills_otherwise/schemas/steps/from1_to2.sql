ALTER TABLE notes ADD COLUMN slug TEXT;
-- stepladder: call fill_slugs
CREATE TABLE new (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    slug TEXT NOT NULL CHECK (slug GLOB '[a-z]*')
);
INSERT INTO new (id, text, slug) SELECT id, text, upper(slug) FROM notes;
DROP TABLE notes;
ALTER TABLE new RENAME TO notes;
