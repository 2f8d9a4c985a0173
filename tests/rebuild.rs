//! What a rebuild must keep: every row and every value.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::time::{Duration, Instant};

use rusqlite::Connection;
use support::rebuilt::{migrated, rebuilt};
use support::{Steps, at, one, rebuild, rows};

fn failure(old: &str, new: &str, data: &str) -> String {
    let steps = Steps::new(&[(1, old), (2, new)]).rebuild(1, &["t"]);
    let mut connection = at(steps.history, 1, data);
    let before = rows(&connection, "SELECT * FROM t");
    let error = steps.strategy().migrate(&mut connection).unwrap_err();
    assert_eq!(rows(&connection, "SELECT * FROM t"), before);
    error.to_string()
}

#[test]
fn a_conflict_clause_of_the_new_table_drops_no_row() {
    for clause in ["REPLACE", "IGNORE", "FAIL", "ROLLBACK"] {
        let new = format!("CREATE TABLE t (a INTEGER, b UNIQUE ON CONFLICT {clause})");
        let error = failure(
            "CREATE TABLE t (a INTEGER, b)",
            &new,
            "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'x')",
        );
        assert!(
            error.contains("from version 1 to 2 failed: UNIQUE"),
            "{error}"
        );
    }
    let error = failure(
        "CREATE TABLE t (a INTEGER, b)",
        "CREATE TABLE t (a INTEGER, b NOT NULL ON CONFLICT REPLACE DEFAULT 'none')",
        "INSERT INTO t VALUES (1, 'x'), (2, NULL)",
    );
    assert!(error.contains("NOT NULL constraint failed"), "{error}");
}

#[test]
fn a_new_check_counts_whatever_the_connection_says() {
    let error = failure(
        "CREATE TABLE t (a)",
        "CREATE TABLE t (a CHECK (a > 0))",
        "INSERT INTO t VALUES (-1); PRAGMA ignore_check_constraints = ON",
    );
    assert!(error.contains("CHECK constraint failed"), "{error}");
}

#[test]
fn a_failure_names_the_step_and_the_statement() {
    let error = failure(
        "CREATE TABLE t (a INTEGER, b)",
        "CREATE TABLE t (a INTEGER NOT NULL, b)",
        "INSERT INTO t VALUES (NULL, 'x')",
    );
    expect_test::expect![[r#"the step from version 1 to 2 failed: NOT NULL constraint failed: t.a, with the row of `t` with rowid 1; everything was rolled back; the statement is `INSERT OR ABORT INTO main."stepladder_new_t" (rowid, "a", "b") SELECT "t".rowid, "t"."a", "t"."b" FROM main."t"`"#]].assert_eq(&error);
}

#[test]
fn constraints_may_name_their_own_table() {
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER CHECK (t.a > 0), \
        b AS (a * 2), c UNIQUE, parent REFERENCES t (id), CHECK (\"T\" . a <> main.[t].c)); \
        CREATE VIEW v AS SELECT t.b FROM t; CREATE INDEX i ON t (b);\
        CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT t.a FROM t; END";
    let connection = rebuilt(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER, c, parent REFERENCES t (id)); \
         CREATE VIEW v AS SELECT t.b FROM t;\
         CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT t.a FROM t; END",
        new,
        "INSERT INTO t (id, a, c, parent) VALUES (3, 1, 2, NULL), (9, 4, 5, 3); DELETE FROM t WHERE id = 9",
        &["t"],
    );
    assert_eq!(rows(&connection, "SELECT id, a, b, c FROM t"), ["3|1|2|2"]);
    assert_eq!(rows(&connection, "SELECT * FROM sqlite_sequence"), ["t|9"]);
    assert!(
        connection
            .execute("INSERT INTO t (a) VALUES (0)", [])
            .is_err()
    );
    // And without an `INTEGER PRIMARY KEY`.
    let connection = rebuilt(
        "CREATE TABLE t (a INTEGER, rowid TEXT)",
        "CREATE TABLE t (rowid TEXT, a INTEGER CHECK (t.a > 0))",
        "INSERT INTO t (_rowid_, a) VALUES (7, 1), (12, 2)",
        &["t"],
    );
    assert_eq!(
        rows(&connection, "SELECT _rowid_, a FROM t"),
        ["7|1", "12|2"]
    );
}

#[test]
fn rowids_stay_whatever_the_columns_are_called() {
    for columns in [
        "a",
        "a, rowid",
        "a, rowid, _rowid_",
        "a, ROWID TEXT, oid",
        "a, \"_RowId_\"",
    ] {
        let name = |sql: &str| {
            ["rowid", "_rowid_", "oid"]
                .into_iter()
                .find(|name| !sql.to_lowercase().contains(name))
                .unwrap()
        };
        let connection = rebuilt(
            &format!("CREATE TABLE t ({columns})"),
            &format!("CREATE TABLE t (b, {columns})"),
            &format!(
                "INSERT INTO t ({}, a) VALUES (5, 'x'), (-3, 'y'), (9223372036854775807, 'z')",
                name(columns)
            ),
            &["t"],
        );
        let sql = format!("SELECT {}, a FROM t ORDER BY 1", name(columns));
        assert_eq!(
            rows(&connection, &sql),
            ["-3|y", "5|x", "9223372036854775807|z"],
            "{columns}"
        );
    }
}

#[test]
fn the_number_of_rows_is_kept_where_nothing_is_copied() {
    for (new, expected) in [
        // Each of these names a column, and not the rowid.
        ("CREATE TABLE t (rowid INTEGER, _rowid_ TEXT, oid)", "NULL"),
        (
            "CREATE TABLE t (rowid INTEGER DEFAULT (1 + 1), _rowid_ TEXT, oid)",
            "2",
        ),
    ] {
        let connection = rebuilt(
            "CREATE TABLE t (a, b)",
            new,
            "INSERT INTO t VALUES ('x', 1), ('y', 2)",
            &["t"],
        );
        let query = format!("SELECT count(*) FROM t WHERE rowid IS {expected} AND oid IS NULL");
        assert_eq!(one::<i64>(&connection, &query), 2, "{new}");
    }
}

#[test]
fn autoincrement_remembers_the_highest_rowid() {
    let (old, new) = (
        "CREATE TABLE Items (id INTEGER PRIMARY KEY AUTOINCREMENT, a)",
        "CREATE TABLE Items (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b UNIQUE)",
    );
    for data in [
        "INSERT INTO Items VALUES (100, 1); DELETE FROM Items",
        "INSERT INTO items VALUES (100, 1), (3, 2); DELETE FROM items WHERE id = 100",
    ] {
        let connection = rebuilt(old, new, data, &["Items"]);
        connection
            .execute("INSERT INTO items (a) VALUES (5)", [])
            .unwrap();
        assert_eq!(connection.last_insert_rowid(), 101);
        assert_eq!(
            rows(&connection, "SELECT * FROM sqlite_sequence"),
            ["Items|101"]
        );
    }
    // Whatever somebody has written there, SQLite takes for a number.
    for (seq, next) in [
        ("'99'", 100),
        ("1e3", 1001),
        ("'abc'", 4),
        ("x'00'", 4),
        ("NULL", 4),
    ] {
        let data =
            format!("INSERT INTO Items VALUES (3, 1); UPDATE sqlite_sequence SET seq = {seq}");
        for connection in [
            at(Steps::new(&[(1, old)]).history, 1, &data),
            rebuilt(old, new, &data, &["Items"]),
        ] {
            connection
                .execute("INSERT INTO items (a) VALUES (5)", [])
                .unwrap();
            assert_eq!(connection.last_insert_rowid(), next, "{seq}");
        }
    }
    // Never filled: nothing to remember.
    let connection = rebuilt(old, new, "", &["Items"]);
    connection
        .execute("INSERT INTO items (a) VALUES (5)", [])
        .unwrap();
    assert_eq!(connection.last_insert_rowid(), 1);
    // Another spelling in the old version.
    let steps = Steps::new(&[
        (
            1,
            "CREATE TABLE ITEMS (id INTEGER PRIMARY KEY AUTOINCREMENT, a)",
        ),
        (2, new),
    ])
    .rebuild(1, &["items"]);
    let connection = at(
        steps.history,
        1,
        "INSERT INTO items VALUES (50, 1); DELETE FROM items",
    );
    let connection = migrated(steps, connection);
    assert_eq!(
        rows(&connection, "SELECT * FROM sqlite_sequence"),
        ["Items|50"]
    );
}

#[test]
fn names_that_need_quotes() {
    for name in [
        "a b",
        "it's",
        "say \"so\"",
        "select",
        "Größe",
        "stepladder_new_t",
        "a.b",
        "x[y",
        "`z`",
        "virtual",
        "CREATE",
    ] {
        let quoted = stepladder::sql::quote_identifier(name);
        let old = format!(
            "CREATE TABLE {quoted} ({quoted} INTEGER PRIMARY KEY, \"b c\" UNIQUE, up REFERENCES {quoted} (\"b c\") ON DELETE CASCADE)"
        );
        let new = format!(
            "CREATE TABLE {quoted} ({quoted} INTEGER PRIMARY KEY, up REFERENCES {quoted} (\"b c\") ON DELETE CASCADE, \"b c\" UNIQUE CHECK ({quoted}.\"b c\" <> 'no')); \
             CREATE INDEX \"i {}\" ON {quoted} (\"b c\")",
            name.replace('"', "\"\"")
        );
        let connection = rebuilt(
            &old,
            &new,
            &format!("INSERT INTO {quoted} VALUES (1, 'x', NULL), (2, 'y', 'x')"),
            support::leak(Box::new([support::leak_str(name)])),
        );
        assert_eq!(
            rows(&connection, &format!("SELECT \"b c\", up FROM {quoted}")),
            ["x|NULL", "y|x"]
        );
    }
    for name in [
        "virtual",
        "view",
        "temp",
        "[t u]",
        "`t u`",
        "/* c */ t",
        "\n-- c\nt",
    ] {
        let steps = Steps::new(&[
            (1, &format!("CREATE TABLE {name} (a)")),
            (2, &format!("CREATE TABLE {name} (a UNIQUE, b)")),
        ]);
        let history = steps.history;
        let table = history.latest().entities()[0].name;
        let steps = steps.step(1, move |step| rebuild(step, history, table, &[]));
        let connection = at(history, 1, &format!("INSERT INTO {name} VALUES (1)"));
        let connection = migrated(steps, connection);
        assert_eq!(
            rows(&connection, &format!("SELECT * FROM {name}")),
            ["1|NULL"]
        );
    }
}

#[test]
fn forms_of_a_table_and_the_order_of_columns() {
    let connection = rebuilt(
        "CREATE TABLE t (a TEXT PRIMARY KEY, b INT, c INT AS (b * 2), d TEXT AS (a || b) STORED) WITHOUT ROWID, STRICT",
        "CREATE TABLE t (d TEXT AS (a || b) STORED, b INT, e TEXT DEFAULT 'new', a TEXT PRIMARY KEY, c INT AS (b * 3)) STRICT",
        "INSERT INTO t (a, b) VALUES ('x', 1), ('y', 2)",
        &["t"],
    );
    assert_eq!(
        rows(&connection, "SELECT d, b, e, a, c FROM t"),
        ["x1|1|new|x|3", "y2|2|new|y|6"]
    );
    let connection = rebuilt(
        "CREATE TABLE t (a TEXT PRIMARY KEY, b INT)",
        "CREATE TABLE t (b INT, a TEXT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID",
        "INSERT INTO t (a, b) VALUES ('y', 1), ('x', 2)",
        &["t"],
    );
    assert_eq!(rows(&connection, "SELECT a, b FROM t"), ["x|2", "y|1"]);
    // Nothing in common but the number of rows.
    let connection = rebuilt(
        "CREATE TABLE t (a)",
        "CREATE TABLE t (b DEFAULT 7)",
        "INSERT INTO t VALUES (1), (2)",
        &["t"],
    );
    assert_eq!(rows(&connection, "SELECT rowid, b FROM t"), ["1|7", "2|7"]);
}

#[test]
fn all_values_stay_as_they_are() {
    let data = "INSERT INTO t VALUES (1, NULL), (2, 9223372036854775807), (3, 1e300), (4, -0.0), (5, 'a' || char(0) || 'b'), \
        (6, zeroblob(3000000)), (7, x'00ff'), (8, '007'), (9, 9e999), (10, printf('%.*c', 3000000, 'x')), (11, CAST(x'ff41' AS TEXT))";
    let connection = rebuilt(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v)",
        "CREATE TABLE t (v, id INTEGER PRIMARY KEY, w)",
        data,
        &["t"],
    );
    let before = at(
        Steps::new(&[(1, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)")]).history,
        1,
        data,
    );
    let sql = "SELECT id, typeof(v), length(v), hex(substr(v, 1, 50)), quote(CASE WHEN id < 6 THEN v END) FROM t ORDER BY id";
    assert_eq!(rows(&connection, sql), rows(&before, sql));
}

#[test]
fn a_hundred_thousand_rows_cost_what_the_statements_cost() {
    let (old, new) = (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a NOT NULL, b)",
    );
    let data = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO t SELECT i, 'row ' || i FROM n";
    let timed = |connection: &mut Connection, work: &mut dyn FnMut(&mut Connection)| {
        let start = Instant::now();
        work(connection);
        start.elapsed()
    };
    let steps = || Steps::new(&[(1, old), (2, new)]).rebuild(1, &["t"]);
    let mut connection = at(steps().history, 1, data);
    let ours = timed(&mut connection, &mut |connection| {
        drop(steps().strategy().migrate(connection).unwrap());
    });
    assert_eq!(
        one::<i64>(
            &connection,
            "SELECT count(*) + sum(id) + sum(length(a)) FROM t"
        ),
        100_000 + 5_000_050_000 + 888_895
    );
    let by_hand = "PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE n (id INTEGER PRIMARY KEY, a NOT NULL, b); \
        INSERT INTO n (id, a) SELECT id, a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t; PRAGMA user_version = 2; COMMIT";
    let theirs = timed(&mut at(steps().history, 1, data), &mut |connection| {
        connection.execute_batch(by_hand).unwrap();
    });
    // Far from what it is, so that a busy machine does not fail the test.
    assert!(
        ours < theirs * 4 + Duration::from_millis(200),
        "{ours:?}, by hand {theirs:?}"
    );
}
