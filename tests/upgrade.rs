//! One transaction an upgrade: all of it or nothing, and the connection as it was.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use stepladder::{Error, Result, run_migration_steps};
use support::{Steps, at, file_at, one, rows, settings};

const V1: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const V2: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER, name TEXT); CREATE INDEX i ON item (name)";
const ROWS: &str = "INSERT INTO item VALUES (1, 5), (2, 7)";

fn ending(work: impl Fn(&Connection) -> Result<()> + Send + 'static) -> Steps {
    Steps::new(&[(1, V1), (2, V2)]).step(1, move |step| {
        step.add_column("item", "name TEXT")?;
        step.execute("UPDATE item SET price = price * 100", [])?;
        step.with_connection(&work)
    })
}

fn batch(sql: &'static str) -> impl Fn(&Connection) -> Result<()> + Send + 'static {
    move |connection| Ok(connection.execute_batch(sql)?)
}

#[test]
fn steps_and_version_are_committed_together() {
    let steps = ending(batch("SELECT 1"));
    let mut connection = at(steps.history, 1, ROWS);
    let before = settings(&connection);
    let details = steps.strategy().migrate(&mut connection).unwrap();
    assert_eq!(details.version_before, Some(1));
    assert_eq!(details.steps, [(1, 2)]);
    assert_eq!(rows(&connection, "SELECT price FROM item"), ["500", "700"]);
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 2);
    assert_eq!(settings(&connection), before);
}

/// Code that ends the transaction: whatever it does, nothing of the step stays.
#[test]
fn code_that_ends_the_transaction_is_found_out_and_nothing_stays() {
    for sql in [
        "COMMIT",
        "END",
        "ROLLBACK",
        "COMMIT; BEGIN",
        "COMMIT; BEGIN IMMEDIATE; SAVEPOINT a",
        "ROLLBACK; BEGIN",
        "ROLLBACK; BEGIN; SAVEPOINT a",
        "SAVEPOINT a; COMMIT; BEGIN",
        "PRAGMA defer_foreign_keys = ON; COMMIT; BEGIN; PRAGMA defer_foreign_keys = ON",
    ] {
        for foreign_keys in ["ON", "OFF"] {
            let steps = ending(batch(sql));
            let mut connection = at(steps.history, 1, ROWS);
            connection
                .execute_batch(&format!("PRAGMA foreign_keys = {foreign_keys}"))
                .unwrap();
            let before = settings(&connection);
            let result = steps.strategy().migrate(&mut connection);
            assert!(
                matches!(result, Err(Error::TransactionEnded { from: 1, to: 2 })),
                "{sql}: {result:?}"
            );
            assert_eq!(
                rows(&connection, "SELECT * FROM item"),
                ["1|5", "2|7"],
                "{sql}"
            );
            assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 1);
            assert_eq!(settings(&connection), before, "{sql}");
        }
    }
}

#[test]
fn savepoints_within_the_transaction_are_fine() {
    for sql in [
        "SAVEPOINT a; UPDATE item SET price = 0; ROLLBACK TO a; RELEASE a",
        "SAVEPOINT a; SAVEPOINT b; RELEASE a",
        "SAVEPOINT a; SELECT 1",
        "PRAGMA defer_foreign_keys = ON",
        "PRAGMA defer_foreign_keys = OFF",
    ] {
        let steps = ending(batch(sql));
        let mut connection = at(steps.history, 1, ROWS);
        let before = settings(&connection);
        steps.strategy().migrate(&mut connection).unwrap();
        assert_eq!(rows(&connection, "SELECT price FROM item"), ["500", "700"]);
        assert_eq!(settings(&connection), before, "{sql}");
    }
}

/// A `COMMIT` whose failure the code passes over has done nothing.
#[test]
fn a_commit_that_failed_unnoticed_has_not_committed() {
    let steps = ending(|connection| {
        let _ = connection.execute_batch("COMMIT");
        Err(Error::app("no"))
    });
    let mut connection = at(steps.history, 1, ROWS);
    let result = steps.strategy().migrate(&mut connection);
    assert!(matches!(result, Err(Error::App(_))));
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|5", "2|7"]);
}

#[test]
fn statements_of_a_step_cannot_end_the_transaction() {
    for sql in ["COMMIT", "END TRANSACTION", "ROLLBACK", "/* */ commit"] {
        let steps = Steps::new(&[(1, V1), (2, V1)]).step(1, move |step| {
            step.execute("DELETE FROM item", [])?;
            step.execute(sql, [])
        });
        let mut connection = at(steps.history, 1, ROWS);
        let result = steps.strategy().migrate(&mut connection);
        assert!(
            matches!(result, Err(Error::TransactionEnded { .. })),
            "{sql}: {result:?}"
        );
        assert_eq!(
            rows(&connection, "SELECT * FROM item"),
            ["1|5", "2|7"],
            "{sql}"
        );
    }
    let steps = Steps::new(&[(1, V1), (2, V1)]).sql(1, "DELETE FROM item; COMMIT; BEGIN");
    let mut connection = at(steps.history, 1, ROWS);
    let result = steps.strategy().migrate(&mut connection);
    assert!(
        matches!(result, Err(Error::TransactionEnded { .. })),
        "{result:?}"
    );
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|5", "2|7"]);
}

/// Older versions of rusqlite run the first statement and say nothing about the rest.
#[test]
fn two_statements_in_one_are_an_error() {
    let steps = Steps::new(&[(1, V1), (2, V1)]).step(1, |step| {
        step.execute("UPDATE item SET price = 1; DELETE FROM item", [])
    });
    let mut connection = at(steps.history, 1, ROWS);
    let error = steps.strategy().migrate(&mut connection).unwrap_err();
    assert!(matches!(error, Error::StepFailed { .. }), "{error:?}");
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|5", "2|7"]);
}

/// Every way out leaves the file and the connection as they were.
#[test]
fn a_failure_leaves_the_file_byte_for_byte_as_it_was() {
    type Work = fn(&Connection) -> Result<()>;
    let failures: [(&str, Work); 5] = [
        ("sqlite", |connection| {
            Ok(connection.execute_batch("SELECT * FROM nothing")?)
        }),
        ("app", |_| Err(Error::app("no"))),
        ("foreign key", |connection| {
            Ok(connection.execute_batch(
                "CREATE TABLE child (item INTEGER REFERENCES item (id)); INSERT INTO child VALUES (99)",
            )?)
        }),
        ("rollback", |connection| {
            Ok(connection.execute_batch("ROLLBACK")?)
        }),
        ("panic", |_| panic!("in a step")),
    ];
    for journal in ["DELETE", "WAL"] {
        for (name, work) in failures {
            for foreign_keys in ["ON", "OFF"] {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("app.db");
                let steps = ending(work);
                file_at(&path, steps.history, 1, journal, ROWS);
                let bytes = std::fs::read(&path).unwrap();
                let mut connection = Connection::open(&path).unwrap();
                connection
                    .execute_batch(&format!(
                        "PRAGMA foreign_keys = {foreign_keys}; PRAGMA legacy_alter_table = \
                         {foreign_keys}; PRAGMA recursive_triggers = {foreign_keys}; PRAGMA \
                         ignore_check_constraints = {foreign_keys}"
                    ))
                    .unwrap();
                let before = settings(&connection);
                let mut strategy = steps.strategy();
                let result = catch_unwind(AssertUnwindSafe(|| strategy.migrate(&mut connection)));
                assert!(!matches!(result, Ok(Ok(_))), "{name}");
                assert_eq!(settings(&connection), before, "{name}");
                connection.close().unwrap();
                assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name} {journal}");
            }
        }
    }
}

#[test]
fn a_commit_that_fails_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let steps = ending(batch("SELECT 1"));
    file_at(&path, steps.history, 1, "DELETE", ROWS);
    let bytes = std::fs::read(&path).unwrap();
    // A reader of a database with a rollback journal: nobody can commit meanwhile.
    let reader = Connection::open(&path).unwrap();
    let mut statement = reader.prepare("SELECT * FROM item").unwrap();
    let mut reading = statement.query([]).unwrap();
    reading.next().unwrap();
    let mut connection = Connection::open(&path).unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    let before = settings(&connection);
    let mut strategy = steps.strategy();
    assert!(strategy.migrate(&mut connection).is_err());
    assert_eq!(settings(&connection), before);
    drop(reading);
    drop(statement);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    // And the next try succeeds.
    strategy.migrate(&mut connection).unwrap();
    assert_eq!(settings(&connection), before);
    assert_eq!(rows(&connection, "SELECT price FROM item"), ["500", "700"]);
}

#[test]
fn an_upgrade_that_cannot_begin_leaves_the_connection_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let steps = ending(batch("SELECT 1"));
    file_at(&path, steps.history, 1, "WAL", ROWS);
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut connection = Connection::open(&path).unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    let before = settings(&connection);
    let error = steps.strategy().migrate(&mut connection).unwrap_err();
    assert!(matches!(error, Error::Locked(_)), "{error}");
    assert_eq!(settings(&connection), before);
}

#[test]
fn an_upgrade_in_a_transaction_of_the_caller_is_refused() {
    let steps = ending(batch("SELECT 1"));
    let mut connection = at(steps.history, 1, ROWS);
    connection.execute_batch("BEGIN").unwrap();
    let result = steps.strategy().migrate(&mut connection);
    assert!(matches!(result, Err(Error::InTransaction)));
    assert!(!connection.is_autocommit());
}

#[test]
fn steps_run_between_any_two_versions() {
    let mut steps = Steps::new(&[(1, V1), (3, V1), (4, V1)])
        .sql(1, "UPDATE item SET price = price + 10")
        .sql(3, "UPDATE item SET price = price + 100");
    let mut connection = at(steps.history, 1, ROWS);
    run_migration_steps(&mut connection, 1, 3, &mut steps).unwrap();
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 3);
    assert_eq!(rows(&connection, "SELECT price FROM item"), ["15", "17"]);
    run_migration_steps(&mut connection, 3, 3, &mut steps).unwrap();
    let error = |from, to, steps: &mut Steps, connection: &mut Connection| {
        run_migration_steps(connection, from, to, steps).unwrap_err()
    };
    let wrong_start = error(1, 4, &mut steps, &mut connection);
    assert!(matches!(
        wrong_start,
        Error::UnexpectedVersion {
            expected: 1,
            found: 3
        }
    ));
    let backwards = error(4, 3, &mut steps, &mut connection);
    assert!(matches!(backwards, Error::NotReversible { from: 4, to: 3 }));
    for (from, to) in [(2, 4), (3, 5), (0, 1), (-1, 3)] {
        let unknown = error(from, to, &mut steps, &mut connection);
        assert!(matches!(unknown, Error::UnknownVersion { .. }), "{unknown}");
    }
    run_migration_steps(&mut connection, 3, 4, &mut steps).unwrap();
    assert_eq!(rows(&connection, "SELECT price FROM item"), ["115", "117"]);
}

#[test]
fn a_failing_later_step_undoes_the_earlier_ones() {
    let steps = Steps::new(&[(1, V1), (2, V1), (3, V1)])
        .sql(1, "UPDATE item SET price = 0")
        .sql(2, "UPDATE item SET price = 1;\n\nUPDATE nothing SET x = 1");
    let mut connection = at(steps.history, 1, ROWS);
    let error = steps.strategy().migrate(&mut connection).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("from version 2 to 3 failed at schemas/steps/step.sql:3"),
        "{error}"
    );
    assert_eq!(rows(&connection, "SELECT price FROM item"), ["5", "7"]);
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 1);
}

/// `execute` and `with_connection` are for the data: a schema that they change is not that of the
/// new version, and nobody would notice.
#[test]
fn the_data_part_of_a_step_leaves_the_schema_alone() {
    for sql in [
        "DROP TABLE item",
        "ALTER TABLE item ADD COLUMN z",
        "CREATE INDEX other ON item (price)",
        "CREATE TABLE other (a)",
    ] {
        let by_execute = Steps::new(&[(1, V1), (2, V2)]).step(1, move |step| {
            step.add_column("item", "name TEXT")?;
            step.execute(sql, [])
        });
        for steps in [by_execute, ending(batch(sql))] {
            let mut connection = at(steps.history, 1, ROWS);
            let error = steps.strategy().migrate(&mut connection).unwrap_err();
            assert!(
                matches!(error, Error::SchemaChanged { from: 1, to: 2, .. }),
                "{sql}: {error}"
            );
            assert_eq!(rows(&connection, "SELECT price FROM item"), ["5", "7"]);
        }
    }
    // What only looks like it is fine.
    for sql in [
        "CREATE TEMP TABLE other (a)",
        "UPDATE item SET price = 1; SELECT 'DROP TABLE item'",
    ] {
        let steps = ending(batch(sql));
        let mut connection = at(steps.history, 1, ROWS);
        steps.strategy().migrate(&mut connection).unwrap();
    }
}

/// Step 3 goes back to a savepoint that step 1 has left open: what step 2 did would be gone, and the
/// version would say that it is there.
#[test]
fn a_savepoint_of_another_step_is_no_way_back() {
    let schema = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
    let steps = || Steps::new(&[(1, schema), (2, schema), (3, schema), (4, schema)]);
    let price = "UPDATE item SET price = price * 100";
    let steps_of = |first: &str, third: &str| steps().sql(1, first).sql(2, price).sql(3, third);
    let row = "INSERT INTO item VALUES (1, 5)";
    let mut connection = at(steps().history, 1, row);
    let mut strategy = steps_of("SAVEPOINT s", "ROLLBACK TO s").strategy();
    let error = strategy.migrate(&mut connection).unwrap_err();
    assert!(
        matches!(error, Error::TransactionEnded { from: 3, to: 4 }),
        "{error}"
    );
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|5"]);
    // Left open, and within one step, they do no harm.
    let own = "SAVEPOINT t; DELETE FROM item; ROLLBACK TO t; RELEASE t";
    let mut strategy = steps_of("SAVEPOINT s", own).strategy();
    strategy.migrate(&mut connection).unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|500"]);
}
