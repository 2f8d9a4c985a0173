//! `backup`: what the file had before its upgrade is beside it, whole and under its own name.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod names;
mod refused;
#[path = "../support/mod.rs"]
mod support;
mod watched;

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use stepladder::{Backup, MigrationStrategy, TransactionMode};
use support::{Steps, file_at, one, rows};

pub(crate) const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
pub(crate) const ROWS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
                    INSERT INTO item SELECT i, i * 7 FROM n";
pub(crate) const ALL: &str = "SELECT * FROM item";

pub(crate) fn steps(second: &str) -> Steps {
    Steps::new(&[(1, V), (2, V), (3, V)])
        .sql(1, "UPDATE item SET price = 0")
        .sql(2, second)
}

pub(crate) fn good() -> MigrationStrategy<'static, Steps> {
    steps("DELETE FROM item").strategy()
}

pub(crate) fn file(journal: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, steps("").history, 1, journal, ROWS);
    (folder, path)
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The rows of a backup, which is a database of its version.
pub(crate) fn backed_up(path: &Path, version: i32) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), version);
    assert_eq!(one::<String>(&connection, "PRAGMA integrity_check"), "ok");
    rows(&connection, ALL)
}

#[test]
fn an_upgrade_leaves_a_backup_of_what_was_there() {
    for journal in ["DELETE", "TRUNCATE", "PERSIST", "WAL"] {
        for mode in [TransactionMode::All, TransactionMode::EachStep] {
            let (folder, path) = file(journal);
            let before = rows(&Connection::open(&path).unwrap(), ALL);
            let mut details = None;
            let mut strategy =
                good()
                    .backup(Backup::new())
                    .transaction(mode)
                    .before_open(|_, opened| {
                        details = Some(opened.clone());
                        Ok(())
                    });
            let connection = strategy.open(&path).unwrap();
            drop(strategy);
            let backup = details.unwrap().backup.unwrap();
            assert_eq!(backup.file_name().unwrap(), "app.db.v1.backup");
            assert_eq!(backed_up(&backup, 1), before);
            assert!(rows(&connection, ALL).is_empty());
            connection.close().unwrap();
            assert!(names(folder.path()).iter().all(|name| {
                ["app.db", "app.db-journal", "app.db.v1.backup"].contains(&name.as_str())
            }));
        }
    }
}

/// What is only in the WAL, while others read.
#[test]
fn a_backup_has_what_is_in_the_wal() {
    let (folder, path) = file("WAL");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA wal_autocheckpoint = 0; INSERT INTO item VALUES (1000, 1)")
        .unwrap();
    let mut reading = other.prepare(ALL).unwrap();
    let mut reader = reading.query([]).unwrap();
    reader.next().unwrap();
    assert!(path.with_file_name("app.db-wal").metadata().unwrap().len() > 0);
    drop(good().backup(Backup::new()).open(&path).unwrap());
    let backup = folder.path().join("app.db.v1.backup");
    assert!(backed_up(&backup, 1).contains(&"1000|1".to_owned()));
}

#[test]
fn there_is_none_where_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let open = || drop(good().backup(Backup::new()).open(&path).unwrap());
    open();
    open();
    assert_eq!(names(folder.path()), ["app.db"]);
    // In memory, or temporary.
    for name in [":memory:", ""] {
        let mut connection = Connection::open(name).unwrap();
        support::fill(&connection, steps("").history, 1, ROWS);
        let details = good()
            .backup(Backup::new())
            .migrate(&mut connection)
            .unwrap();
        assert_eq!(details.backup, None);
    }
    // Off by default.
    let (folder, path) = file("DELETE");
    good().open(&path).unwrap();
    assert_eq!(names(folder.path()), ["app.db"]);
}

#[cfg(unix)]
#[test]
fn a_backup_is_as_private_as_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = file("DELETE");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    drop(good().backup(Backup::new()).open(&path).unwrap());
    let backup = folder.path().join("app.db.v1.backup").metadata().unwrap();
    assert_eq!(backup.permissions().mode() & 0o777, 0o600);
}

/// Several processes or threads: one upgrades, and makes the one backup.
#[test]
fn eight_threads_make_one_backup() {
    for journal in ["DELETE", "WAL"] {
        let (folder, path) = file(journal);
        let open = || drop(good().backup(Backup::new()).open(&path).unwrap());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(open);
            }
        });
        assert_eq!(names(folder.path()), ["app.db", "app.db.v1.backup"]);
        assert_eq!(
            backed_up(&folder.path().join("app.db.v1.backup"), 1).len(),
            500
        );
    }
}
