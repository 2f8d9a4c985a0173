//! Opening: what happens to every kind of file, and with others at the same file.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, OpenFlags};
use stepladder::__private::SqliteFacts;
use stepladder::{Error, MigrateAllOptions, MigrationStrategy, NewDatabase, migrate_all};
use support::{Steps, file_at, fill, one, rows};

const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const ROWS: &str = "INSERT INTO item VALUES (1, 5), (2, 7)";

fn steps() -> Steps {
    Steps::new(&[(2, V), (3, V), (5, V)])
        .sql(2, "UPDATE item SET price = price * 10")
        .sql(3, "UPDATE item SET price = price * 10")
}

fn file(journal: &str, version: i32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, steps().history, 2, journal, ROWS);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(&format!("PRAGMA user_version = {version}"))
        .unwrap();
    connection.close().unwrap();
    (folder, path)
}

/// Opening fails, and no byte of any file in the folder has changed.
fn refused(path: &Path) -> Error {
    refused_with(steps(), path)
}

fn refused_with(steps: Steps, path: &Path) -> Error {
    let folder = path.parent().unwrap();
    let files = || {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
            .into_iter()
            .map(|path| (std::fs::read(&path).ok(), path))
            .collect()
    };
    let before = files();
    let error = steps.strategy().open(path).unwrap_err();
    assert_eq!(files(), before, "{error}");
    error
}

#[test]
fn databases_of_other_versions_are_refused_untouched() {
    for journal in ["DELETE", "WAL"] {
        for version in [6, i32::MAX, 4, 1, -1, i32::MIN] {
            let (_folder, path) = file(journal, version);
            match refused(&path) {
                Error::NewerThanApp { database, app: 5 } if version > 5 => {
                    assert_eq!(database, version);
                }
                Error::UnknownVersion { found, .. } if version == 4 => assert_eq!(found, version),
                Error::OlderThanOldest { database, .. } if version < 2 => {
                    assert_eq!(database, version);
                }
                other => panic!("{version}: {other}"),
            }
        }
        let (_folder, path) = file(journal, 0);
        assert!(matches!(refused(&path), Error::NotVersioned { .. }));
    }
}

#[test]
fn what_is_no_database_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let text = "this is not a database, but long enough to look like one\n".repeat(50);
    std::fs::write(&path, text).unwrap();
    let shown = |error: Error| {
        error
            .to_string()
            .replace(&*folder.path().to_string_lossy(), "..")
    };
    expect_test::expect!["the database `../app.db` is not one of SQLite, or is encrypted: file is not a database; look whether it is the right file"]
        .assert_eq(&shown(refused(&path)));
    let directory = folder.path().join("folder.db");
    std::fs::create_dir(&directory).unwrap();
    expect_test::expect![
        "cannot open the database `../folder.db`: unable to open database file: ../folder.db"
    ]
    .assert_eq(&shown(refused(&directory)));
    let nowhere = folder.path().join("no/such/app.db");
    expect_test::expect!["cannot open the database `../no/such/app.db`: unable to open database file: ../no/such/app.db"].assert_eq(&shown(refused(&nowhere)));
}

#[test]
fn an_sqlite_that_is_too_old_touches_nothing() {
    let (_folder, path) = file("WAL", 2);
    let linked = rusqlite::version_number();
    let needs = |oldest| {
        steps().with_sqlite(SqliteFacts {
            proven_with: linked,
            oldest,
        })
    };
    assert!(matches!(
        refused_with(needs(linked + 1), &path),
        Error::SqliteTooOld { linked: found, oldest } if found == linked && oldest == linked + 1
    ));
    needs(linked).strategy().open(&path).unwrap();
}

#[test]
fn a_step_that_fails_says_with_which_sqlite_it_was_proven() {
    let linked = rusqlite::version_number();
    let failed = |proven_with| {
        let (_folder, path) = file("DELETE", 3);
        let wrong = steps().sql(3, "SELECT nothing").with_sqlite(SqliteFacts {
            proven_with,
            oldest: 0,
        });
        refused_with(wrong, &path).to_string()
    };
    assert!(failed(3_002_001).contains("it was proven with SQLite 3.2.1, and this is SQLite 3."));
    // Of the same there is nothing to say.
    assert!(!failed(linked).contains("proven"));
    assert!(!failed(0).contains("proven"));
}

#[test]
fn a_damaged_file_is_refused_untouched() {
    let (_folder, path) = file("DELETE", 2);
    let bytes = std::fs::read(&path).unwrap();
    for length in [16, 99, 100, 600, 4096, bytes.len() - 4096] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let error = refused(&path);
        assert!(
            matches!(error, Error::NotADatabase(_) | Error::Corrupt(_)),
            "{length}: {error:?}"
        );
    }
    // An empty file is a new database.
    std::fs::write(&path, []).unwrap();
    let connection = steps().strategy().open(&path).unwrap();
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
}

#[test]
fn an_up_to_date_file_is_opened_without_a_write() {
    for journal in ["DELETE", "WAL"] {
        let (folder, path) = file(journal, 5);
        let bytes = std::fs::read(&path).unwrap();
        let names = || std::fs::read_dir(folder.path()).unwrap().count();
        let (before, changed) = (names(), path.metadata().unwrap().modified().unwrap());
        let connection = steps().strategy().open(&path).unwrap();
        assert_eq!(one::<i64>(&connection, "SELECT total_changes()"), 0);
        connection.close().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(path.metadata().unwrap().modified().unwrap(), changed);
        assert_eq!(names(), before);
        // Also where nobody may write.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let immutable = format!("file:{}?immutable=1", path.display());
        for name in [immutable.as_str(), path.to_str().unwrap()] {
            let mut connection = Connection::open_with_flags(name, flags).unwrap();
            let details = steps().strategy().migrate(&mut connection).unwrap();
            assert!(!details.had_upgrade() && !details.was_created());
        }
        // An old one cannot be upgraded then, and says so.
        let (_folder, path) = file(journal, 2);
        let mut connection = Connection::open_with_flags(&path, flags).unwrap();
        let error = steps().strategy().migrate(&mut connection).unwrap_err();
        assert!(error.to_string().contains("readonly"), "{error}");
    }
}

/// The pragmas, and how many other statements, that opening prepares.
fn prepared(strategy: impl FnOnce(&mut Connection), path: &Path) -> (Vec<String>, usize) {
    let seen = Arc::new(Mutex::new((Vec::new(), 0)));
    let seen_by_sqlite = Arc::clone(&seen);
    let mut connection = Connection::open(path).unwrap();
    // Some versions of rusqlite return a result here, others nothing.
    let _ = connection.authorizer(Some(move |context: AuthContext<'_>| {
        let mut seen = seen_by_sqlite.lock().unwrap();
        match context.action {
            AuthAction::Pragma { pragma_name, .. } => seen.0.push(pragma_name.to_owned()),
            _ => seen.1 += 1,
        }
        Authorization::Allow
    }));
    strategy(&mut connection);
    drop(connection);
    let seen = seen.lock().unwrap();
    seen.clone()
}

#[test]
fn an_up_to_date_file_costs_one_read() {
    let (_folder, path) = file("WAL", 5);
    let migrate = |strategy: MigrationStrategy<'static, Steps>| {
        let mut strategy = strategy;
        prepared(
            move |connection| drop(strategy.migrate(connection).unwrap()),
            &path,
        )
    };
    let only = |names: &[&str]| (names.iter().map(ToString::to_string).collect(), 0);
    assert_eq!(migrate(steps().strategy()), only(&["user_version"]));
    assert_eq!(
        migrate(
            (steps().strategy())
                .before_steps(|_, _| Ok(()))
                .on_create(|_| Ok(()))
        ),
        only(&["user_version"])
    );
    assert_eq!(
        migrate(steps().strategy().application_id(1)),
        only(&["user_version", "application_id"])
    );
}

/// Beside raw rusqlite in the same run; `--nocapture` shows the numbers. The bound is wide, because
/// other tests run at the same time.
#[test]
fn an_up_to_date_file_takes_as_long_as_with_rusqlite_alone() {
    let (_folder, path) = file("WAL", 5);
    let mut strategy = steps().strategy();
    let mut fastest = [Duration::MAX; 2];
    let mut ours_at_last = None;
    for _ in 0..200 {
        let start = Instant::now();
        let connection = Connection::open(&path).unwrap();
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
        fastest[0] = fastest[0].min(start.elapsed());
        drop(connection);
        let start = Instant::now();
        let connection = strategy.open(&path).unwrap();
        fastest[1] = fastest[1].min(start.elapsed());
        ours_at_last = Some(connection);
    }
    drop(ours_at_last);
    let [raw, ours] = fastest;
    println!("rusqlite alone {raw:?}, with a strategy {ours:?}");
    assert!(
        ours < raw * 3 + Duration::from_micros(200),
        "{raw:?} {ours:?}"
    );
}

#[test]
fn an_up_to_date_file_is_opened_while_somebody_else_writes() {
    for journal in ["DELETE", "WAL"] {
        let (_folder, path) = file(journal, 5);
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch("BEGIN IMMEDIATE; UPDATE item SET price = 0")
            .unwrap();
        let start = Instant::now();
        let connection = steps().strategy().open(&path).unwrap();
        assert!(start.elapsed() < Duration::from_secs(4));
        assert_eq!(rows(&connection, "SELECT price FROM item"), ["5", "7"]);
    }
}

#[test]
fn eight_threads_upgrade_an_old_file_once() {
    for journal in ["DELETE", "WAL"] {
        // The rounds differ in who is first at which moment.
        for version in [2, 0, 0, 0, 0, 0, 0] {
            let (folder, mut path) = file(journal, 2);
            if version == 0 {
                path = folder.path().join("new.db");
            }
            let barrier = Barrier::new(8);
            let ran: usize = std::thread::scope(|scope| {
                let open = || {
                    barrier.wait();
                    let mut ran = 0;
                    let mut strategy = steps().strategy().before_open(|_, details| {
                        ran = details.steps.len() + usize::from(details.was_created());
                        Ok(())
                    });
                    strategy.open(&path).unwrap().close().unwrap();
                    drop(strategy);
                    ran
                };
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .sum()
            });
            let connection = steps().strategy().open(&path).unwrap();
            let prices = rows(&connection, "SELECT price FROM item");
            if version == 0 {
                assert_eq!((ran, prices.len()), (1, 0));
            } else {
                assert_eq!((ran, prices), (2, vec!["500".to_owned(), "700".to_owned()]));
            }
        }
    }
}

#[test]
fn a_new_database_has_the_newest_schema_and_the_seed() {
    let seed = "INSERT INTO item VALUES (1, 9);\nINSERT INTO item VALUES (2, 8)";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let new = |seed| Steps::with_seed(&[(2, "CREATE TABLE old (x)"), (3, V)], Some(seed));
    let mut shown = None;
    let mut strategy = new(seed).strategy().before_open(|connection, details| {
        assert!(connection.is_autocommit());
        assert_eq!(one::<i32>(connection, "PRAGMA foreign_keys"), 1);
        shown = Some(details.clone());
        Ok(())
    });
    let connection = strategy.open(&path).unwrap();
    drop(strategy);
    let details = shown.unwrap();
    assert!(details.was_created() && !details.had_upgrade());
    assert_eq!((details.version_before, details.version_now), (None, 3));
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|9", "2|8"]);
    assert_eq!(
        rows(&connection, "SELECT name FROM sqlite_schema"),
        ["item"]
    );
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 3);
    // A seed that fails leaves an empty database, which the next try can fill.
    for seed in [
        "INSERT INTO item VALUES (1, 9);\nINSERT INTO item VALUES (1, 8)",
        "INSERT INTO item VALUES (1, 9); COMMIT",
        "INSERT INTO item VALUES (1, 9); ROLLBACK",
        "INSERT INTO item VALUES (1, 9); CREATE TABLE child (x REFERENCES item (id)); INSERT INTO child VALUES (2)",
    ] {
        let path = folder.path().join("failed.db");
        new(seed).strategy().open(&path).unwrap_err();
        assert_eq!(path.metadata().unwrap().len(), 0, "{seed}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}

#[test]
fn before_open_runs_each_time_and_its_error_is_returned() {
    let mut count = 0;
    let mut connection = Connection::open_in_memory().unwrap();
    fill(&connection, steps().history, 2, ROWS);
    let mut strategy = steps().strategy().before_open(|_, _| {
        count += 1;
        Err(Error::app("not today"))
    });
    for _ in 0..2 {
        let error = strategy.migrate(&mut connection).unwrap_err();
        assert_eq!(error.to_string(), "not today");
    }
    drop(strategy);
    assert_eq!(count, 2);
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
}

/// It is no error about the file, which has been opened.
#[test]
fn an_error_of_before_open_is_not_one_of_the_file() {
    let mut strategy = steps()
        .strategy()
        .before_open(|connection, _| Ok(connection.execute_batch("SELECT * FROM absent")?));
    let error = strategy.open(":memory:").unwrap_err();
    assert!(matches!(error, Error::Sqlite(_)), "{error}");
}

/// A tenant who has gone does not come back empty, and a wrong folder is told.
#[test]
fn many_files_are_upgraded_and_none_is_created() {
    let (folder, path) = file("DELETE", 2);
    let absent = folder.path().join("absent.db");
    let paths = [absent.clone(), path.clone()];
    let reports = migrate_all(paths, || steps().strategy(), MigrateAllOptions::new());
    assert!(
        matches!(&reports[0].result, Err(Error::NoDatabase { path: Some(path) }) if *path == absent)
    );
    assert!(reports[1].result.is_ok());
    assert!(!absent.exists());
    // That is for one file, such as that of a new tenant.
    steps().strategy().open(&absent).unwrap();
    assert!(absent.exists());
}

/// SQLite takes an empty file for a new database, and removes the WAL beside it.
#[test]
fn what_is_missing_or_empty_is_not_created_where_it_is_to_be_there() {
    let (folder, path) = file("DELETE", 2);
    let existing = || steps().strategy().new_database(NewDatabase::Refuse);
    existing().open(&path).unwrap();
    std::fs::write(&path, "").unwrap();
    let wal = path.with_file_name("app.db-wal");
    std::fs::write(&wal, "all that is left of it").unwrap();
    let error = existing().open(&path).unwrap_err();
    let said = error
        .to_string()
        .replace(&*path.to_string_lossy(), "app.db");
    assert_eq!(
        said,
        "there is no database at `app.db`: the file is missing or empty, and is not to be created"
    );
    assert_eq!(std::fs::metadata(&wal).unwrap().len(), 22);
    std::fs::write(&path, "x").unwrap();
    let error = existing().open(&path).unwrap_err();
    assert!(matches!(error, Error::NoDatabase { .. }), "{error}");
    std::fs::remove_file(&wal).unwrap();
    std::fs::remove_file(&path).unwrap();
    let uri = format!("file:{}", path.display());
    let error = existing().open(&path).unwrap_err();
    assert!(matches!(error, Error::NoDatabase { .. }), "{error}");
    assert!(existing().open(&uri).is_err());
    assert!(!path.exists());
    let error = existing().open(folder.path()).unwrap_err();
    assert!(matches!(error, Error::Open { .. }), "{error}");
    let mut memory = Connection::open_in_memory().unwrap();
    let error = existing().migrate(&mut memory).unwrap_err();
    assert!(matches!(error, Error::NoDatabase { path: None }), "{error}");
}

#[test]
fn a_connection_is_prepared_before_anything_else() {
    let (_folder, path) = file("DELETE", 2);
    let mut versions = Vec::new();
    let mut strategy = steps().strategy().on_connect(|connection| {
        versions.push(one::<i32>(connection, "PRAGMA user_version"));
        Ok(connection.busy_timeout(Duration::from_secs(77))?)
    });
    let connection = strategy.open(&path).unwrap();
    assert_eq!(one::<i32>(&connection, "PRAGMA busy_timeout"), 77_000);
    drop(strategy);
    assert_eq!(versions, [2]);
    let mut strategy = (steps().strategy()).on_connect(|_| Err(Error::app("no key")));
    assert_eq!(strategy.open(&path).unwrap_err().to_string(), "no key");
}

/// Such as a file that is only to be read, at its newest version.
#[test]
fn an_error_of_before_open_about_the_file_says_so() {
    let (_folder, path) = file("DELETE", 5);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let mut connection = Connection::open_with_flags(&path, flags).unwrap();
    let mut strategy = (steps().strategy())
        .before_open(|connection, _| Ok(connection.execute_batch("DELETE FROM item")?));
    let error = strategy.migrate(&mut connection).unwrap_err();
    assert!(matches!(error, Error::ReadOnly(_)), "{error}");
}
