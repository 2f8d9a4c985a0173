//! What a person reads when something is wrong with the file, wherever SQLite finds it out.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use expect_test::{Expect, expect};
use rusqlite::{Connection, OpenFlags};
use stepladder::{Backup, Error, FileCheck, TransactionMode, run_migration_steps};
use support::{Steps, at, file_at, fill, one, rows, settings};

const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const ROWS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
                    INSERT INTO item SELECT i * 2, i FROM n";
/// Needs many pages.
const LARGE: &str = "UPDATE item SET price = zeroblob(3000)";

fn steps(sql: &str) -> Steps {
    Steps::new(&[(1, V), (2, V), (3, V)])
        .sql(1, "UPDATE item SET price = price + 1")
        .sql(2, sql)
}

fn file(journal: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, steps("").history, 1, journal, ROWS);
    (folder, path)
}

/// The message without the folder.
fn shown(error: &Error, path: &Path) -> String {
    let folder = path.parent().unwrap().to_string_lossy();
    error.to_string().replace(&*folder, "..")
}

fn is(error: &Error, path: &Path, expected: &Expect) {
    expected.assert_eq(&shown(error, path));
}

#[test]
fn a_file_that_is_no_database() {
    let (_folder, path) = file("DELETE");
    let noise: Vec<u8> = (0..8192_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    for bytes in [noise, "a text, and a long one. ".repeat(300).into_bytes()] {
        std::fs::write(&path, &bytes).unwrap();
        let error = steps("").strategy().open(&path).unwrap_err();
        assert!(
            matches!(&error, Error::NotADatabase(file) if file.path.as_ref() == Some(&path) && file.step.is_none())
        );
        is(
            &error,
            &path,
            &expect![
                "the database `../app.db` is not one of SQLite, or is encrypted: file is not a database; look whether it is the right file"
            ],
        );
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn a_damaged_file() {
    let (_folder, path) = file("DELETE");
    let good = std::fs::read(&path).unwrap();
    // The schema is fine, a page of rows is not. What SQLite says of it depends on its version.
    let mut bytes = good.clone();
    bytes[4096 * 2] = 99;
    std::fs::write(&path, &bytes).unwrap();
    let error = steps("").strategy().open(&path).unwrap_err();
    let Error::Corrupt(found) = &error else {
        panic!("{error}");
    };
    let said = found.source.to_string();
    assert!(said.starts_with("`PRAGMA quick_check` found: "), "{said}");
    assert!(said.to_lowercase().contains("page 3: "), "{said}");
    let shown = error
        .to_string()
        .replace(&said, "`PRAGMA quick_check` found: ..");
    let shown = shown.replace(&*path.to_string_lossy(), "../app.db");
    expect![
        "the database `../app.db` is damaged: `PRAGMA quick_check` found: ..; restore a backup, or save what can be read with `.recover` in the sqlite3 shell"
    ]
    .assert_eq(&shown);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    // Without that, the step finds out.
    let mut unchecked = steps("").strategy().file_check(FileCheck::Never);
    let error = unchecked.open(&path).unwrap_err();
    assert!(
        matches!(&error, Error::Corrupt(file) if file.step == Some((1, 2))),
        "{error}"
    );
    is(
        &error,
        &path,
        &expect![
            "the database `../app.db` is damaged, in the step from version 1 to 2: database disk image is malformed; everything was rolled back; restore a backup, or save what can be read with `.recover` in the sqlite3 shell"
        ],
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    // The schema itself.
    let mut bytes = good;
    bytes[100] = 99;
    std::fs::write(&path, &bytes).unwrap();
    let error = steps("").strategy().open(&path).unwrap_err();
    assert!(
        matches!(&error, Error::Corrupt(file) if file.step.is_none()),
        "{error}"
    );
    is(
        &error,
        &path,
        &expect![
            "the database `../app.db` is damaged: database disk image is malformed; restore a backup, or save what can be read with `.recover` in the sqlite3 shell"
        ],
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

/// Code of the app may have another file in mind, and it is not for us to say that it is ours.
#[test]
fn another_file_that_is_no_database() {
    let (folder, path) = file("DELETE");
    let other = folder.path().join("other.db");
    std::fs::write(&other, "a text, and a long one. ".repeat(300)).unwrap();
    let reading = Steps::new(&[(1, V), (2, V)]).step(1, move |step| {
        let other = other.clone();
        step.with_connection(move |_| {
            one_of(&Connection::open(&other)?)?;
            Ok(())
        })
    });
    let error = reading.strategy().open(&path).unwrap_err();
    assert!(matches!(error, Error::StepFailed { .. }), "{error}");
}

fn one_of(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
}

/// A backup of it stays: it may be the better half.
#[test]
fn a_backup_stays_where_the_disk_may_fail() {
    let (folder, path) = file("DELETE");
    let damaging = Steps::new(&[(1, V), (2, V)]).step(1, |step| {
        step.with_connection(|_| {
            Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(10), None).into())
        })
    });
    let error = damaging
        .strategy()
        .backup(Backup::new())
        .open(&path)
        .unwrap_err();
    assert!(
        matches!(&error, Error::Io(file) if file.step == Some((1, 2))),
        "{error}"
    );
    let text = shown(&error, &path);
    assert!(
        text.starts_with("the database `../app.db` cannot be read or written, in the step "),
        "{text}"
    );
    assert!(
        text.ends_with("; look at the disk before you try again"),
        "{text}"
    );
    assert!(folder.path().join("app.db.v1.backup.new").exists());
}

#[test]
fn a_file_that_is_in_use() {
    for journal in ["DELETE", "WAL"] {
        let (_folder, path) = file(journal);
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut connection = Connection::open(&path).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        let before = settings(&connection);
        let error = steps("").strategy().migrate(&mut connection).unwrap_err();
        assert!(
            matches!(&error, Error::Locked(file) if file.step.is_none()),
            "{error}"
        );
        is(
            &error,
            &path,
            &expect![
                "the database `../app.db` is in use elsewhere: database is locked; close other programs that have it open and try again"
            ],
        );
        assert_eq!(settings(&connection), before);
    }
}

/// An upgrade locks all databases of the connection, and SQLite does not tell which of them failed.
#[test]
fn a_file_that_is_attached() {
    let (folder, path) = file("DELETE");
    let other = folder.path().join("other.db");
    let writer = Connection::open(&other).unwrap();
    writer.execute_batch("CREATE TABLE t (a)").unwrap();
    let mut connection = Connection::open(&path).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    let attach = "ATTACH ?1 AS other";
    connection
        .execute(attach, [other.to_str().unwrap()])
        .unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = steps("").strategy().migrate(&mut connection).unwrap_err();
    is(
        &error,
        &path,
        &expect![
            "the database `../app.db`, or one that is attached to it, is in use elsewhere: database is locked; close other programs that have it open and try again"
        ],
    );
    drop(writer);
    // What is found in the main database is about that.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096] = 99;
    std::fs::write(&path, bytes).unwrap();
    let error = steps("").strategy().migrate(&mut connection).unwrap_err();
    assert!(
        matches!(&error, Error::Corrupt(file) if !file.or_attached),
        "{error}"
    );
}

/// A reader keeps a database with a rollback journal from being committed.
#[test]
fn a_commit_that_cannot_be() {
    let (_folder, path) = file("DELETE");
    let reader = Connection::open(&path).unwrap();
    let mut statement = reader.prepare("SELECT * FROM item").unwrap();
    let mut reading = statement.query([]).unwrap();
    reading.next().unwrap();
    let mut connection = Connection::open(&path).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    let error = steps("").strategy().migrate(&mut connection).unwrap_err();
    assert!(matches!(error, Error::Locked(_)), "{error}");
    let mut one_step = Steps::new(&[(1, V), (2, V)]).sql(1, "SELECT 1");
    let error = run_migration_steps(&mut connection, 1, 2, &mut one_step).unwrap_err();
    assert!(matches!(error, Error::Locked(_)), "{error}");
}

#[test]
fn a_file_that_is_only_to_be_read() {
    for journal in ["DELETE", "WAL"] {
        let (_folder, path) = file(journal);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let mut connection = Connection::open_with_flags(&path, flags).unwrap();
        let error = steps("")
            .strategy()
            .backup(Backup::new())
            .migrate(&mut connection)
            .unwrap_err();
        assert!(matches!(error, Error::ReadOnly(_)), "{error}");
        is(
            &error,
            &path,
            &expect![
                "the database `../app.db` cannot be written: attempt to write a readonly database; look at the permissions of the file and of its folder"
            ],
        );
    }
}

/// The journal cannot be made, which is told of before the first step. Here because of its name: a
/// folder without permission is no obstacle to root, with whom tests may run.
#[test]
fn a_folder_that_takes_no_journal() {
    let (folder, short) = file("DELETE");
    let path = folder.path().join("a".repeat(250));
    std::fs::rename(short, &path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let error = steps("").strategy().open(&path).unwrap_err();
    assert!(
        matches!(&error, Error::ReadOnly(file) if file.step.is_none()),
        "{error}"
    );
    let said = "` cannot be written: unable to open database file; look at the permissions of the \
                file and of its folder";
    assert!(error.to_string().ends_with(said), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

/// SQLite may end the transaction itself then, and that is no mistake of the step.
#[test]
fn a_disk_that_is_full_at_any_place() {
    let in_sql = || steps(LARGE);
    let executed = || {
        Steps::new(&[(1, V), (2, V), (3, V)])
            .sql(1, "SELECT 1")
            .step(2, |step| step.execute(LARGE, []))
    };
    let in_rust = || {
        Steps::new(&[(1, V), (2, V), (3, V)])
            .sql(1, "SELECT 1")
            .step(2, |step| {
                step.with_connection(|connection| Ok(connection.execute_batch(LARGE)?))
            })
    };
    let rebuilt = || {
        let large = Steps::new(&[
            (2, V),
            (
                3,
                "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER NOT NULL)",
            ),
        ]);
        let history = large.history;
        Steps::new(&[(1, V), (2, V), (3, V)])
            .sql(1, "SELECT 1")
            .step(2, move |step| {
                support::rebuild(step, history, "item", &[("price", "zeroblob(3000)")])
            })
    };
    let makers: [&dyn Fn() -> Steps; 4] = [&in_sql, &executed, &in_rust, &rebuilt];
    for make in makers {
        for journal in ["DELETE", "WAL"] {
            let (_folder, path) = file(journal);
            let bytes = std::fs::read(&path).unwrap();
            let mut connection = Connection::open(&path).unwrap();
            connection
                .query_row("PRAGMA max_page_count = 30", [], |row| row.get::<_, i64>(0))
                .unwrap();
            let before = settings(&connection);
            let error = make().strategy().migrate(&mut connection).unwrap_err();
            assert!(
                matches!(&error, Error::DiskFull(file) if file.step == Some((2, 3))),
                "{error}"
            );
            is(
                &error,
                &path,
                &expect![
                    "the database `../app.db` has no room left, in the step from version 2 to 3: database or disk is full; everything was rolled back; free some space and try again"
                ],
            );
            assert_eq!(settings(&connection), before);
            connection.close().unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
    }
    // After a step has been committed, the message does not say that everything was rolled back.
    let (_folder, path) = file("DELETE");
    let mut connection = Connection::open(&path).unwrap();
    connection
        .query_row("PRAGMA max_page_count = 30", [], |row| row.get::<_, i64>(0))
        .unwrap();
    let error = (in_sql().strategy())
        .transaction(TransactionMode::EachStep)
        .migrate(&mut connection)
        .unwrap_err();
    is(
        &error,
        &path,
        &expect![
            "the database `../app.db` has no room left, in the step from version 2 to 3: database or disk is full; free some space and try again; that was rolled back, but what came before it was committed: the database is at version 2"
        ],
    );
}

#[test]
fn a_disk_that_is_full_for_a_new_database() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .query_row("PRAGMA max_page_count = 10", [], |row| row.get::<_, i64>(0))
        .unwrap();
    let error = (steps("").strategy())
        .on_create(|connection| Ok(connection.execute_batch(&format!("{ROWS}; {LARGE}"))?))
        .migrate(&mut connection)
        .unwrap_err();
    // In memory there is no path.
    expect!["the database has no room left, in the step from version 0 to 3: database or disk is full; everything was rolled back; free some space and try again"]
        .assert_eq(&error.to_string());
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 0);
}

/// The app has a handle of its own for that.
#[test]
fn a_statement_that_the_app_interrupts() {
    let mut connection = at(steps("").history, 1, ROWS);
    let handle = connection.get_interrupt_handle();
    let endless = "UPDATE item SET price = (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)";
    let interrupting = std::thread::spawn(move || {
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(20));
            handle.interrupt();
        }
    });
    let error = steps(endless)
        .strategy()
        .migrate(&mut connection)
        .unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    drop(interrupting);
}

#[test]
fn the_row_that_a_rebuild_cannot_copy() {
    let cases = [
        (
            "price INTEGER CHECK (price <> 1700)",
            "CHECK constraint failed: price <> 1700",
        ),
        (
            "price INTEGER NOT NULL",
            "NOT NULL constraint failed: item.price",
        ),
        (
            "price INTEGER UNIQUE",
            "UNIQUE constraint failed: item.price",
        ),
    ];
    for (column, message) in cases {
        let new = format!("CREATE TABLE item (id INTEGER PRIMARY KEY, {column})");
        for watched in [false, true] {
            let steps = Steps::new(&[(1, V), (2, &new)]).rebuild(1, &["item"]);
            let mut connection = at(steps.history, 1, ROWS);
            connection
                .execute_batch("UPDATE item SET price = NULL WHERE id = 4000; UPDATE item SET price = 1700 WHERE id = 4100; UPDATE item SET price = 2 WHERE id = 3800")
                .unwrap();
            let before = rows(&connection, "SELECT * FROM item");
            let mut strategy = steps.strategy();
            if watched {
                strategy = strategy.on_progress(|_| std::ops::ControlFlow::Continue(()));
            }
            let error = strategy.migrate(&mut connection).unwrap_err();
            let Error::StepFailed { row: Some(row), .. } = &error else {
                panic!("{error}");
            };
            let rowid = match column {
                "price INTEGER NOT NULL" => 4000,
                "price INTEGER UNIQUE" => 3800,
                _ => 3400,
            };
            assert_eq!(
                (row.table.as_str(), row.rowid),
                ("item", rowid),
                "{column} {watched}"
            );
            let expected = format!(
                "the step from version 1 to 2 failed: {message}, with the row of `item` with rowid {rowid}; everything was rolled back; "
            );
            assert!(error.to_string().starts_with(&expected), "{error}");
            assert!(!error.to_string().contains("WHERE"), "{error}");
            assert_eq!(rows(&connection, "SELECT * FROM item"), before);
        }
    }
}

/// Where no rowid tells, the error says the rest.
#[test]
fn a_row_without_a_rowid() {
    let old = "CREATE TABLE item (id TEXT PRIMARY KEY, price INTEGER) WITHOUT ROWID";
    let new = "CREATE TABLE item (id TEXT PRIMARY KEY, price INTEGER NOT NULL) WITHOUT ROWID";
    let steps = Steps::new(&[(1, old), (2, new)]).rebuild(1, &["item"]);
    let mut connection = Connection::open_in_memory().unwrap();
    fill(
        &connection,
        steps.history,
        1,
        "INSERT INTO item VALUES ('a', NULL)",
    );
    let error = steps.strategy().migrate(&mut connection).unwrap_err();
    assert!(
        matches!(error, Error::StepFailed { row: None, .. }),
        "{error}"
    );
}

/// Nobody else has the database: it is the loop over the rows.
#[test]
fn a_statement_that_is_in_the_way_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch("CREATE TABLE old (a); INSERT INTO old VALUES (1), (2)")
        .unwrap();
    drop(old);
    let steps = Steps::new(&[(1, V)]);
    let mut strategy = steps.strategy().before_steps(|connection, _| {
        let mut statement = connection.prepare("SELECT a FROM old")?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {
            connection.execute_batch("DROP TABLE old")?;
        }
        Ok(())
    });
    is(
        &strategy.open(&path).unwrap_err(),
        &path,
        &expect![
            "the step from version 0 to 1 failed: database table is locked; everything was rolled back"
        ],
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_gone() {
    let (_folder, path) = file("DELETE");
    let mut connection = Connection::open(&path).unwrap();
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 1);
    std::fs::remove_file(&path).unwrap();
    let error = steps("").strategy().migrate(&mut connection).unwrap_err();
    is(
        &error,
        &path,
        &expect![
            "the database `../app.db` has been moved or removed since it was opened: attempt to write a readonly database; open it where it is now"
        ],
    );
}
