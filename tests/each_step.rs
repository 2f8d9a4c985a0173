//! `TransactionMode::EachStep`: each commit leaves a version of the history.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use stepladder::{Error, MigrationStrategy, TransactionMode};
use support::{Steps, at, file_at, one, rows, settings};

const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const V4: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER); CREATE TABLE tag (item REFERENCES item (id))";
const ROWS: &str = "INSERT INTO item VALUES (1, 5), (2, 7)";

fn steps(third: &str) -> Steps {
    Steps::new(&[(1, V), (2, V), (3, V), (4, V4)])
        .sql(1, "UPDATE item SET price = price * 10")
        .sql(2, "UPDATE item SET price = price * 10")
        .sql(3, third)
}

fn each_step(third: &str) -> MigrationStrategy<'static, Steps> {
    steps(third)
        .strategy()
        .transaction(TransactionMode::EachStep)
}

const TAG: &str = "CREATE TABLE tag (item REFERENCES item (id))";

#[test]
fn each_step_is_committed_with_its_version() {
    // Another connection sees every version on the way.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, steps(TAG).history, 1, "WAL", ROWS);
    for (mode, expected) in [
        (TransactionMode::EachStep, ["1|5", "2|50", "3|500"]),
        (TransactionMode::All, ["1|5", "1|5", "1|5"]),
    ] {
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        let other = Mutex::new(Connection::open(&copy).unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut looking = Steps::new(&[(1, V), (2, V), (3, V), (4, V)]);
        let other = Arc::new(other);
        for from in 1..=3 {
            let (seen, other) = (Arc::clone(&seen), Arc::clone(&other));
            looking = looking.step(from, move |step| {
                let other = other.lock().unwrap();
                let sql = "SELECT user_version, (SELECT price FROM item) FROM pragma_user_version";
                seen.lock().unwrap().extend(rows(&other, sql));
                step.execute("UPDATE item SET price = price * 10", [])
            });
        }
        let mut connection = Connection::open(&copy).unwrap();
        let details = looking
            .strategy()
            .transaction(mode)
            .migrate(&mut connection)
            .unwrap();
        assert_eq!(*seen.lock().unwrap(), expected);
        assert_eq!((details.version_before, details.version_now), (Some(1), 4));
        assert_eq!(details.steps, [(1, 2), (2, 3), (3, 4)]);
        assert_eq!(
            rows(&connection, "SELECT price FROM item"),
            ["5000", "7000"]
        );
    }
}

#[test]
fn an_error_names_where_the_file_is() {
    let cases = [
        ("SELECT absent", "no such column"),
        // Checks of the step itself.
        (
            "CREATE TABLE tag (item REFERENCES item (id)); INSERT INTO tag VALUES (9)",
            "parent",
        ),
        ("CREATE TABLE tag (items)", "schema of version 4"),
        ("COMMIT", "ended the transaction"),
    ];
    for (sql, message) in cases {
        let mut connection = at(steps("").history, 1, ROWS);
        let before = settings(&connection);
        let error = each_step(sql).migrate(&mut connection).unwrap_err();
        let Error::PartlyUpgraded {
            version_now: 3,
            steps,
            source,
        } = &error
        else {
            panic!("{error}");
        };
        assert_eq!(steps, &[(1, 2), (2, 3)]);
        assert!(source.to_string().contains(message), "{source}");
        assert!(
            !error.to_string().contains("everything was rolled back"),
            "{error}"
        );
        assert!(
            error.to_string().ends_with(
                "; that was rolled back, but what came before it was committed: the database is at version 3"
            ),
            "{error}"
        );
        assert_eq!(settings(&connection), before);
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 3);
        assert_eq!(rows(&connection, "SELECT price FROM item"), ["500", "700"]);
        // The next try goes on from there, and runs no step twice.
        let details = each_step(TAG).migrate(&mut connection).unwrap();
        assert_eq!(
            (details.version_before, details.steps),
            (Some(3), vec![(3, 4)])
        );
        assert_eq!(rows(&connection, "SELECT price FROM item"), ["500", "700"]);
    }
    // The first step has nothing before it.
    let mut connection = at(steps("").history, 3, ROWS);
    let error = each_step("SELECT absent")
        .migrate(&mut connection)
        .unwrap_err();
    assert!(
        matches!(error, Error::StepFailed { from: 3, .. }),
        "{error}"
    );
}

#[test]
fn a_panic_leaves_the_version_before_its_step() {
    let panicking = Steps::new(&[(1, V), (2, V), (3, V)])
        .sql(1, "UPDATE item SET price = price * 10")
        .step(2, |step| {
            step.execute("DELETE FROM item", [])?;
            panic!("in a step")
        });
    let mut connection = at(panicking.history, 1, ROWS);
    let before = settings(&connection);
    let mut strategy = panicking.strategy().transaction(TransactionMode::EachStep);
    catch_unwind(AssertUnwindSafe(|| strategy.migrate(&mut connection))).unwrap_err();
    assert_eq!(settings(&connection), before);
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 2);
    assert_eq!(rows(&connection, "SELECT price FROM item"), ["50", "70"]);
}

#[test]
fn creation_rollbacks_and_before_steps_are_parts_of_the_way() {
    let mut connection = Connection::open_in_memory().unwrap();
    let details = each_step(TAG).migrate(&mut connection).unwrap();
    assert!(details.was_created());
    let back = steps(TAG)
        .rollback(4, "DROP TABLE tag")
        .rollback(3, "SELECT absent");
    let mut back = back
        .strategy()
        .transaction(TransactionMode::EachStep)
        .target(2);
    let error = back.migrate(&mut connection).unwrap_err();
    assert!(
        matches!(error, Error::PartlyUpgraded { version_now: 3, .. }),
        "{error}"
    );
    let later = |third| {
        let steps = Steps::new(&[(3, V), (4, V4)]).sql(3, third);
        steps
            .strategy()
            .transaction(TransactionMode::EachStep)
            .before_steps(|old, _| Ok(old.execute_batch("ALTER TABLE it RENAME TO item")?))
    };
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE it (id INTEGER PRIMARY KEY, price INTEGER)")
        .unwrap();
    let error = later("SELECT absent").migrate(&mut connection).unwrap_err();
    assert!(
        matches!(&error, Error::PartlyUpgraded { version_now: 3, steps, .. } if steps.is_empty()),
        "{error}"
    );
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 3);
    later(TAG).migrate(&mut connection).unwrap();
}

#[test]
fn eight_threads_run_each_step_once() {
    let folder = tempfile::tempdir().unwrap();
    for journal in ["DELETE", "WAL"] {
        let path = folder.path().join(format!("{journal}.db"));
        file_at(&path, steps(TAG).history, 1, journal, ROWS);
        let opened = || drop(each_step(TAG).open(&path).unwrap());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(opened);
            }
        });
        let connection = Connection::open(&path).unwrap();
        assert_eq!(rows(&connection, "SELECT price FROM item"), ["500", "700"]);
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 4);
    }
}
