//! What somebody made by hand in a table that is rebuilt: it stays, or the upgrade does not begin.

mod support;

use stepladder::Error;
use stepladder::verify::Validation;
use support::rebuilt::migrated;
use support::{Steps, at, rows};

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

/// A step in SQL does not know of them, in whatever part the table goes.
#[test]
fn what_somebody_made_by_hand_survives_a_step_in_sql() {
    let versions = [
        (1, "CREATE TABLE t (a, b)"),
        (2, "CREATE TABLE t (a UNIQUE)"),
    ];
    let made = "CREATE TABLE n (a UNIQUE); INSERT INTO n SELECT a FROM t;";
    let (dropped, renamed) = ("DROP TABLE t;", "ALTER TABLE n RENAME TO t;");
    let whole = |steps: Steps| steps.sql(1, &format!("{made} {dropped} {renamed}"));
    let two = |steps: Steps| steps.parts(1, &[made, &format!("{dropped} {renamed}")]);
    let three = |steps: Steps| steps.parts(1, &[made, dropped, renamed]);
    for in_sql in [&whole as &dyn Fn(Steps) -> Steps, &two, &three] {
        let steps = in_sql(Steps::new(&versions));
        let mut connection = at(
            steps.history,
            1,
            "INSERT INTO t VALUES (1, 2); CREATE INDEX mine ON t (a DESC); CREATE INDEX gone ON t (b);
             CREATE TABLE log (x); CREATE TRIGGER my AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END;
             CREATE TEMP TRIGGER tmp AFTER INSERT ON main.t BEGIN INSERT INTO log VALUES (-NEW.a); END",
        );
        steps.strategy().migrate(&mut connection).unwrap();
        connection
            .execute_batch("INSERT INTO t VALUES (2)")
            .unwrap();
        assert_eq!(
            rows(&connection, "SELECT * FROM log ORDER BY x"),
            ["-2", "2"]
        );
        let indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
        assert_eq!(rows(&connection, indexes), ["mine"]);
    }
}

/// The index of a hotfix goes with the step that knows of it, also where the table goes.
#[test]
fn what_a_step_in_sql_drops_itself_stays_away() {
    let versions = [
        (1, "CREATE TABLE t (a, b)"),
        (2, "CREATE TABLE t (a UNIQUE, b)"),
    ];
    let drops = "DROP INDEX IF EXISTS main.\"Hot fix\"; DROP TRIGGER my;";
    let rebuild = "CREATE TABLE n (a UNIQUE, b); INSERT INTO n SELECT * FROM t; DROP TABLE t; \
                   ALTER TABLE n RENAME TO t;";
    let whole = |steps: Steps| steps.sql(1, &format!("{drops} {rebuild}"));
    let parts = |steps: Steps| steps.parts(1, &[drops, rebuild]);
    for in_sql in [&whole as &dyn Fn(Steps) -> Steps, &parts] {
        let steps = in_sql(Steps::new(&versions));
        let mut connection = at(
            steps.history,
            1,
            "CREATE INDEX \"hot fix\" ON t (a); CREATE INDEX mine ON t (b);
             CREATE TRIGGER my AFTER INSERT ON t BEGIN SELECT 1; END;",
        );
        steps.strategy().migrate(&mut connection).unwrap();
        let left = "SELECT name FROM sqlite_schema WHERE sql IS NOT NULL AND type <> 'table'";
        assert_eq!(rows(&connection, left), ["mine"]);
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
