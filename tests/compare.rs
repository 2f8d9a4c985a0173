//! What counts as a difference and of which kind.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use rusqlite::Connection;
use stepladder::compare::{CompareOptions, Difference, DifferenceKind, compare};
use stepladder::introspect::introspect;
use stepladder::schema::Schema;

fn schema(sql: &str) -> Schema {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    introspect(&connection).unwrap()
}

fn differences(expected: &str, found: &str, options: CompareOptions) -> Vec<Difference> {
    compare(&schema(expected), &schema(found), &options)
}

/// Each pair in both directions.
fn assert_equal(pairs: &[(&str, &str)]) {
    for (a, b) in pairs {
        let options = CompareOptions::default();
        assert_eq!(differences(a, b, options), [], "{a} | {b}");
        assert_eq!(differences(b, a, options), [], "{b} | {a}");
    }
}

#[test]
fn what_sqlite_does_not_care_about_is_equal() {
    assert_equal(&[
        (
            "CREATE TABLE t (a, b UNIQUE)",
            "CREATE TABLE T ([A], `B`, UNIQUE (\"b\" ASC))",
        ),
        (
            "CREATE TABLE t (a UNIQUE)",
            "CREATE TABLE t (a UNIQUE, UNIQUE (a), UNIQUE (a))",
        ),
        (
            "CREATE TABLE t (a CHECK (a > 0))",
            "CREATE TABLE t (a, CHECK ((a>0)) CHECK (A > 0))",
        ),
        (
            "CREATE TABLE t (a DEFAULT 1)",
            "CREATE TABLE t (a DEFAULT ((+1)))",
        ),
        (
            "CREATE TABLE t (a DEFAULT foo)",
            "CREATE TABLE t (a DEFAULT 'foo')",
        ),
        (
            "CREATE TABLE t (a DEFAULT \"Foo\")",
            "CREATE TABLE t (a DEFAULT 'Foo')",
        ),
        (
            "CREATE TABLE t (a DEFAULT [true])",
            "CREATE TABLE t (a DEFAULT 'true')",
        ),
        (
            "CREATE TABLE t (a DEFAULT false)",
            "CREATE TABLE t (a DEFAULT (0))",
        ),
        ("CREATE TABLE t (a DEFAULT NULL)", "CREATE TABLE t (a)"),
        (
            "CREATE TABLE t (a CHECK (a <> \"x\"))",
            "CREATE TABLE t (a CHECK (a <> 'x'))",
        ),
        (
            "CREATE TABLE t (a NOT NULL ON CONFLICT ABORT)",
            "CREATE TABLE t (a NOT NULL)",
        ),
        ("CREATE TABLE t (a COLLATE binary)", "CREATE TABLE t (a)"),
        (
            "CREATE TABLE t (a COLLATE nocase)",
            "CREATE TABLE t (a COLLATE rtrim COLLATE NOCASE)",
        ),
        (
            "CREATE TABLE t (a INTEGER PRIMARY KEY NOT NULL)",
            "CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))",
        ),
        (
            "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE t (a TEXT, PRIMARY KEY (a)) WITHOUT ROWID",
        ),
        (
            "CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY) STRICT",
            "CREATE TABLE t (a text primary key) strict",
        ),
        (
            "CREATE TABLE t (a PRIMARY KEY, b REFERENCES t DEFERRABLE, c REFERENCES t)",
            "CREATE TABLE t (a PRIMARY KEY, b, c, FOREIGN KEY (c) REFERENCES T (A)
             FOREIGN KEY (b) REFERENCES t (a) NOT DEFERRABLE INITIALLY DEFERRED)",
        ),
        (
            "CREATE TABLE t (a, b GENERATED ALWAYS AS (a + 1))",
            "CREATE TABLE t (a, b AS ((a + 1)) VIRTUAL)",
        ),
        (
            "CREATE TABLE t (a, b); CREATE INDEX i ON t (a, lower(b) COLLATE nocase) WHERE b = 'x'",
            "CREATE TABLE t (a, b); CREATE INDEX main.i ON t ([a] COLLATE BINARY ASC, LOWER(b)
             COLLATE NOCASE) WHERE (b == \"x\")",
        ),
        (
            "CREATE VIRTUAL TABLE f USING fts5(a, tokenize='porter')",
            "CREATE VIRTUAL TABLE \"F\" USING FTS5(a, tokenize = 'porter' /* stems */)",
        ),
        (
            "CREATE TABLE t (a); CREATE TRIGGER t AFTER INSERT ON t BEGIN SELECT 1; END",
            "CREATE TABLE t2 (a); CREATE TRIGGER t AFTER INSERT ON t2 BEGIN SELECT 1; END;
             ALTER TABLE t2 RENAME TO t",
        ),
        (
            "CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (p REFERENCES p)",
            "CREATE TABLE q (id PRIMARY KEY); CREATE TABLE c (p REFERENCES q);
             ALTER TABLE q RENAME TO p",
        ),
    ]);
}

/// The fact that changes, in a table that has one of each.
const TABLE: &str = "CREATE TABLE w (a TEXT, b TEXT, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID;
CREATE TABLE p (id INTEGER PRIMARY KEY, k UNIQUE);
CREATE TABLE t (
  id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT,
  a TEXT CONSTRAINT nn NOT NULL ON CONFLICT FAIL DEFAULT 'x' COLLATE NOCASE CHECK (a <> ''),
  b INT REFERENCES p ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  c REAL AS (id * 2) STORED,
  UNIQUE (a, b) ON CONFLICT REPLACE
);
CREATE INDEX i ON t (a DESC, b + 1) WHERE b > 0;
CREATE VIEW v AS SELECT a FROM t;
CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t WHERE id = 1; END;
CREATE VIRTUAL TABLE f USING fts5(a, content='');";

#[test]
fn the_rowid_in_double_quotes_is_a_text_only_where_there_is_none() {
    assert_equal(&[
        (
            "CREATE TABLE t (a, CHECK (\"rowid\" > 0)); CREATE INDEX i ON t (a) WHERE \"oid\" > 0",
            "CREATE TABLE t (a, CHECK (rowid > 0)); CREATE INDEX i ON t (a) WHERE oid > 0",
        ),
        (
            "CREATE TABLE t (a, b AS (\"rowid\")); CREATE INDEX i ON t (a || \"rowid\")",
            "CREATE TABLE t (a, b AS ('rowid')); CREATE INDEX i ON t (a || 'rowid')",
        ),
    ]);
}

#[test]
fn each_changed_fact_is_one_difference_of_its_kind() {
    use DifferenceKind as K;
    let edits: &[(&str, &str, K)] = &[
        (" AUTOINCREMENT", "", K::Autoincrement),
        ("a TEXT CONSTRAINT", "a BLOB CONSTRAINT", K::ColumnType),
        (" NOT NULL ON CONFLICT FAIL", "", K::NotNull),
        ("ON CONFLICT FAIL", "ON CONFLICT IGNORE", K::NotNull),
        ("DEFAULT 'x'", "", K::Default),
        ("DEFAULT 'x'", "DEFAULT 'X'", K::Default),
        ("COLLATE NOCASE", "", K::Collation),
        ("CHECK (a <> '')", "", K::Check),
        ("a <> ''", "a <> ' '", K::Check),
        ("REFERENCES p ON", "REFERENCES p (k) ON", K::ForeignKey),
        ("CASCADE", "SET NULL", K::ForeignKey),
        ("ON DELETE CASCADE", "ON UPDATE CASCADE", K::ForeignKey),
        ("INITIALLY DEFERRED", "", K::ForeignKey),
        ("id * 2", "id * 3", K::Generated),
        ("STORED", "VIRTUAL", K::Generated),
        ("UNIQUE (a, b) ON", "UNIQUE (b, a) ON", K::Unique),
        (
            "UNIQUE (a, b) ON",
            "UNIQUE (a, b COLLATE rtrim) ON",
            K::Unique,
        ),
        ("ON CONFLICT REPLACE", "", K::Unique),
        ("b INT REF", "new, b INT REF", K::UnexpectedColumn),
        ("c REAL AS (id * 2) STORED,", "", K::MissingColumn),
        ("a DESC, b + 1", "a, b + 1", K::IndexColumns),
        ("a DESC, b + 1", "a DESC, b + 2", K::IndexColumns),
        (
            "a DESC, b + 1",
            "a COLLATE BINARY DESC, b + 1",
            K::IndexColumns,
        ),
        ("b + 1", "b + 1 COLLATE NOCASE", K::IndexColumns),
        ("WHERE b > 0", "", K::IndexFilter),
        ("WHERE b > 0", "WHERE b > 1", K::IndexFilter),
        ("CREATE INDEX", "CREATE UNIQUE INDEX", K::IndexUnique),
        (
            "i ON t (a DESC, b + 1)",
            "i ON w (a DESC, b + 1)",
            K::IndexTable,
        ),
        ("SELECT a FROM", "SELECT b FROM", K::View),
        ("id = 1", "id = 2", K::Trigger),
        ("AFTER", "BEFORE", K::Trigger),
        ("content=''", "content='t'", K::VirtualTable),
        (
            "fts5(a, content='')",
            "fts4(a, content='')",
            K::VirtualTable,
        ),
        ("(a, b)) STRICT", "(b, a)) STRICT", K::PrimaryKey),
        ("(a, b)) STRICT", "(a, b DESC)) STRICT", K::PrimaryKey),
        (
            "(a, b)) STRICT",
            "(a, b) ON CONFLICT IGNORE) STRICT",
            K::PrimaryKey,
        ),
        ("STRICT, WITHOUT", "WITHOUT", K::Strict),
        ("STRICT, WITHOUT ROWID", "STRICT", K::WithoutRowid),
        ("w (a TEXT", "w (a ANY", K::ColumnType),
        (
            "CREATE VIEW v",
            "CREATE TABLE v (x); CREATE VIEW v2",
            K::EntityKind,
        ),
    ];
    let options = CompareOptions::default();
    assert_eq!(differences(TABLE, TABLE, options), []);
    for (from, to, kind) in edits {
        assert!(TABLE.contains(from), "{from}");
        let changed = TABLE.replacen(from, to, 1);
        let mut found = differences(TABLE, &changed, options);
        found.retain(|difference| {
            difference.kind != K::Unexpected && difference.object.name != "v2"
        });
        let kinds: Vec<_> = found.iter().map(|difference| difference.kind).collect();
        assert_eq!(kinds, [*kind], "{from} -> {to}: {found:?}");
        assert!(found[0].expected != found[0].found, "{:?}", found[0]);
        let back = compare(&schema(&changed), &schema(TABLE), &options);
        assert!(!back.is_empty(), "{from} -> {to}");
    }
}
