//! Histories that were written to go wrong: each is a name and its versions.

/// The histories.
pub(crate) const HISTORIES: &[(&str, &[&str])] = &[
    (
        "other letters",
        &[
            "CREATE TABLE Todos (Id INTEGER PRIMARY KEY, Title TEXT, gone INT)",
            "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, gone INT)",
            "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT)",
            "CREATE TABLE TODOS (ID INTEGER PRIMARY KEY, TITLE TEXT NOT NULL)",
            "CREATE TABLE Tasks (id INTEGER PRIMARY KEY, title TEXT NOT NULL)",
        ],
    ),
    (
        "the rename of a column that is everywhere",
        &[
            "CREATE TABLE p (a TEXT, b TEXT, n INT, l INT AS (length(a)), PRIMARY KEY (a, n), \
                 UNIQUE (a), CHECK (a <> '!')); \
             CREATE TABLE c (id INTEGER PRIMARY KEY, a TEXT REFERENCES p (a)); \
             CREATE INDEX i ON p (a) WHERE a > 'a'; CREATE INDEX e ON p (lower(a)); \
             CREATE VIEW v AS SELECT a FROM p; \
             CREATE TRIGGER g AFTER UPDATE OF a ON p BEGIN UPDATE c SET a = new.a WHERE a = old.a; END",
            "CREATE TABLE p (name TEXT, b TEXT, n INT, l INT AS (length(name)), PRIMARY KEY (name, n), \
                 UNIQUE (name), CHECK (name <> '!')); \
             CREATE TABLE c (id INTEGER PRIMARY KEY, a TEXT REFERENCES p (name)); \
             CREATE INDEX i ON p (name) WHERE name > 'a'; CREATE INDEX e ON p (lower(name)); \
             CREATE VIEW v AS SELECT name FROM p; \
             CREATE TRIGGER g AFTER UPDATE OF name ON p BEGIN UPDATE c SET a = new.name WHERE a = old.name; END",
        ],
    ),
    (
        "chains and swaps of columns",
        &[
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, x INT, y TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, c TEXT, y INT, x TEXT)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT, d TEXT, y INT, x TEXT)",
        ],
    ),
    (
        "two tables swap their names",
        &[
            "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY, y INT)",
            "CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE a (id INTEGER PRIMARY KEY, y INT)",
        ],
    ),
    (
        "renamed and changed",
        &[
            "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, \"due date\" TEXT, boss INT REFERENCES users); \
             CREATE TABLE posts (id INTEGER PRIMARY KEY, user INT REFERENCES users (id)); \
             CREATE TRIGGER g AFTER INSERT ON users BEGIN DELETE FROM posts; END",
            "CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, \"due on\" TEXT, slug TEXT NOT NULL, boss INT REFERENCES people); \
             CREATE TABLE posts (id INTEGER PRIMARY KEY, user INT REFERENCES people (id)); \
             CREATE TRIGGER g AFTER INSERT ON people BEGIN DELETE FROM posts; END",
            "CREATE TABLE persons (id INTEGER PRIMARY KEY, name TEXT, slug TEXT NOT NULL) WITHOUT ROWID; \
             CREATE TABLE posts (id INTEGER PRIMARY KEY, user INT REFERENCES persons (id))",
        ],
    ),
    (
        "one name, several kinds",
        &[
            "CREATE TABLE x (a TEXT, b TEXT); CREATE TABLE t (a TEXT, b TEXT); CREATE INDEX i ON t (a)",
            "CREATE VIRTUAL TABLE x USING fts5(a, b); CREATE TABLE i (a TEXT, b TEXT); CREATE VIEW t AS SELECT a FROM i",
            "CREATE TABLE x (a TEXT, b TEXT); CREATE TABLE t (a TEXT, c TEXT); CREATE INDEX i ON t (a)",
            "CREATE VIEW x AS SELECT 1 AS a; CREATE TABLE i (a TEXT, c TEXT)",
            "CREATE TABLE x (a TEXT); CREATE TABLE j (a TEXT, c TEXT); CREATE INDEX i ON x (a)",
        ],
    ),
    (
        "full text",
        &[
            "CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT); \
             CREATE VIRTUAL TABLE f USING fts5(body, content=docs, content_rowid=id); \
             CREATE TRIGGER fi AFTER INSERT ON docs BEGIN INSERT INTO f (rowid, body) VALUES (new.id, new.body); END; \
             CREATE VIRTUAL TABLE g USING fts4(body, x); CREATE VIRTUAL TABLE r USING rtree(id, a, b)",
            "CREATE TABLE documents (id INTEGER PRIMARY KEY, body TEXT); \
             CREATE VIRTUAL TABLE f USING fts5(body, content=documents, content_rowid=id); \
             CREATE TRIGGER fi AFTER INSERT ON documents BEGIN INSERT INTO f (rowid, body) VALUES (new.id, new.body); END; \
             CREATE VIRTUAL TABLE g USING fts4(body, y); CREATE VIRTUAL TABLE s USING rtree(id, a, b)",
            "CREATE TABLE documents (id INTEGER PRIMARY KEY, body TEXT NOT NULL, title TEXT); \
             CREATE VIRTUAL TABLE h USING fts5(body, title, content=documents, content_rowid=id); \
             CREATE TRIGGER fi AFTER INSERT ON documents BEGIN INSERT INTO h (rowid, body) VALUES (new.id, new.body); END; \
             CREATE VIRTUAL TABLE words USING fts5vocab(h, row); CREATE VIRTUAL TABLE s USING rtree(id, a, b, c, d)",
            "CREATE TABLE documents (id INTEGER PRIMARY KEY, body TEXT NOT NULL, title TEXT); \
             CREATE VIRTUAL TABLE h USING fts5(body, title, content=documents, content_rowid=id, tokenize=porter); \
             CREATE VIRTUAL TABLE words USING fts5vocab(h, col); CREATE VIRTUAL TABLE e USING fts4(content='', body)",
        ],
    ),
    (
        "parents, children and themselves",
        &[
            "CREATE TABLE p (id INTEGER PRIMARY KEY, up INT REFERENCES p (id), k TEXT UNIQUE); \
             CREATE TABLE c (id INTEGER PRIMARY KEY, k TEXT REFERENCES p (k), up INT REFERENCES c)",
            "CREATE TABLE p (id INTEGER PRIMARY KEY, above INT REFERENCES p (id), k TEXT UNIQUE NOT NULL); \
             CREATE TABLE c (id INTEGER PRIMARY KEY, k TEXT NOT NULL REFERENCES p (k), up INT REFERENCES c)",
            "CREATE TABLE q (id INTEGER PRIMARY KEY, above INT REFERENCES q (id), k TEXT UNIQUE NOT NULL); \
             CREATE TABLE d (id INTEGER PRIMARY KEY, k TEXT NOT NULL REFERENCES q (k), up INT REFERENCES d)",
            "CREATE TABLE q (key INTEGER PRIMARY KEY, above INT REFERENCES q (key), k TEXT UNIQUE NOT NULL); \
             CREATE TABLE d (id INTEGER PRIMARY KEY, k TEXT NOT NULL REFERENCES q (k), up INT REFERENCES d)",
        ],
    ),
    (
        "a rebuild with a rename",
        &[
            "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT, n INT); CREATE TABLE u (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, remark TEXT, n TEXT); CREATE TABLE u (key TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT DEFAULT 'x', n TEXT NOT NULL); CREATE TABLE u (key TEXT PRIMARY KEY, value TEXT)",
        ],
    ),
    (
        "columns that Rust needs",
        &[
            "CREATE TABLE str (str TEXT, gen TEXT, Vec TEXT, \"r#type\" TEXT, \"static\" TEXT)",
            "CREATE TABLE str (str TEXT NOT NULL, gen INT, Vec BLOB, \"static\" TEXT, self TEXT)",
            "CREATE TABLE gen (str TEXT NOT NULL, gen INT, Vec BLOB, \"static\" TEXT, self TEXT)",
        ],
    ),
];
