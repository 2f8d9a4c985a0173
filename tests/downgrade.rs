//! `downgrade`: what an app does with the file of a newer one.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::PathBuf;

use rusqlite::Connection;
use stepladder::{Downgrade, Error, MigrationStrategy};
use support::{Steps, file_at, one, rows, settings};

const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";

fn strategy() -> MigrationStrategy<'static, Steps> {
    Steps::new(&[(1, V), (2, V)])
        .sql(1, "UPDATE item SET price = price * 10")
        .strategy()
}

fn file(journal: &str, version: i32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let history = Steps::new(&[(version, V)]).history;
    file_at(
        &path,
        history,
        version,
        journal,
        "INSERT INTO item VALUES (1, 5)",
    );
    (folder, path)
}

#[test]
fn a_newer_database_can_be_read_and_not_written() {
    for journal in ["DELETE", "WAL"] {
        let (_folder, path) = file(journal, 7);
        let bytes = std::fs::read(&path).unwrap();
        let mut seen = None;
        let mut open =
            strategy()
                .downgrade(Downgrade::OpenReadOnly)
                .before_open(|connection, details| {
                    assert_eq!(rows(connection, "SELECT price FROM item"), ["5"]);
                    seen = Some(details.clone());
                    Ok(())
                });
        let connection = open.open(&path).unwrap();
        drop(open);
        let details = seen.unwrap();
        assert!(details.is_read_only());
        assert!(!details.was_created() && !details.had_upgrade() && !details.had_rollback());
        assert_eq!((details.version_before, details.version_now), (Some(7), 7));
        assert_eq!(details.steps, []);
        for sql in [
            "DELETE FROM item",
            "DROP TABLE item",
            "CREATE TABLE other (a)",
            "PRAGMA user_version = 2",
            "VACUUM",
        ] {
            assert!(connection.execute_batch(sql).is_err(), "{sql}");
        }
        connection.close().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn it_is_refused_by_default() {
    let (_folder, path) = file("WAL", 7);
    for downgrade in [None, Some(Downgrade::Refuse)] {
        let strategy = match downgrade {
            Some(downgrade) => strategy().downgrade(downgrade),
            None => strategy(),
        };
        let error = { strategy }.open(&path).unwrap_err();
        assert!(matches!(
            error,
            Error::NewerThanApp {
                database: 7,
                app: 2
            }
        ));
    }
}

/// An older one is still upgraded, and only a newer one is read.
#[test]
fn other_databases_are_written_as_ever() {
    let mut strategy = strategy().downgrade(Downgrade::OpenReadOnly);
    for version in [1, 2] {
        let (_folder, path) = file("WAL", version);
        let connection = strategy.open(&path).unwrap();
        assert_eq!(one::<i32>(&connection, "PRAGMA query_only"), 0);
        connection.execute("DELETE FROM item", []).unwrap();
    }
    // Of another application it is not even read.
    let (_folder, path) = file("WAL", 7);
    Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA application_id = 9")
        .unwrap();
    let error = strategy.application_id(1).open(&path).unwrap_err();
    assert!(matches!(error, Error::OtherApplication { .. }));
}

#[test]
fn a_hook_that_fails_leaves_the_connection_as_it_was() {
    for query_only in ["ON", "OFF"] {
        let (_folder, path) = file("WAL", 7);
        let mut connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(&format!("PRAGMA query_only = {query_only}"))
            .unwrap();
        let read = |connection: &Connection| one::<i32>(connection, "PRAGMA query_only");
        let before = (settings(&connection), read(&connection));
        let mut strategy = strategy()
            .downgrade(Downgrade::OpenReadOnly)
            .before_open(|_, _| Err(Error::app("no")));
        strategy.migrate(&mut connection).unwrap_err();
        assert_eq!((settings(&connection), read(&connection)), before);
    }
}
