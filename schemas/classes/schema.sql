CREATE TABLE kinds (
    id          INTEGER PRIMARY KEY,
    whole       BIGINT NOT NULL,
    real        DOUBLE PRECISION NOT NULL,
    text        VARCHAR(20) NOT NULL,
    raw         BLOB NOT NULL,
    flag        BOOLEAN NOT NULL,
    exact       DECIMAL(10, 2) NOT NULL,
    maybe_whole INTEGER,
    maybe_real  REAL,
    maybe_text  TEXT,
    maybe_raw   BLOB,
    maybe_flag  BOOLEAN,
    bare,
    day         DATE
);

CREATE TABLE todos (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    title  TEXT NOT NULL,
    due    DATE,
    state  TEXT NOT NULL DEFAULT 'open',
    note   TEXT DEFAULT 'none',
    hint   TEXT DEFAULT NULL,
    free   DEFAULT 7,
    length INTEGER AS (length(title)),
    loud   TEXT NOT NULL AS (upper(title)) STORED
);

CREATE TABLE "order lines" (
    "self"  TEXT NOT NULL COLLATE NOCASE,
    "order" INTEGER,
    type    TEXT,
    PRIMARY KEY ("order", "self" COLLATE BINARY)
) WITHOUT ROWID;

CREATE TABLE strict_keys (
    code TEXT PRIMARY KEY,
    any  ANY,
    n    INT NOT NULL
) STRICT;

-- SQLite lets NULL into these two keys.
CREATE TABLE loose_keys (
    code TEXT PRIMARY KEY,
    n    INTEGER
);

CREATE TABLE descending (
    id INTEGER PRIMARY KEY DESC
);

CREATE TABLE keyless (
    rowid      TEXT,
    "Row"      TEXT,
    data_class TEXT,
    str        INTEGER
);

CREATE TABLE plugs (
    connection TEXT NOT NULL,
    "None"     INTEGER NOT NULL,
    get        BLOB NOT NULL,
    PRIMARY KEY (connection, "None", get)
);

CREATE TABLE names (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE ON CONFLICT IGNORE
);

CREATE VIRTUAL TABLE words USING fts5(title, body);

CREATE VIRTUAL TABLE old_words USING fts4(title);

CREATE VIRTUAL TABLE boxes USING rtree(id, low, high);

CREATE TRIGGER todos_words AFTER INSERT ON todos BEGIN
    INSERT INTO words (rowid, title) VALUES (new.id + 100, new.title);
END;

CREATE VIEW overview AS
SELECT todos.id, todos.title, todos.state, kinds.flag, kinds.raw, upper(todos.title) AS loud
FROM todos
LEFT JOIN kinds ON kinds.id = todos.id;

CREATE VIEW counted (n) AS SELECT count(*) FROM todos;
