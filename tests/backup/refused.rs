//! Upgrades that fail, and files of which there can be no backup.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use rusqlite::Connection;
use stepladder::{Backup, Error, FileCheck, TransactionMode};

use crate::support::{Steps, rows, settings};
use crate::{ALL, V, backed_up, file, good, names, steps};

#[test]
fn an_upgrade_that_fails_leaves_no_backup_and_removes_no_other() {
    let (folder, path) = file("DELETE");
    std::fs::copy(&path, folder.path().join("app.db.v1.backup")).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for _ in 0..3 {
        let mut failing = steps("SELECT absent")
            .strategy()
            .backup(Backup::new().keep(1));
        failing.open(&path).unwrap_err();
        let mut panicking = Steps::new(&[(1, V), (2, V)])
            .step(1, |_| panic!("in a step"))
            .strategy()
            .backup(Backup::new().keep(1));
        catch_unwind(AssertUnwindSafe(|| panicking.open(&path).map(drop))).unwrap_err();
        assert_eq!(names(folder.path()), ["app.db", "app.db.v1.backup"]);
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    // Unless something of it has been committed.
    let failing = steps("SELECT absent").strategy().backup(Backup::new());
    let mut failing = failing.transaction(TransactionMode::EachStep);
    failing.open(&path).unwrap_err();
    assert_eq!(
        backed_up(&folder.path().join("app.db.v1-2.backup"), 1).len(),
        500
    );
    assert_eq!(backed_up(&path, 2).len(), 500);
}

#[test]
fn without_its_backup_there_is_no_upgrade() {
    let (folder, path) = file("DELETE");
    let bytes = std::fs::read(&path).unwrap();
    // A file where the folder has to be.
    let no_folder = folder.path().join("file");
    std::fs::write(&no_folder, "").unwrap();
    let mut connection = Connection::open(&path).unwrap();
    let before = settings(&connection);
    let mut strategy = good().backup(Backup::new().in_folder(&no_folder));
    let error = strategy.migrate(&mut connection).unwrap_err();
    assert_eq!(settings(&connection), before);
    let Error::BackupFailed {
        path: backup,
        source,
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(backup, &no_folder.join("app.db.v1.backup"));
    assert!(source.downcast_ref::<std::io::Error>().is_some());
    let shown = error
        .to_string()
        .replace(&*folder.path().to_string_lossy(), "..");
    expect_test::expect!["cannot back up the database to `../file/app.db.v1.backup`: File exists (os error 17); it was not upgraded"]
        .assert_eq(&shown);
    drop(connection);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(names(folder.path()), ["app.db", "file"]);
}

/// A file with a page of rows that says it is none.
fn damaged() -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = file("DELETE");
    let mut bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() > 3 * 4096);
    bytes[2 * 4096] = 99;
    std::fs::write(&path, &bytes).unwrap();
    (folder, path)
}

#[test]
fn a_damaged_file_is_refused_before_its_backup() {
    let (folder, path) = damaged();
    let bytes = std::fs::read(&path).unwrap();
    let error = good().backup(Backup::new()).open(&path).unwrap_err();
    assert!(matches!(error, Error::Corrupt(_)), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(names(folder.path()), ["app.db"]);
}

/// Somebody upgrades what can be read: the backup is damaged as the file is, and the more needed.
#[test]
fn a_damaged_file_has_a_backup_where_it_is_not_checked() {
    let (folder, path) = damaged();
    let bytes = std::fs::read(&path).unwrap();
    let steps = Steps::new(&[(1, V), (2, V)]).sql(1, "CREATE TABLE x (a); DROP TABLE x");
    let mut strategy = steps
        .strategy()
        .file_check(FileCheck::Never)
        .backup(Backup::new());
    strategy.open(&path).unwrap();
    let backup = std::fs::read(folder.path().join("app.db.v1.backup")).unwrap();
    // The header counts the changes of a file.
    assert_eq!(backup.len(), bytes.len());
    assert_eq!(backup[100..], bytes[100..]);
}

/// What no CHECK of today lets in may be there from before.
#[test]
fn rows_that_break_a_constraint_are_no_obstacle() {
    let (folder, path) = file("DELETE");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "DROP TABLE item;
             CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER CHECK (price > 0));
             PRAGMA ignore_check_constraints = ON;
             INSERT INTO item VALUES (1, -5);",
        )
        .unwrap();
    drop(connection);
    let mut strategy = good()
        .validate(stepladder::verify::Validation::Never)
        .backup(Backup::new());
    let error = strategy.open(&path).unwrap_err();
    // The step itself breaks it, with its UPDATE, and says so.
    assert!(matches!(error, Error::StepFailed { .. }), "{error}");
    let delete = "DELETE FROM item";
    let mut strategy = Steps::new(&[(1, V), (2, V)])
        .sql(1, delete)
        .strategy()
        .validate(stepladder::verify::Validation::Never)
        .backup(Backup::new());
    strategy.open(&path).unwrap();
    let backup = Connection::open(folder.path().join("app.db.v1.backup")).unwrap();
    assert_eq!(rows(&backup, ALL), ["1|-5"]);
}

/// A connection that keeps all others out, also from reading.
#[test]
fn an_exclusive_connection_has_no_backup() {
    let (folder, path) = file("DELETE");
    let bytes = std::fs::read(&path).unwrap();
    let mut connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        .unwrap();
    let error = good()
        .backup(Backup::new())
        .migrate(&mut connection)
        .unwrap_err();
    assert!(matches!(error, Error::BackupFailed { .. }), "{error}");
    drop(connection);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(names(folder.path()), ["app.db"]);
}

/// The functions of the app are not on the connections of the backup.
#[test]
fn a_check_with_a_function_of_the_app_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let mut connection = Connection::open(&path).unwrap();
    connection
        .create_scalar_function(
            "is_price",
            1,
            rusqlite::functions::FunctionFlags::SQLITE_DETERMINISTIC,
            |context| Ok(context.get::<i64>(0)? >= 0),
        )
        .unwrap();
    connection
        .execute_batch(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER CHECK (is_price(price)));
             INSERT INTO item VALUES (1, 5); PRAGMA user_version = 1",
        )
        .unwrap();
    let mut strategy = Steps::new(&[(1, V), (2, V)])
        .sql(1, "UPDATE item SET price = price * 10")
        .strategy()
        .validate(stepladder::verify::Validation::Never)
        .backup(Backup::new());
    let details = strategy.migrate(&mut connection).unwrap();
    assert!(details.backup.unwrap().exists());
}
