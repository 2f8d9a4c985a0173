-- Each note gets an address, which Rust makes from its title.
ALTER TABLE notes ADD COLUMN slug TEXT;

-- stepladder: call fill_slugs

CREATE TABLE notes_new (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    slug  TEXT NOT NULL UNIQUE
);
INSERT INTO notes_new (id, title, slug) SELECT id, title, slug FROM notes;
DROP TABLE notes;
ALTER TABLE notes_new RENAME TO notes;

-- stepladder: call check_slugs
