//! How differences are told, and what the options change.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fmt::Write;

use expect_test::{Expect, expect};
use rusqlite::Connection;
use stepladder::compare::{CompareOptions, Difference, Strictness, compare, compare_tables};
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

fn check(expected: &str, found: &str, options: CompareOptions, messages: &Expect) {
    let mut text = String::new();
    for difference in differences(expected, found, options) {
        writeln!(text, "{:?}: {difference}", difference.kind).unwrap();
    }
    messages.assert_eq(&text);
}

fn strict(set: impl FnOnce(&mut CompareOptions)) -> CompareOptions {
    let mut options = CompareOptions::default();
    set(&mut options);
    options
}

#[test]
fn the_rowid_has_a_difference_of_its_own() {
    check(
        "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE u (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE u (id INTEGER PRIMARY KEY DESC)",
        CompareOptions::default(),
        &expect![[r#"
            RowidAlias: table `t`: expected `INTEGER PRIMARY KEY`, found `INT PRIMARY KEY`; only one of them is the rowid
            RowidAlias: table `u`: expected `INTEGER PRIMARY KEY`, found `INTEGER PRIMARY KEY DESC`; only one of them is the rowid
        "#]],
    );
}

#[test]
fn options_make_names_order_and_spelling_count() {
    let a = "CREATE TABLE t (a INT CONSTRAINT n NOT NULL, b VARCHAR(9) CONSTRAINT k PRIMARY KEY,
        CONSTRAINT c CHECK (a > 0), CONSTRAINT u UNIQUE (a), CONSTRAINT f FOREIGN KEY (a)
        REFERENCES t)";
    let b = "CREATE TABLE t (b TEXT PRIMARY KEY, a INTEGER NOT NULL, CHECK (a > 0),
        CONSTRAINT x UNIQUE (a), FOREIGN KEY (a) REFERENCES t)";
    check(a, b, CompareOptions::default(), &expect![[""]]);
    let order = strict(|options| options.column_order = Strictness::Strict);
    check(
        a,
        b,
        order,
        &expect![[r#"
        ColumnOrder: table `t`: expected column order `(a, b)`, found `(b, a)`
    "#]],
    );
    let names = strict(|options| options.constraint_names = Strictness::Strict);
    check(
        a,
        b,
        names,
        &expect![[r#"
        ConstraintName: column `t.a`: expected `CONSTRAINT n NOT NULL`, found `NOT NULL`
        ConstraintName: table `t`: expected `CONSTRAINT k PRIMARY KEY (b)`, found `PRIMARY KEY (b)`
        ConstraintName: table `t`: expected `CONSTRAINT u UNIQUE (a)`, found `CONSTRAINT x UNIQUE (a)`
        ConstraintName: table `t`: expected `CONSTRAINT c CHECK (a > 0)`, found `CHECK (a > 0)`
        ConstraintName: table `t`: expected `CONSTRAINT f FOREIGN KEY (a) REFERENCES t`, found `FOREIGN KEY (a) REFERENCES t`
    "#]],
    );
    let types = strict(|options| options.type_names = Strictness::Strict);
    check(
        a,
        b,
        types,
        &expect![[r#"
        ColumnType: column `t.a`: expected type `INT`, found `INTEGER`
        ColumnType: column `t.b`: expected type `VARCHAR(9)`, found `TEXT`
    "#]],
    );
}

#[test]
fn messages_show_both_sides() {
    check(
        "CREATE TABLE todos (id INTEGER PRIMARY KEY AUTOINCREMENT, due_date TEXT, title TEXT
            NOT NULL, \"done by\" INT REFERENCES users (id), n COLLATE NOCASE, o DEFAULT 1,
            g AS (id + 1), UNIQUE (due_date, title))",
        "CREATE TABLE todos (id INTEGER PRIMARY KEY, due_date INTEGER, title TEXT,
            \"done by\" INT, n COLLATE RTRIM, o, g, CHECK (id > 0))",
        CompareOptions::default(),
        &expect![[r#"
            ColumnType: column `todos.due_date`: expected type `TEXT`, found `INTEGER`
            NotNull: column `todos.title`: expected `NOT NULL`, found a nullable column
            Collation: column `todos.n`: expected collation `NOCASE`, found `RTRIM`
            Default: column `todos.o`: expected default `1`, found no default
            Generated: column `todos.g`: expected `AS (id + 1) VIRTUAL`, found an ordinary column
            Autoincrement: table `todos`: expected `AUTOINCREMENT`, found no `AUTOINCREMENT`
            Unique: table `todos`: expected `UNIQUE (due_date, title)`, found no such constraint
            Check: table `todos`: expected no such constraint, found `CHECK (id > 0)`
            ForeignKey: table `todos`: expected `FOREIGN KEY ("done by") REFERENCES users (id)`, found no such foreign key
        "#]],
    );
}

#[test]
fn hints_name_what_may_have_been_renamed() {
    check(
        "CREATE TABLE t (a, owner_id INT NOT NULL); CREATE TABLE u (x TEXT, y);
         CREATE INDEX i_new ON t (a); CREATE VIEW v AS SELECT 1;
         CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TABLE t (a, assignee INTEGER NOT NULL); CREATE TABLE u_old (x TEXT, y);
         CREATE INDEX i_old ON t (a); CREATE VIEW v_old AS SELECT 1;
         CREATE TRIGGER g_old AFTER INSERT ON t BEGIN SELECT 1; END",
        CompareOptions::default(),
        &expect![[r#"
            MissingColumn: column `t.owner_id` is missing (it may be `assignee` under its old name)
            UnexpectedColumn: column `t.assignee` is not expected
            Missing: table `u` is missing (the same definition exists as `u_old`)
            Missing: index `i_new` is missing (the same definition exists as `i_old`)
            Missing: view `v` is missing (the same definition exists as `v_old`)
            Missing: trigger `g` is missing (the same definition exists as `g_old`)
            Unexpected: table `u_old` is not expected
            Unexpected: index `i_old` is not expected
            Unexpected: view `v_old` is not expected
            Unexpected: trigger `g_old` is not expected
        "#]],
    );
}

#[test]
fn a_text_and_a_column_are_told_apart() {
    check(
        "CREATE TABLE t (a, b, CHECK (a <> \"b\")); CREATE INDEX i ON t (a || \"b\")",
        "CREATE TABLE t (a, c, CHECK (a <> \"b\")); CREATE INDEX i ON t (a || \"b\")",
        CompareOptions::default(),
        &expect![[r#"
            MissingColumn: column `t.b` is missing (it may be `c` under its old name)
            UnexpectedColumn: column `t.c` is not expected
            Check: table `t`: expected `CHECK (a <> b)`, found `CHECK (a <> 'b')`
            IndexColumns: index `i`: expected columns `(a || b)`, found `(a || 'b')`
        "#]],
    );
}

#[test]
fn long_texts_are_shown_where_they_differ() {
    check(
        "CREATE TABLE t (a, b, c, d, e, f);
         CREATE VIEW v AS SELECT a, b, c, d, e, f FROM t WHERE a = 1 AND b = 2 AND c = 3 AND d = 4;
         CREATE VIEW w AS SELECT a, b, c, d, e, f FROM t WHERE a = 1",
        "CREATE TABLE t (a, b, c, d, e, f);
         CREATE VIEW v AS SELECT a, b, c, d, e, f FROM t WHERE a = 9 AND b = 2 AND c = 3 AND d = 4;
         CREATE VIEW w AS SELECT a, b, c, d, e, f FROM t",
        CompareOptions::default(),
        &expect![[r#"
            View: view `v`: expected `… a = 1 AND b = 2 AND c = 3 AND …`, found `… a = 9 AND b = 2 AND c = 3 AND …`
            View: view `w`: expected `… FROM t WHERE a = 1`, found `… FROM t`
        "#]],
    );
}

#[test]
fn tables_alone_leave_parent_columns_unresolved() {
    let a = schema("CREATE TABLE p (id PRIMARY KEY); CREATE TABLE t (x REFERENCES p)");
    let b = schema("CREATE TABLE p (id PRIMARY KEY); CREATE TABLE t (x REFERENCES p (id))");
    let options = CompareOptions::default();
    assert_eq!(compare(&a, &b, &options), []);
    let (a, b) = (a.table("t").unwrap(), b.table("t").unwrap());
    assert_eq!(compare_tables(a, a, &options), []);
    let found = compare_tables(a, b, &options);
    expect!["table `t`: expected `FOREIGN KEY (x) REFERENCES p`, found `FOREIGN KEY (x) REFERENCES p (id)`"]
        .assert_eq(&found[0].to_string());
    assert_eq!(found.len(), 1);
}
