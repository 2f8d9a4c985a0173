//! `backup`: what the file had before its upgrade is beside it, whole and under its own name.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::num::NonZeroUsize;
use std::ops::ControlFlow::{Break, Continue};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use stepladder::{
    Backup, Error, FileCheck, MigrateAllOptions, MigrationStrategy, Phase, TransactionMode,
    migrate_all,
};
use support::{Steps, file_at, one, rows, settings};

const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const ROWS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
                    INSERT INTO item SELECT i, i * 7 FROM n";
const ALL: &str = "SELECT * FROM item";

fn steps(second: &str) -> Steps {
    Steps::new(&[(1, V), (2, V), (3, V)])
        .sql(1, "UPDATE item SET price = 0")
        .sql(2, second)
}

fn good() -> MigrationStrategy<'static, Steps> {
    steps("DELETE FROM item").strategy()
}

fn file(journal: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, steps("").history, 1, journal, ROWS);
    (folder, path)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The rows of a backup, which is a database of its version.
fn backed_up(path: &Path, version: i32) -> Vec<String> {
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

/// Back to version 1 with another price each time.
fn set_back(path: &Path, price: i32) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "DELETE FROM item; INSERT INTO item VALUES (1, {price}); PRAGMA user_version = 1"
        ))
        .unwrap();
}

#[test]
fn none_is_written_over_and_the_newest_are_kept() {
    let (folder, path) = file("DELETE");
    let beside = |name: &str| folder.path().join(name);
    std::fs::write(beside("app.db.v1.backup.txt"), "mine").unwrap();
    std::fs::write(beside("other.db.v1.backup"), "mine").unwrap();
    for price in 1..=5 {
        set_back(&path, price);
        // The time of a file has to tell.
        std::thread::sleep(Duration::from_millis(20));
        drop(good().backup(Backup::new().keep(2)).open(&path).unwrap());
    }
    assert_eq!(
        names(folder.path()),
        [
            "app.db",
            "app.db.v1-4.backup",
            "app.db.v1-5.backup",
            "app.db.v1.backup.txt",
            "other.db.v1.backup"
        ]
    );
    assert_eq!(backed_up(&beside("app.db.v1-4.backup"), 1), ["1|4"]);
    assert_eq!(backed_up(&beside("app.db.v1-5.backup"), 1), ["1|5"]);
    set_back(&path, 6);
    drop(good().backup(Backup::new().keep(0)).open(&path).unwrap());
    assert!(
        !names(folder.path())
            .iter()
            .any(|name| name.ends_with("-6.backup"))
    );
}

/// A clock that was wrong, or files that came from elsewhere: the new backup is the newest.
#[test]
fn older_backups_from_the_future_do_not_push_out_the_new_one() {
    let (folder, path) = file("DELETE");
    let before = rows(&Connection::open(&path).unwrap(), ALL);
    for name in ["app.db.v1.backup", "app.db.v0.backup"] {
        let old = folder.path().join(name);
        std::fs::write(&old, "old").unwrap();
        let future = std::time::SystemTime::now() + Duration::from_secs(1_000_000);
        let old = std::fs::OpenOptions::new().write(true).open(old).unwrap();
        old.set_modified(future).unwrap();
    }
    let mut connection = Connection::open(&path).unwrap();
    let mut strategy = good().backup(Backup::new().keep(1));
    let details = strategy.migrate(&mut connection).unwrap();
    assert_eq!(names(folder.path()), ["app.db", "app.db.v1-2.backup"]);
    assert_eq!(backed_up(&details.backup.unwrap(), 1), before);
    // Where none is kept, none is named.
    set_back(&path, 7);
    let mut strategy = good().backup(Backup::new().keep(0));
    let details = strategy.migrate(&mut connection).unwrap();
    assert_eq!(details.backup, None);
    assert_eq!(names(folder.path()), ["app.db"]);
}

/// A folder or a link that has the name of the next backup.
#[cfg(unix)]
#[test]
fn nothing_that_has_the_name_is_written_over() {
    use std::os::unix::fs::symlink;
    let (folder, path) = file("DELETE");
    let beside = |name: &str| folder.path().join(name);
    std::fs::write(beside("mine"), "mine").unwrap();
    std::fs::create_dir(beside("app.db.v1.backup")).unwrap();
    symlink(beside("mine"), beside("app.db.v1-2.backup")).unwrap();
    symlink(beside("absent"), beside("app.db.v1-3.backup")).unwrap();
    symlink(beside("mine"), beside("app.db.backup.partial")).unwrap();
    drop(good().backup(Backup::new()).open(&path).unwrap());
    assert_eq!(backed_up(&beside("app.db.v1-4.backup"), 1).len(), 500);
    assert_eq!(std::fs::read_to_string(beside("mine")).unwrap(), "mine");
    assert!(beside("app.db.v1-2.backup").is_symlink());
    assert!(beside("app.db.v1-3.backup").is_symlink());
}

#[test]
fn another_folder_may_hold_them() {
    let (folder, path) = file("WAL");
    let backups = folder.path().join("old/backups");
    drop(
        good()
            .backup(Backup::new().in_folder(&backups))
            .open(&path)
            .unwrap(),
    );
    assert_eq!(names(&backups), ["app.db.v1.backup"]);
    assert_eq!(backed_up(&backups.join("app.db.v1.backup"), 1).len(), 500);
}

/// One strategy for files of the same name in many folders.
#[test]
fn a_relative_folder_starts_at_the_database() {
    let (folder, path) = file("DELETE");
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::copy(&path, other.join("app.db")).unwrap();
    let mut strategy = good().backup(Backup::new().in_folder("backups").keep(1));
    for path in [&path, &other.join("app.db")] {
        drop(strategy.open(path).unwrap());
        let backup = path.with_file_name("backups").join("app.db.v1.backup");
        assert_eq!(backed_up(&backup, 1).len(), 500);
    }
}

/// Databases of one name in one folder for their backups, all at the same time.
#[test]
fn each_database_has_its_own_backup() {
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("backups");
    let paths: Vec<_> = (0..32)
        .map(|tenant| {
            let path = folder.path().join(tenant.to_string()).join("app.db");
            std::fs::create_dir(path.parent().unwrap()).unwrap();
            let data = format!("INSERT INTO item VALUES (1, {tenant})");
            file_at(&path, steps("").history, 1, "DELETE", &data);
            path
        })
        .collect();
    let strategy = || good().backup(Backup::new().in_folder(&backups).keep(100));
    let options = MigrateAllOptions::new().threads(NonZeroUsize::new(8).unwrap());
    for (tenant, file) in migrate_all(paths, strategy, options).iter().enumerate() {
        let backup = file.result.as_ref().unwrap().backup.as_ref().unwrap();
        assert_eq!(backed_up(backup, 1), [format!("1|{tenant}")]);
    }
    assert_eq!(names(&backups).len(), 32);
}

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

/// What a killed process has left goes with the next backup, and nothing else does: an upgrade that
/// fails takes no place of an older backup.
#[test]
fn leftovers_go() {
    let (folder, path) = file("DELETE");
    for name in [
        "app.db.backup.partial",
        "app.db.backup.partial-journal",
        "app.db.backup.partial-wal",
        "app.db.v1.backup.new",
    ] {
        std::fs::write(folder.path().join(name), "half of a backup").unwrap();
    }
    for name in ["v0", "v1", "v1-2", "v1-3", "v1-4"] {
        let backup = folder.path().join(format!("app.db.{name}.backup"));
        std::fs::copy(&path, backup).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut failing = steps("SELECT absent")
        .strategy()
        .backup(Backup::new().keep(3));
    failing.open(&path).unwrap_err();
    assert_eq!(
        names(folder.path()),
        [
            "app.db",
            "app.db.v0.backup",
            "app.db.v1-2.backup",
            "app.db.v1-3.backup",
            "app.db.v1-4.backup",
            "app.db.v1.backup",
        ]
    );
}

/// The app was killed between its commit and the name.
#[test]
fn a_backup_of_what_was_committed_gets_its_name_later() {
    let (folder, path) = file("DELETE");
    std::fs::copy(&path, folder.path().join("app.db.v1.backup.new")).unwrap();
    drop(Connection::open(&path).map(|connection| {
        let step = "UPDATE item SET price = 0; PRAGMA user_version = 2";
        connection.execute_batch(step).unwrap();
    }));
    drop(good().backup(Backup::new()).open(&path).unwrap());
    assert_eq!(
        names(folder.path()),
        ["app.db", "app.db.v1.backup", "app.db.v2.backup"]
    );
    assert_eq!(
        backed_up(&folder.path().join("app.db.v1.backup"), 1)[2],
        "3|21"
    );
    assert_eq!(
        backed_up(&folder.path().join("app.db.v2.backup"), 2)[2],
        "3|0"
    );
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

/// Names that are no text, or look like something else.
#[cfg(unix)]
#[test]
fn any_name_of_a_file_is_fine() {
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 4] = [
        b"caf\xe9.db",
        b"a b%20?x#y'.db",
        b".v1.backup",
        b"no-extension",
    ];
    for name in names {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        file_at(&path, steps("").history, 1, "WAL", ROWS);
        drop(good().backup(Backup::new()).open(&path).unwrap());
        let backup = folder
            .path()
            .join(std::ffi::OsStr::from_bytes(&[name, b".v1.backup"].concat()));
        assert_eq!(backed_up(&backup, 1).len(), 500, "{}", path.display());
    }
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

/// A file of many pages with a rebuild to come.
fn large(journal: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
                INSERT INTO item SELECT i, i * 7 FROM n";
    file_at(&path, steps("").history, 1, "DELETE", rows);
    let connection = Connection::open(&path).unwrap();
    let set = format!("PRAGMA page_size = 512; VACUUM; PRAGMA journal_mode = {journal}");
    connection.execute_batch(&set).unwrap();
    (folder, path)
}

#[test]
fn a_backup_tells_its_pages_and_the_check_is_told_before() {
    let (_folder, path) = large("DELETE");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let mut strategy = good().backup(Backup::new()).on_progress(move |progress| {
        hearing.lock().unwrap().push(progress.clone());
        Continue(())
    });
    strategy.open(&path).unwrap();
    let heard = heard.lock().unwrap();
    let mut phases: Vec<_> = heard.iter().map(|progress| progress.phase).collect();
    phases.dedup();
    assert_eq!(phases.first(), Some(&Phase::Check));
    assert_eq!(phases.last(), Some(&Phase::Step));
    let pages = std::fs::metadata(&path).unwrap().len() / 512;
    let done: Vec<_> = phases[1..phases.len() - 1]
        .iter()
        .map(|phase| match phase {
            Phase::Backup {
                pages_done,
                pages: of,
            } => {
                assert_eq!(*of, pages);
                *pages_done
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(done.len() > 1 && done.is_sorted(), "{done:?}");
    assert_eq!(done.last(), Some(&pages));
    let before = heard.iter().filter(|progress| progress.step == 0);
    assert!(before.clone().all(|told| (told.from, told.to) == (1, 3)));
    let mut lines: Vec<_> = before.map(ToString::to_string).collect();
    lines.dedup();
    assert_eq!(lines[0], "checking the file");
    assert_eq!(
        lines[1],
        format!("backing up the file, 1000 of {pages} pages")
    );
}

/// Before the first step, nothing has happened; and no part of a backup stays.
#[test]
fn the_check_and_the_backup_can_be_cancelled_at_any_time() {
    for journal in ["DELETE", "WAL"] {
        let (folder, path) = large(journal);
        let bytes = std::fs::read(&path).unwrap();
        let (mut checks, mut backups) = (0, 0);
        for nth in 0.. {
            let mut connection = Connection::open(&path).unwrap();
            let before = settings(&connection);
            let calls = AtomicUsize::new(0);
            let last = Arc::new(Mutex::new(None));
            let telling = Arc::clone(&last);
            let mut strategy = good().backup(Backup::new()).on_progress(move |progress| {
                *telling.lock().unwrap() = Some(progress.phase);
                if calls.fetch_add(1, Ordering::Relaxed) == nth || progress.step > 0 {
                    Break(())
                } else {
                    Continue(())
                }
            });
            let error = strategy.migrate(&mut connection).unwrap_err();
            assert_eq!(settings(&connection), before);
            drop(connection);
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{nth}");
            assert_eq!(names(folder.path()), ["app.db"], "{nth}");
            match (last.lock().unwrap().take(), error) {
                (Some(Phase::Check), Error::Cancelled { step: None }) => checks += 1,
                (Some(Phase::Backup { .. }), Error::Cancelled { step: None }) => backups += 1,
                (Some(Phase::Step), Error::Cancelled { step: Some((1, 2)) }) => break,
                (phase, other) => panic!("{nth}: {phase:?}, {other}"),
            }
        }
        // How often SQLite calls during the check depends on its version.
        assert!(checks > 0 && backups > 3, "{checks} {backups}");
    }
}

/// Such as the key of an encrypted file, which needs another SQLite.
#[test]
fn the_app_prepares_each_connection() {
    let (folder, path) = file("WAL");
    let calls = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&calls);
    let backup = Backup::new().on_connection(move |connection| {
        counting.fetch_add(1, Ordering::Relaxed);
        assert!(connection.is_autocommit());
        Ok(())
    });
    drop(good().backup(backup).open(&path).unwrap());
    // To the database, to its copy, and to read that back.
    assert_eq!(calls.load(Ordering::Relaxed), 3);
    assert_eq!(
        backed_up(&folder.path().join("app.db.v1.backup"), 1).len(),
        500
    );
    // It fails.
    for nth in 0..3 {
        let (folder, path) = file("DELETE");
        let bytes = std::fs::read(&path).unwrap();
        let calls = AtomicUsize::new(0);
        let backup = Backup::new().on_connection(move |connection| {
            match calls.fetch_add(1, Ordering::Relaxed) {
                call if call == nth => connection.execute_batch("SELECT wrong_key"),
                _ => Ok(()),
            }
        });
        let error = good().backup(backup).open(&path).unwrap_err();
        assert!(matches!(error, Error::BackupFailed { .. }), "{error}");
        assert!(error.to_string().contains("wrong_key"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(names(folder.path()), ["app.db"]);
    }
}
