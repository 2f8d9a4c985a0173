//! What a rebuild must keep besides the rows: all that belongs to the table or mentions it.

mod support;

use stepladder::__private::{RebuildKind, RebuildPlan, RowidCopy};
use stepladder::Error;
use stepladder::verify::Validation;
use support::rebuilt::{migrated, rebuilt};
use support::{Steps, at, rebuild, rows, target};

#[test]
fn views_and_triggers_elsewhere_survive() {
    let rest = "CREATE TABLE log (x); CREATE TABLE other (id INTEGER PRIMARY KEY, t REFERENCES t (id));
        CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT v.a FROM v JOIN t USING (id);
        CREATE TRIGGER g1 AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('g1 ' || NEW.a); END;
        CREATE TRIGGER g2 AFTER INSERT ON other BEGIN UPDATE t SET a = a || '!' WHERE id = NEW.t; END;
        CREATE TRIGGER g3 INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id, a) VALUES (NEW.id, NEW.a); END;
        CREATE INDEX i1 ON t (a) WHERE a IS NOT NULL; CREATE INDEX i2 ON t (lower(a) DESC, id)";
    let connection = rebuilt(
        &format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a); {rest}"),
        &format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a NOT NULL); {rest}"),
        "INSERT INTO t VALUES (1, 'x'); INSERT INTO other VALUES (1, 1)",
        &["t"],
    );
    assert_eq!(rows(&connection, "SELECT * FROM log"), ["g1 x"]);
    connection
        .execute_batch("INSERT INTO v VALUES (2, 'y'); INSERT INTO other VALUES (2, 2)")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT a FROM w"), ["x!", "y!"]);
    assert_eq!(rows(&connection, "SELECT * FROM log"), ["g1 x", "g1 y"]);
}

#[test]
fn temporary_views_and_triggers_of_the_connection_survive() {
    let steps = Steps::new(&[(1, "CREATE TABLE t (a)"), (2, "CREATE TABLE t (a UNIQUE)")])
        .rebuild(1, &["t"]);
    let mut connection = at(
        steps.history,
        1,
        "INSERT INTO t VALUES (1); CREATE TEMP VIEW v AS SELECT a FROM t; CREATE TEMP TABLE log (x);
         CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END;
         CREATE TEMP TRIGGER h AFTER INSERT ON main.t BEGIN INSERT INTO log VALUES (-NEW.a); END",
    );
    steps.strategy().migrate(&mut connection).unwrap();
    connection
        .execute_batch("INSERT INTO t VALUES (2)")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM v"), ["1", "2"]);
    assert_eq!(
        rows(&connection, "SELECT * FROM log ORDER BY x"),
        ["-2", "2"]
    );
}

#[test]
fn a_temporary_trigger_of_an_attached_table_stays() {
    let steps = Steps::new(&[(1, "CREATE TABLE t (a)"), (2, "CREATE TABLE t (a UNIQUE)")])
        .rebuild(1, &["t"]);
    let mut connection = at(
        steps.history,
        1,
        "ATTACH ':memory:' AS other; CREATE TABLE other.t (a); CREATE TEMP TABLE log (x);
         CREATE TEMP TRIGGER g AFTER INSERT ON other.t BEGIN INSERT INTO log VALUES (NEW.a); END",
    );
    steps.strategy().migrate(&mut connection).unwrap();
    connection
        .execute_batch("INSERT INTO other.t VALUES (7)")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM log"), ["7"]);
}

#[test]
fn what_somebody_made_by_hand_survives_a_rebuild() {
    let steps = Steps::new(&[
        (1, "CREATE TABLE t (a, b)"),
        (2, "CREATE TABLE t (a UNIQUE)"),
    ])
    .rebuild(1, &["t"]);
    let mut connection = at(
        steps.history,
        1,
        "INSERT INTO t VALUES (1, 2); CREATE INDEX mine ON t (a DESC); CREATE INDEX gone ON t (b); CREATE TABLE log (x);
         CREATE TRIGGER my AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END",
    );
    steps.strategy().migrate(&mut connection).unwrap();
    connection
        .execute_batch("INSERT INTO t VALUES (2)")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM log"), ["2"]);
    assert_eq!(
        rows(
            &connection,
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        ),
        ["mine"]
    );
}

#[test]
fn an_expression_reads_the_old_table_and_names_it() {
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (t.n > 0))";
    let steps = Steps::new(&[
        (1, "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER)"),
        (2, new),
    ]);
    let history = steps.history;
    let steps = steps.step(1, move |step| {
        let count = "1 + (SELECT count(*) FROM t AS child WHERE child.up = t.id) -- children";
        rebuild(step, history, "t", &[("n", count)])
    });
    let connection = at(history, 1, "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 1)");
    let connection = migrated(steps, connection);
    assert_eq!(rows(&connection, "SELECT * FROM t"), ["1|3", "2|1", "3|1"]);
}

#[test]
fn a_rebuild_may_rename_the_table() {
    let steps = Steps::new(&[
        (
            1,
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x)",
        ),
        (
            2,
            "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, x UNIQUE)",
        ),
    ]);
    let history = steps.history;
    let steps = steps.step(1, move |step| {
        let (old, new) = (target(history, 1, "a"), target(history, 2, "b"));
        step.rebuild(&new, &support::plan(&old, &new), &[])
    });
    let connection = at(
        history,
        1,
        "INSERT INTO a VALUES (4, 'x'), (8, 'y'); DELETE FROM a WHERE id = 8",
    );
    let connection = migrated(steps, connection);
    assert_eq!(rows(&connection, "SELECT * FROM b"), ["4|x"]);
    assert_eq!(rows(&connection, "SELECT * FROM sqlite_sequence"), ["b|8"]);
}

#[test]
fn full_text_indexes_and_rtrees_keep_their_rows() {
    let virtual_tables = [
        (
            "fts5(a, b UNINDEXED)",
            "fts5(a, b UNINDEXED, c, tokenize = 'porter')",
            "rowid, a, b",
            &[("a", "a"), ("b", "b")][..],
            RowidCopy::Named("rowid", "rowid"),
        ),
        (
            "fts4(a, b)",
            "fts4(a, b, c, tokenize=porter)",
            "rowid, a, b",
            &[("a", "a"), ("b", "b")],
            RowidCopy::Named("rowid", "rowid"),
        ),
        (
            "rtree(id, x0, x1)",
            "rtree(id, x0, x1, +note)",
            "id, x0, x1",
            &[("id", "id"), ("x0", "x0"), ("x1", "x1")],
            RowidCopy::None,
        ),
    ];
    for (old, new, columns, copied, rowid) in virtual_tables {
        let steps = Steps::new(&[
            (
                1,
                &format!(
                    "CREATE VIRTUAL TABLE \"f t\" USING {old}; CREATE VIEW v AS SELECT * FROM \"f t\""
                ),
            ),
            (
                2,
                &format!(
                    "CREATE VIRTUAL TABLE \"f t\" USING {new}; CREATE VIEW v AS SELECT * FROM \"f t\""
                ),
            ),
        ]);
        let history = steps.history;
        let steps = steps.step(1, move |step| {
            let plan = RebuildPlan {
                old_name: "f t",
                copied,
                rowid,
                kind: RebuildKind::Plain,
            };
            step.rebuild(&target(history, 2, "f t"), &plan, &[])
        });
        let data = format!("INSERT INTO \"f t\" ({columns}) VALUES (5, 1, 2), (9, 3, 4)");
        let connection = migrated(steps, at(history, 1, &data));
        let got = rows(
            &connection,
            &format!("SELECT {columns} FROM \"f t\" ORDER BY 1"),
        );
        assert!(
            got == ["5|1|2", "9|3|4"] || got == ["5|1.0|2.0", "9|3.0|4.0"],
            "{got:?}"
        );
    }
}

/// A column that somebody added by hand is in no version, so a rebuild would not copy it.
#[test]
fn a_rebuild_does_not_lose_a_column_that_no_version_has() {
    let versions = [
        (1, "CREATE TABLE t (a INTEGER, CHECK (t.a > 0))"),
        (2, "CREATE TABLE t (a INTEGER NOT NULL, CHECK (t.a > 0))"),
    ];
    let steps = Steps::new(&versions).rebuild(1, &["t"]);
    let mut connection = at(steps.history, 1, "INSERT INTO t VALUES (1)");
    connection
        .execute_batch("ALTER TABLE t ADD COLUMN Extra; UPDATE t SET extra = 'precious'")
        .unwrap();
    let error = steps.strategy().migrate(&mut connection).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("has a column `Extra` that version 1 does not have"),
        "{message}"
    );
    assert_eq!(rows(&connection, "SELECT extra FROM t"), ["precious"]);
}

/// The same where the step is SQL, which cannot know of the column.
#[test]
fn a_step_in_sql_does_not_lose_a_column_that_no_version_has() {
    let versions = [
        (1, "CREATE TABLE t (a INTEGER); CREATE TABLE u (a)"),
        (2, "CREATE TABLE t (a INTEGER NOT NULL); CREATE TABLE u (a)"),
    ];
    let rebuilds = [
        "CREATE TABLE n (a INTEGER NOT NULL); INSERT INTO n (a) SELECT a FROM t; \
         DROP TABLE main.T; ALTER TABLE n RENAME TO t",
        "ALTER TABLE t RENAME TO o; CREATE TABLE t (a INTEGER NOT NULL); \
         INSERT INTO t (a) SELECT a FROM o; DROP TABLE IF EXISTS o",
    ];
    for sql in rebuilds {
        let steps = || Steps::new(&versions).sql(1, sql);
        let mut connection = at(steps().history, 1, "INSERT INTO t VALUES (1)");
        // On another table it is in nobody's way.
        let mut other = at(steps().history, 1, "ALTER TABLE u ADD COLUMN more");
        let mut strategy = steps().strategy().validate(Validation::Never);
        strategy.migrate(&mut other).unwrap();
        connection
            .execute_batch("ALTER TABLE t ADD COLUMN Extra; UPDATE t SET extra = 'precious'")
            .unwrap();
        let error = steps().strategy().migrate(&mut connection).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the table `t` has a column `Extra` that version 1 does not have, and the step to \
             version 2, which rebuilds the table, would lose it"
        );
        assert_eq!(rows(&connection, "SELECT a, extra FROM t"), ["1|precious"]);
    }
    // One that the step itself has added for a while.
    let history = Steps::new(&versions).history;
    let mut strategy = Steps::new(&versions)
        .parts(1, &["ALTER TABLE t ADD COLUMN b", rebuilds[0]])
        .strategy();
    strategy.migrate(&mut at(history, 1, "")).unwrap();
    // A table that goes for good takes it along, as the step says.
    let steps = Steps::new(&[versions[0], (2, "CREATE TABLE u (a)")]).sql(1, "DROP TABLE t");
    let mut connection = at(steps.history, 1, "ALTER TABLE t ADD COLUMN extra");
    steps.strategy().migrate(&mut connection).unwrap();
}

/// A step that calls Rust comes in parts, and the table may go in any of them.
#[test]
fn no_part_of_a_step_loses_a_column_that_no_version_has() {
    let versions = [
        (1, "CREATE TABLE t (a INTEGER)"),
        (2, "CREATE TABLE t (a INTEGER NOT NULL)"),
    ];
    let steps: [&[&str]; 3] = [
        &[
            "CREATE TABLE n (a INTEGER NOT NULL)",
            "INSERT INTO n (a) SELECT a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t",
        ],
        &[
            "CREATE TABLE n (a INTEGER NOT NULL); INSERT INTO n (a) SELECT a FROM t; DROP TABLE t",
            "ALTER TABLE n RENAME TO t",
        ],
        &[
            "ALTER TABLE t RENAME TO o",
            "CREATE TABLE t (a INTEGER NOT NULL); INSERT INTO t (a) SELECT a FROM o; DROP TABLE o",
            "UPDATE t SET a = a + 1",
        ],
    ];
    for parts in steps {
        let steps = || Steps::new(&versions).parts(1, parts);
        let rows_of = "INSERT INTO t (a) VALUES (1)";
        migrated(steps(), at(steps().history, 1, rows_of));
        let mut connection = at(steps().history, 1, rows_of);
        connection
            .execute_batch("ALTER TABLE t ADD COLUMN Extra; UPDATE t SET extra = 'precious'")
            .unwrap();
        let error = steps().strategy().migrate(&mut connection).unwrap_err();
        assert!(
            matches!(&error, Error::UnknownColumn { table, column, .. } if table == "t" && column == "Extra"),
            "{error}"
        );
        assert_eq!(rows(&connection, "SELECT extra FROM t"), ["precious"]);
    }
}

/// The new column has the name of the one that was added by hand, and none of its values.
#[test]
fn a_new_column_does_not_take_the_place_of_one_that_no_version_has() {
    let versions = [
        (1, "CREATE TABLE t (a INTEGER)"),
        (2, "CREATE TABLE t (a INTEGER, extra TEXT)"),
    ];
    let sql = "CREATE TABLE n (a INTEGER, extra TEXT); INSERT INTO n (a) SELECT a FROM t; \
               DROP TABLE t; ALTER TABLE n RENAME TO t";
    for by_hand in ["extra", "Extra"] {
        let steps = Steps::new(&versions).sql(1, sql);
        let mut connection = at(steps.history, 1, "INSERT INTO t VALUES (1)");
        let add = format!("ALTER TABLE t ADD COLUMN {by_hand}; UPDATE t SET extra = 'precious'");
        connection.execute_batch(&add).unwrap();
        let error = steps.strategy().migrate(&mut connection).unwrap_err();
        assert!(matches!(error, Error::UnknownColumn { .. }), "{error}");
        assert_eq!(rows(&connection, "SELECT extra FROM t"), ["precious"]);
    }
}
