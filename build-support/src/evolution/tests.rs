use stepladder::schema::Schema;

use super::evolution;
use crate::history::Version;
use crate::renames::{Renamed, Renames};
use crate::snapshot::Snapshot;
use crate::source::SourceFile;

fn version(number: i32, sql: &str) -> Version {
    let connection = stepladder::rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    let schema: Schema = stepladder::introspect::introspect(&connection).unwrap();
    Version {
        number,
        snapshot: Snapshot {
            version: number,
            parent: None,
            entities: Vec::new(),
        },
        file: SourceFile::new("schema.json", ""),
        schema,
        views: std::collections::BTreeMap::new(),
    }
}

/// `table: change, change; table: change`, with `todos.new=old` and `new=old` renamed.
fn changes(old: &str, new: &str, said: &[&str]) -> String {
    let mut renames = Renames::default();
    for line in said {
        let (new, old) = line.split_once('=').unwrap();
        let old = old.to_owned();
        match new.split_once('.') {
            Some((table, new)) => renames.add_column(
                table,
                Renamed {
                    old,
                    new: new.to_owned(),
                },
            ),
            None => renames.tables.push(Renamed {
                old,
                new: new.to_owned(),
            }),
        }
    }
    let found = evolution(&version(1, old), &version(2, new), &renames);
    let found = found.iter().map(|table| {
        let changes: Vec<_> = table.changes.iter().map(ToString::to_string).collect();
        format!("{}: {}", table.table, changes.join(", "))
    });
    found.collect::<Vec<_>>().join("; ")
}

fn columns(old: &str, new: &str) -> String {
    let table = |columns: &str| {
        format!("CREATE TABLE p (k PRIMARY KEY, l UNIQUE); CREATE TABLE t ({columns})")
    };
    let found = changes(&table(old), &table(new), &[]);
    found.strip_prefix("t: ").unwrap_or(&found).to_owned()
}

#[test]
fn what_the_outside_does_not_see_is_no_change() {
    for (old, new) in [
        (
            "id INTEGER PRIMARY KEY, a TEXT",
            "a VARCHAR(9), id INTEGER PRIMARY KEY AUTOINCREMENT",
        ),
        (
            "a TEXT NOT NULL",
            "a TEXT CONSTRAINT c NOT NULL ON CONFLICT IGNORE",
        ),
        ("a UNIQUE", "a, UNIQUE (a)"),
        ("a REFERENCES p", "a REFERENCES p (k) ON DELETE CASCADE"),
        ("a, b AS (a + 1)", "a, b AS (a + 1) STORED"),
        ("a INTEGER PRIMARY KEY", "a INTEGER NOT NULL PRIMARY KEY"),
    ] {
        assert_eq!(columns(old, new), "", "{old} -> {new}");
    }
    let table = "CREATE TABLE t (a);";
    for more in [
        "CREATE INDEX i ON t (a)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING fts5(a, content = 't')",
    ] {
        assert_eq!(
            changes(table, &format!("{table} {more}"), &[]),
            "",
            "{more}"
        );
        assert_eq!(
            changes(&format!("{table} {more}"), table, &[]),
            "",
            "{more}"
        );
    }
}

#[test]
fn changes_of_columns_are_told() {
    for (old, new, expected) in [
        ("a", "a, b", "column `b` is new"),
        ("a, b", "a", "column `b` is gone"),
        ("a", "a, b AS (a)", "column `b` is new and computed"),
        (
            "a, b AS (a)",
            "a, b AS (-a)",
            "column `b` is computed in another way",
        ),
        ("a, b", "a, b AS (a)", "column `b` is computed now"),
        ("a, b AS (a)", "a, b", "column `b` is not computed any more"),
        ("a INTEGER", "a TEXT", "column `a` has another type"),
        ("a", "a DEFAULT 1", "column `a` has another default"),
        (
            "a TEXT",
            "a TEXT COLLATE NOCASE",
            "column `a` has another collation",
        ),
        ("a", "a NOT NULL", "column `a` cannot be NULL any more"),
        ("a NOT NULL", "a", "column `a` can be NULL now"),
        ("a", "b NOT NULL, a", "column `b` is new"),
    ] {
        assert_eq!(columns(old, new), expected, "{old} -> {new}");
    }
}

#[test]
fn constraints_are_tighter_or_looser() {
    for (old, new, tighter, looser) in [
        (
            "a, b",
            "a UNIQUE, b",
            "`a` is unique now",
            "`a` need not be unique any more",
        ),
        (
            "a, b, UNIQUE (a, b)",
            "a UNIQUE, b",
            "`a` is unique now",
            "",
        ),
        (
            "a, b",
            "a CHECK (a > 0), b",
            "`CHECK (a > 0)` is new",
            "`CHECK (a > 0)` is gone",
        ),
        (
            "a",
            "a REFERENCES p",
            "the foreign key `a REFERENCES p` is new",
            "the foreign key `a REFERENCES p` is gone",
        ),
        (
            "a PRIMARY KEY, b",
            "a, b",
            "the primary key is another one",
            "",
        ),
        (
            "a, b",
            "a, b, PRIMARY KEY (b, a)",
            "the primary key is another one",
            "the primary key is another one",
        ),
        (
            "a TEXT PRIMARY KEY",
            "a INTEGER PRIMARY KEY",
            "the primary key is another one, column `a` cannot be NULL any more",
            "",
        ),
    ] {
        let there = columns(old, new);
        // Where a part of a key is unique, so is the whole.
        assert_eq!(there, tighter, "{old} -> {new}");
        if !looser.is_empty() {
            assert_eq!(columns(new, old), looser, "{new} -> {old}");
        }
    }
    // What comes and goes with a column is told with it.
    assert_eq!(
        columns("a", "a, b CHECK (b > 0) REFERENCES p"),
        "column `b` is new"
    );
    assert_eq!(
        columns("a, b UNIQUE CHECK (b > 0) REFERENCES p", "a"),
        "column `b` is gone"
    );
    // It is filled by each side on its own, and then they differ.
    assert_eq!(
        columns("a", "a, b UNIQUE"),
        "column `b` is new, `b` is unique now"
    );
}

#[test]
fn unique_indexes_are_constraints() {
    let table = "CREATE TABLE t (a, b UNIQUE);";
    for (index, expected) in [
        ("CREATE UNIQUE INDEX i ON t (a)", "t: `a` is unique now"),
        ("CREATE UNIQUE INDEX i ON t (a, b)", ""),
        (
            "CREATE UNIQUE INDEX i ON t (a) WHERE b",
            "t: `i` is unique now",
        ),
        ("CREATE UNIQUE INDEX i ON t (a + 1)", "t: `i` is unique now"),
    ] {
        let new = format!("{table} {index}");
        assert_eq!(changes(table, &new, &[]), expected, "{index}");
        assert_eq!(changes(&new, &new, &[]), "");
    }
    let strict = "CREATE TABLE t (a ANY) STRICT";
    assert_eq!(
        changes("CREATE TABLE t (a)", strict, &[]),
        "t: the table is STRICT now"
    );
}

#[test]
fn what_follows_a_rename_is_no_change() {
    const OLD: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> ''), shown AS (upper(name)));
        CREATE TABLE todos (id INTEGER PRIMARY KEY, owner REFERENCES users (id), x, UNIQUE (owner, x));
        CREATE UNIQUE INDEX names ON users (lower(name));";
    let new = "CREATE TABLE people (nr INTEGER PRIMARY KEY, label TEXT NOT NULL CHECK (label <> ''), shown AS (upper(label)));
        CREATE TABLE todos (id INTEGER PRIMARY KEY, owner REFERENCES people (nr), y, UNIQUE (owner, y));
        CREATE UNIQUE INDEX labels ON people (lower(label));";
    let renamed = [
        "people=users",
        "people.nr=id",
        "people.label=name",
        "todos.y=x",
    ];
    assert_eq!(
        changes(OLD, new, &renamed),
        "people: the table was `users`, column `nr` was `id`, column `label` was `name`; \
         todos: column `y` was `x`"
    );
}

#[test]
fn names_may_be_exchanged_or_be_those_of_what_is_gone() {
    let old = "CREATE TABLE t (a TEXT, b INTEGER, c BLOB NOT NULL)";
    assert_eq!(
        changes(
            old,
            "CREATE TABLE t (b TEXT, a INTEGER, c BLOB NOT NULL)",
            &["t.b=a", "t.a=b"]
        ),
        "t: column `b` was `a`, column `a` was `b`"
    );
    assert_eq!(
        changes(old, "CREATE TABLE t (c TEXT, b INTEGER)", &["t.c=a"]),
        "t: column `c` was `a`, column `c` is gone"
    );
    let old = "CREATE TABLE t (a); CREATE TABLE u (b);";
    assert_eq!(
        changes(
            old,
            "CREATE TABLE u (a); CREATE TABLE t (b)",
            &["t=u", "u=t"]
        ),
        "u: the table was `t`; t: the table was `u`"
    );
    assert_eq!(
        changes(old, "CREATE TABLE u (a)", &["u=t"]),
        "u: the table was `t`; u: the table is gone"
    );
    assert_eq!(
        changes(old, "CREATE TABLE u (b)", &[]),
        "t: the table is gone"
    );
    assert_eq!(
        changes(
            "CREATE TABLE t (a)",
            "CREATE VIRTUAL TABLE t USING fts5(a)",
            &[]
        ),
        "t: the table is new; t: the table is gone"
    );
}
