//! `on_create`, `before_steps` and `application_id`: what belongs to the transaction of an upgrade.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use rusqlite::Connection;
use stepladder::{Error, MigrationStrategy, OpeningDetails, Result};
use support::{Steps, file_at, one, rows, settings};

const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const V5: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER); CREATE TABLE tag (item REFERENCES item (id))";

/// Versions 3, 4 and 5, with a seed.
fn steps() -> Steps {
    Steps::with_seed(
        &[(3, V), (4, V), (5, V5)],
        Some("INSERT INTO item VALUES (1, 9)"),
    )
    .sql(3, "UPDATE item SET price = price * 10")
    .sql(4, "CREATE TABLE tag (item REFERENCES item (id))")
}

fn strategy() -> MigrationStrategy<'static, Steps> {
    steps().strategy()
}

fn migrated(
    mut strategy: MigrationStrategy<'_, Steps>,
    before: &str,
) -> (Connection, Result<OpeningDetails>) {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(before).unwrap();
    let settings_before = settings(&connection);
    let result = strategy.migrate(&mut connection);
    assert_eq!(settings(&connection), settings_before);
    (connection, result)
}

#[test]
fn on_create_runs_after_the_seed_once() {
    let hook = |connection: &Connection| {
        assert_eq!(rows(connection, "SELECT * FROM item"), ["1|9"]);
        assert!(!connection.is_autocommit());
        connection.execute("INSERT INTO item VALUES (2, 8)", [])?;
        Ok(())
    };
    let (mut connection, details) = migrated(strategy().on_create(hook), "");
    assert!(details.unwrap().was_created());
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|9", "2|8"]);
    let mut again = strategy().on_create(|_| Err(Error::app("twice")));
    again.migrate(&mut connection).unwrap();
    // Not for an older version, as the seed, and not for a database that was there.
    let never = || strategy().on_create(|_| Err(Error::app("never")));
    let (_, details) = migrated(never().target(3), "");
    assert!(details.unwrap().was_created());
    let (_, details) = migrated(never(), &format!("{V}; PRAGMA user_version = 3"));
    assert!(details.unwrap().had_upgrade());
}

#[test]
fn an_on_create_that_fails_leaves_an_empty_database() {
    type Hook = fn(&Connection) -> Result<()>;
    let hooks: [(&str, Hook); 6] = [
        ("no", |_| Err(Error::app("no"))),
        ("no such table", |connection| {
            Ok(connection.execute_batch("DELETE FROM absent")?)
        }),
        ("ended the transaction", |connection| {
            Ok(connection.execute_batch("COMMIT")?)
        }),
        ("ended the transaction", |connection| {
            Ok(connection.execute_batch("ROLLBACK; BEGIN")?)
        }),
        ("parent does not exist", |connection| {
            Ok(connection.execute_batch("INSERT INTO tag VALUES (77)")?)
        }),
        ("panic", |_| panic!("in a hook")),
    ];
    for (message, hook) in hooks {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = settings(&connection);
        let mut strategy = strategy().on_create(hook);
        let result = catch_unwind(AssertUnwindSafe(|| strategy.migrate(&mut connection)));
        match result {
            Ok(result) => {
                let error = result.unwrap_err().to_string();
                assert!(error.contains(message), "{error}");
            }
            Err(_) => assert_eq!(message, "panic"),
        }
        assert_eq!(settings(&connection), before);
        assert!(rows(&connection, "SELECT name FROM sqlite_schema").is_empty());
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 0);
    }
}

/// What the app migrated before it had snapshots.
fn old_code(connection: &Connection, version: i32) -> Result<()> {
    if version < 1 {
        connection.execute_batch("ALTER TABLE it RENAME TO item")?;
    }
    Ok(connection
        .execute_batch("ALTER TABLE item ADD COLUMN price INTEGER; UPDATE item SET price = 2")?)
}

const OLD: [(i32, &str); 3] = [
    (
        0,
        "CREATE TABLE it (id INTEGER PRIMARY KEY); INSERT INTO it VALUES (1)",
    ),
    (
        -7,
        "CREATE TABLE it (id INTEGER PRIMARY KEY); INSERT INTO it VALUES (1); PRAGMA user_version = -7",
    ),
    (
        2,
        "CREATE TABLE item (id INTEGER PRIMARY KEY); INSERT INTO item VALUES (1); PRAGMA user_version = 2",
    ),
];

#[test]
fn before_steps_brings_a_database_to_the_oldest_version() {
    for (version, sql) in OLD {
        let mut found = None;
        let strategy = strategy().before_steps(|connection, version| {
            assert!(!connection.is_autocommit());
            assert_eq!(one::<i32>(connection, "PRAGMA foreign_keys"), 0);
            found = Some(version);
            old_code(connection, version)
        });
        let (connection, details) = migrated(strategy, sql);
        let details = details.unwrap();
        assert_eq!(found, Some(version));
        assert_eq!(details.version_before, Some(version));
        assert_eq!(details.steps, [(3, 4), (4, 5)]);
        assert!(details.had_upgrade() && !details.was_created());
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
        assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|20"]);
    }
    // The oldest version itself may be the target.
    let (connection, details) = migrated(strategy().before_steps(old_code).target(3), OLD[2].1);
    assert_eq!(details.unwrap().steps, []);
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|2"]);
    // It is not for a new database, nor for one of the history.
    let never = || strategy().before_steps(|_, _| Err(Error::app("never")));
    migrated(never(), "").1.unwrap();
    migrated(never(), &format!("{V}; PRAGMA user_version = 3"))
        .1
        .unwrap();
}

#[test]
fn a_before_steps_that_fails_leaves_everything_as_it_was() {
    type Hook = fn(&Connection, i32) -> Result<()>;
    let hooks: [(&str, Hook); 6] = [
        ("no", |connection, _| {
            connection.execute_batch("DELETE FROM it")?;
            Err(Error::app("no"))
        }),
        ("ended the transaction", |connection, _| {
            Ok(connection.execute_batch("DELETE FROM it; COMMIT; BEGIN")?)
        }),
        // It does not lead to the oldest version.
        ("does not have the schema of version 3", |connection, _| {
            Ok(connection.execute_batch("CREATE TABLE item (id INTEGER PRIMARY KEY)")?)
        }),
        ("parent does not exist", |connection, version| {
            old_code(connection, version)?;
            Ok(connection.execute_batch(
                "CREATE TABLE other (x REFERENCES item (id)); INSERT INTO other VALUES (9)",
            )?)
        }),
        // The hook is fine, a step is not.
        ("failed", |connection, version| {
            old_code(connection, version)?;
            Ok(connection.execute_batch(
                "CREATE TRIGGER no BEFORE UPDATE ON item BEGIN SELECT RAISE(ABORT, 'no'); END",
            )?)
        }),
        ("panic", |_, _| panic!("in a hook")),
    ];
    for (message, hook) in hooks {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(OLD[0].1).unwrap();
        let mut strategy = strategy().before_steps(hook);
        let result = catch_unwind(AssertUnwindSafe(|| strategy.migrate(&mut connection)));
        match result {
            Ok(result) => {
                let error = result.unwrap_err().to_string();
                assert!(error.contains(message), "{error}");
            }
            Err(_) => assert_eq!(message, "panic"),
        }
        assert_eq!(rows(&connection, "SELECT * FROM it"), ["1"]);
        assert_eq!(rows(&connection, "SELECT name FROM sqlite_schema"), ["it"]);
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 0);
    }
}

#[test]
fn without_the_hook_an_older_database_is_an_error() {
    let (_, result) = migrated(strategy(), OLD[2].1);
    expect_test::expect!["the database is at version 2, but this version of the app knows only versions from 3 on: open it with an older version of the app first"]
        .assert_eq(&result.unwrap_err().to_string());
    let (_, result) = migrated(strategy(), OLD[0].1);
    assert!(matches!(result, Err(Error::NotVersioned { .. })));
    // One between two versions is not older.
    let between = Steps::new(&[(3, V), (5, V)])
        .strategy()
        .before_steps(|_, _| Err(Error::app("never")));
    let (_, result) = migrated(between, &format!("{V}; PRAGMA user_version = 4"));
    assert!(matches!(
        result,
        Err(Error::UnknownVersion { found: 4, .. })
    ));
}

const ID: i32 = i32::from_be_bytes(*b"shop");

fn id(connection: &Connection) -> i32 {
    one(connection, "PRAGMA application_id")
}

#[test]
fn the_application_id_is_written_at_the_next_upgrade() {
    let ours = || strategy().application_id(ID);
    let (connection, _) = migrated(ours(), "");
    assert_eq!(id(&connection), ID);
    let (connection, _) = migrated(ours(), &format!("{V}; PRAGMA user_version = 3"));
    assert_eq!(id(&connection), ID);
    // Not where there is nothing to do: that would be a write.
    let (connection, _) = migrated(ours(), &format!("{V5}; PRAGMA user_version = 5"));
    assert_eq!(id(&connection), 0);
    let (connection, _) = migrated(strategy(), "");
    assert_eq!(id(&connection), 0);
    // Not where the upgrade fails.
    let failing = steps().sql(4, "SELECT nothing").strategy();
    let (connection, result) = migrated(
        failing.application_id(ID),
        &format!("{V}; PRAGMA user_version = 3"),
    );
    result.unwrap_err();
    assert_eq!(id(&connection), 0);
}

fn file_with(version: i32, id: i32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, steps().history, 3, "DELETE", "");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA user_version = {version}; PRAGMA application_id = {id}"
        ))
        .unwrap();
    connection.close().unwrap();
    (folder, path)
}

#[test]
fn the_database_of_another_application_is_refused_untouched() {
    // Whatever its version says: ours, older, newer, none.
    for version in [5, 3, 9, 2, 0] {
        for other in [7, -1] {
            let (_folder, path) = file_with(version, other);
            let bytes = std::fs::read(&path).unwrap();
            let error = strategy().application_id(ID).open(&path).unwrap_err();
            assert!(
                matches!(error, Error::OtherApplication { expected: ID, found } if found == other),
                "{error}"
            );
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
    }
    let (_folder, path) = file_with(3, ID);
    strategy().application_id(ID).open(&path).unwrap();
    // Who does not ask does not care.
    let (_folder, path) = file_with(3, 7);
    strategy().open(&path).unwrap();
}
