//! Schemas that are hard to fill.

/// Schemas in which every table gets all of its rows.
pub(crate) const FILLABLE: &[(&str, &str)] = &[
    ("types", "CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e, f NUMERIC, g BOOLEAN NOT NULL,
        h VARCHAR(3) NOT NULL, i DATETIME); CREATE TABLE s (a INT NOT NULL, b INTEGER, c REAL, d TEXT,
        e BLOB, f ANY) STRICT; CREATE TABLE only_text (a TEXT)"),
    ("names", "CREATE TABLE \"a.b\" (c, \"select\" NOT NULL, \"q\"\"x\", [due date], `é`);
        CREATE TABLE a (\"b.c\" NOT NULL, \"it's\", CHECK (\"b.c\" <> '')); CREATE TABLE \"\" (x)"),
    ("rowids", "CREATE TABLE a (rowid, x); CREATE TABLE b (rowid, oid, _rowid_);
        CREATE TABLE c (x INTEGER PRIMARY KEY); CREATE TABLE d (x INT PRIMARY KEY);
        CREATE TABLE e (x INTEGER PRIMARY KEY DESC, y); CREATE TABLE f (x PRIMARY KEY, y) WITHOUT ROWID;
        CREATE TABLE g (x INTEGER PRIMARY KEY AUTOINCREMENT)"),
    ("unique", "CREATE TABLE t (a TEXT COLLATE NOCASE UNIQUE, b TEXT, c INTEGER, d INTEGER,
        UNIQUE (b COLLATE RTRIM), UNIQUE (c, d)); CREATE UNIQUE INDEX i ON t (lower(b));
        CREATE UNIQUE INDEX j ON t (c) WHERE d IS NOT NULL; CREATE UNIQUE INDEX k ON t (abs(d), a)"),
    ("unique and check", "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (
        p NOT NULL REFERENCES p, kind TEXT NOT NULL CHECK (kind IN ('a', 'b')), UNIQUE (p, kind))"),
    ("ignore", "CREATE TABLE t (a UNIQUE ON CONFLICT IGNORE, b NOT NULL ON CONFLICT REPLACE DEFAULT 1,
        c UNIQUE ON CONFLICT REPLACE)"),
    ("generated", "CREATE TABLE t (a INTEGER NOT NULL, b AS (a + 1) STORED NOT NULL, c TEXT AS (d || '!')
        UNIQUE, d TEXT, e AS (b * 2) CHECK (e > 10)); CREATE UNIQUE INDEX i ON t (b, e)"),
    ("self", "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t);
        CREATE TABLE n (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES n);
        CREATE TABLE k (tenant TEXT, id TEXT, up TEXT, PRIMARY KEY (tenant, id),
            FOREIGN KEY (tenant, up) REFERENCES k)"),
    ("cycles", "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER NOT NULL REFERENCES b);
        CREATE TABLE b (id INTEGER PRIMARY KEY, c INTEGER NOT NULL REFERENCES c);
        CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a, d TEXT REFERENCES d (code));
        CREATE TABLE d (code TEXT NOT NULL UNIQUE, c INTEGER REFERENCES c)"),
    ("keys", "CREATE TABLE child (x, y, z, FOREIGN KEY (x, y) REFERENCES parent (a, b),
            FOREIGN KEY (y, z) REFERENCES other);
        CREATE TABLE parent (a, b, UNIQUE (a, b)); CREATE TABLE other (y, z, PRIMARY KEY (y, z));
        CREATE TABLE tenant (id TEXT PRIMARY KEY);
        CREATE TABLE place (tenant TEXT NOT NULL REFERENCES tenant, id TEXT NOT NULL, PRIMARY KEY (tenant, id));
        CREATE TABLE thing (tenant TEXT NOT NULL REFERENCES tenant, place TEXT, other TEXT NOT NULL,
            FOREIGN KEY (tenant, place) REFERENCES place, FOREIGN KEY (tenant, other) REFERENCES place)"),
    ("affinities", "CREATE TABLE p (a INTEGER UNIQUE, b TEXT UNIQUE COLLATE NOCASE, c UNIQUE);
        CREATE TABLE q (a TEXT REFERENCES p (a), b REFERENCES p (b), c REAL REFERENCES p (c))"),
    ("checks", "CREATE TABLE t (
        a INTEGER CHECK (a > 0 AND a < 100), b TEXT CHECK (length(b) BETWEEN 2 AND 4),
        c TEXT CHECK (c GLOB '[A-Z][0-9][0-9]*'), d TEXT CHECK (d LIKE '%_@_%.com'),
        e TEXT CHECK (json_valid(e)), f INTEGER NOT NULL CHECK (f IN (0, 1)),
        g TEXT NOT NULL CHECK (g = 'x' OR g = 'y'), h REAL CHECK (h BETWEEN 0.0 AND 1.0),
        i TEXT CHECK (i IS date(i)), j CHECK (typeof(j) = 'integer'), k CHECK (typeof(k) = 'blob'),
        l TEXT NOT NULL CHECK (length(l) = 36), m TEXT CHECK (m = upper(m) AND length(m) = 3),
        n INTEGER CHECK (n % 5 = 0), o TEXT CHECK (json_extract(o, '$.name') IS NOT NULL),
        p TEXT CHECK (p NOT GLOB '*[^0-9]*' AND p <> ''), q TEXT CHECK (trim(q) <> ''),
        r INTEGER CHECK (r BETWEEN -5 AND -2), s TEXT CHECK (s = lower(s)),
        u BLOB CHECK (length(u) = 16), v TEXT CHECK (length(v) <= 255),
        w INTEGER CHECK (w IS NULL OR w >= 1900), x TEXT CHECK (datetime(x) IS NOT NULL))"),
    ("checks over columns", "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER, d TEXT, e TEXT,
        f INTEGER, g INTEGER NOT NULL, h REAL, i TEXT NOT NULL, CHECK (a > b), CHECK ((c IS NULL) <> (d IS NULL)),
        CHECK (d IS NULL OR length(d) < length(e)), CHECK (f = a * 2 + g), CHECK (h <= g),
        CHECK (CASE i WHEN 'small' THEN g < 10 WHEN 'large' THEN g > 1000 ELSE 0 END))"),
    ("exactly one of", "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE q (id INTEGER PRIMARY KEY);
        CREATE TABLE t (p REFERENCES p, q REFERENCES q, r TEXT,
        CHECK ((p IS NOT NULL) + (q IS NOT NULL) + (r IS NOT NULL) = 1))"),
    ("triggers", "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE TABLE log (a);
        CREATE TRIGGER z AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;
        CREATE TRIGGER b BEFORE INSERT ON t BEGIN SELECT raise(ABORT, 'no'); END;
        CREATE VIEW v AS SELECT * FROM t; CREATE TRIGGER m INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
        CREATE TRIGGER a AFTER INSERT ON log BEGIN DELETE FROM log; END"),
    ("search", "CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
        CREATE VIRTUAL TABLE own5 USING fts5(title, body UNINDEXED);
        CREATE VIRTUAL TABLE over5 USING fts5(title, body, content = 'note', content_rowid = 'id');
        CREATE VIRTUAL TABLE none5 USING fts5(title, content = '');
        CREATE VIRTUAL TABLE own4 USING fts4(title, body, tokenize=unicode61);
        CREATE VIRTUAL TABLE over4 USING fts4(title, content=\"note\");
        CREATE VIRTUAL TABLE none4 USING fts4(content=\"\", title);
        CREATE VIRTUAL TABLE words USING fts5vocab(own5, 'row');
        CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1, +label);
        CREATE VIRTUAL TABLE whole USING rtree_i32(id, x0, x1)"),
];

/// Schemas in which a table gets fewer rows: the table, its rows, and why.
pub(crate) const UNFILLABLE: &[(&str, &str, usize, &str)] = &[
    (
        "CREATE TABLE one (id INTEGER PRIMARY KEY CHECK (id = 1), a)",
        "one",
        1,
        "UNIQUE constraint failed: one.id",
    ),
    (
        "CREATE TABLE two (a TEXT NOT NULL UNIQUE CHECK (a IN ('a', 'b')))",
        "two",
        2,
        "UNIQUE constraint failed: two.a",
    ),
    (
        "CREATE TABLE never (a NOT NULL CHECK (a IS NULL)); CREATE TABLE child (a NOT NULL REFERENCES never (a))",
        "never",
        0,
        "CHECK constraint failed: a IS NULL",
    ),
    (
        "CREATE TABLE never (a UNIQUE NOT NULL CHECK (0)); CREATE TABLE child (a NOT NULL REFERENCES never (a))",
        "child",
        0,
        "there is no row in `never` to refer to",
    ),
    (
        "CREATE TABLE child (a NOT NULL REFERENCES gone (a))",
        "child",
        0,
        "there is no row in `gone` to refer to",
    ),
    (
        "CREATE TABLE t (a NOT NULL CONSTRAINT hard CHECK (a * a = 1522756 AND a < 0))",
        "t",
        0,
        "CHECK constraint failed: hard",
    ),
    (
        "CREATE TABLE t (a, b, CHECK (\"a\" <> \"a\" AND b > 0), CHECK (\"a\" IS NOT NULL))",
        "t",
        0,
        "CHECK constraint failed: \"a\" <> \"a\" AND b > 0",
    ),
    (
        "CREATE TABLE a (id PRIMARY KEY NOT NULL REFERENCES b) WITHOUT ROWID;
         CREATE TABLE b (id PRIMARY KEY NOT NULL CHECK (id = 'x')  REFERENCES a) WITHOUT ROWID",
        "a",
        0,
        "there is no row in `b` to refer to",
    ),
];
