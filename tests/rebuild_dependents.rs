//! What a rebuild must keep besides the rows: all that belongs to the table or mentions it.

mod support;

use stepladder::__private::{RebuildKind, RebuildPlan, RowidCopy};
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
