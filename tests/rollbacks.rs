//! The way back: rollbacks to an older version, in the transaction of the upgrade.

mod support;

use stepladder::{Error, MigrationStrategy, run_migration_steps};
use support::{Steps, at, one, rows};

const V1: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER);";
const V2: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER, name TEXT);
    CREATE INDEX names ON item (name);";
const V5: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, cents INTEGER, name TEXT);
    CREATE INDEX names ON item (name);
    CREATE VIEW cheap AS SELECT id FROM item WHERE cents < 100;";
const ROWS: &str = "INSERT INTO item VALUES (1, 5), (2, 7)";

fn steps() -> Steps {
    Steps::with_seed(
        &[(1, V1), (2, V2), (5, V5)],
        Some("INSERT INTO item VALUES (1, 1, 'seed')"),
    )
    .sql(
        1,
        "ALTER TABLE item ADD COLUMN name TEXT; CREATE INDEX names ON item (name)",
    )
    .sql(
        2,
        "ALTER TABLE item RENAME COLUMN price TO cents; UPDATE item SET cents = cents * 100;
         CREATE VIEW cheap AS SELECT id FROM item WHERE cents < 100",
    )
}

fn reversible() -> Steps {
    steps()
        .rollback(
            5,
            "DROP VIEW cheap; UPDATE item SET cents = cents / 100;
             ALTER TABLE item RENAME COLUMN cents TO price",
        )
        .rollback(2, "DROP INDEX names; ALTER TABLE item DROP COLUMN name")
}

#[test]
fn a_database_goes_to_any_version_and_back() {
    let mut connection = at(steps().history, 1, ROWS);
    let (mut before, mut prices) = (1, vec!["5", "7"]);
    for target in [5, 1, 2, 5, 2, 1, 1] {
        let details = reversible()
            .strategy()
            .target(target)
            .migrate(&mut connection)
            .unwrap();
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), target);
        assert_eq!(
            (details.version_before, details.version_now),
            (Some(before), target)
        );
        assert_eq!(details.had_rollback(), target < before);
        assert_eq!(details.had_upgrade(), target > before);
        let schema = steps().history.at(target).unwrap();
        let differences = schema.validate(&connection).unwrap();
        assert!(differences.is_empty(), "{differences}");
        prices = if target == 5 {
            vec!["500", "700"]
        } else {
            vec!["5", "7"]
        };
        let column = if target == 5 { "cents" } else { "price" };
        assert_eq!(
            rows(&connection, &format!("SELECT {column} FROM item")),
            prices
        );
        before = target;
    }
    assert_eq!(prices, ["5", "7"]);
}

#[test]
fn the_rollbacks_that_ran_are_told() {
    let mut connection = at(steps().history, 5, "INSERT INTO item VALUES (1, 100, 'a')");
    let details = reversible()
        .strategy()
        .target(1)
        .migrate(&mut connection)
        .unwrap();
    assert_eq!(details.steps, [(5, 2), (2, 1)]);
    assert!(details.had_rollback() && !details.had_upgrade() && !details.was_created());
}

/// Nothing runs, not even the rollbacks that are there.
#[test]
fn a_rollback_that_is_missing_is_named() {
    for (steps, missing) in [
        (steps(), (5, 2)),
        (steps().rollback(5, "this would be an error"), (2, 1)),
    ] {
        let mut connection = at(steps.history, 5, "INSERT INTO item VALUES (1, 100, 'a')");
        let error = steps
            .strategy()
            .target(1)
            .migrate(&mut connection)
            .unwrap_err();
        let Error::NotReversible { from, to } = error else {
            panic!("{error}");
        };
        assert_eq!((from, to), missing);
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
    }
}

#[test]
fn a_rollback_that_fails_undoes_the_others() {
    let mut connection = at(steps().history, 5, "INSERT INTO item VALUES (1, 100, 'a')");
    let broken = reversible().rollback(2, "DROP INDEX names; DROP TABLE nowhere");
    let error = broken
        .strategy()
        .target(1)
        .migrate(&mut connection)
        .unwrap_err();
    let text =
        "the rollback from version 2 to 1 failed at schemas/steps/rollback.sql:1: no such table";
    assert!(error.to_string().starts_with(text), "{error}");
    let ended = reversible().rollback(2, "COMMIT");
    let error = ended
        .strategy()
        .target(1)
        .migrate(&mut connection)
        .unwrap_err();
    assert!(
        matches!(error, Error::TransactionEnded { from: 2, to: 1 }),
        "{error}"
    );
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
    let differences = steps()
        .history
        .validate_database_schema(&connection)
        .unwrap();
    assert!(differences.is_empty(), "{differences}");
}

/// A rollback is checked as a step is: what it leaves must not refer to nothing.
#[test]
fn a_rollback_leaves_no_orphans() {
    let old = "CREATE TABLE a (id INTEGER PRIMARY KEY);
        CREATE TABLE b (a INTEGER REFERENCES a (id));";
    let steps = Steps::new(&[(1, old), (2, old)]).rollback(2, "DELETE FROM a");
    let mut connection = at(
        steps.history,
        2,
        "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)",
    );
    let error = steps
        .strategy()
        .target(1)
        .migrate(&mut connection)
        .unwrap_err();
    assert!(matches!(error, Error::ForeignKeys { .. }), "{error}");
    assert_eq!(one::<i32>(&connection, "SELECT count(*) FROM a"), 1);
}

#[test]
fn an_empty_database_gets_the_schema_of_the_target() {
    for (target, count) in [(1, 0), (2, 0), (5, 1)] {
        let mut connection = stepladder::rusqlite::Connection::open_in_memory().unwrap();
        let details = steps()
            .strategy()
            .target(target)
            .migrate(&mut connection)
            .unwrap();
        assert!(details.was_created());
        assert_eq!(details.version_now, target);
        let schema = steps().history.at(target).unwrap();
        assert!(schema.validate(&connection).unwrap().is_empty());
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), target);
        // The rows of `seed.sql` are proven against the newest version.
        assert_eq!(one::<i32>(&connection, "SELECT count(*) FROM item"), count);
    }
}

#[test]
fn a_target_that_the_history_has_not_is_refused_untouched() {
    for target in [-1, 0, 3, 6] {
        let mut connection = at(steps().history, 2, "");
        let error = reversible()
            .strategy()
            .target(target)
            .migrate(&mut connection)
            .unwrap_err();
        assert!(
            matches!(error, Error::UnknownVersion { found, .. } if found == target),
            "{error}"
        );
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 2);
    }
    let mut connection = at(steps().history, 5, "");
    (connection.pragma_update(None, "user_version", 6)).unwrap();
    let error = MigrationStrategy::new(reversible())
        .target(1)
        .migrate(&mut connection)
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NewerThanApp {
                database: 6,
                app: 5
            }
        ),
        "{error}"
    );
}

#[test]
fn the_steps_can_be_driven_downwards() {
    let mut connection = at(steps().history, 5, "INSERT INTO item VALUES (1, 300, 'a')");
    let mut steps = reversible();
    run_migration_steps(&mut connection, 5, 2, &mut steps).unwrap();
    assert_eq!(rows(&connection, "SELECT price FROM item"), ["3"]);
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 2);
}
