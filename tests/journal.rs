//! Journal modes with which SQLite itself could not take an upgrade back.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use stepladder::{Error, MigrationStrategy};
use support::{Steps, file_at, one, rows};

const V: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
const ROWS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
                    INSERT INTO item SELECT i, i * 7 FROM n";
/// More than the cache of these tests holds, so that pages are written before the step fails.
const MANY: &str = "INSERT INTO item (price) SELECT a.price FROM item AS a, item AS b";

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, Steps::new(&[(1, V)]).history, 1, "DELETE", ROWS);
    (folder, path)
}

fn contents(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    assert_eq!(rows(&connection, "PRAGMA integrity_check"), ["ok"]);
    rows(&connection, "SELECT count(*), sum(price) FROM item")
}

fn journal(connection: &Connection) -> String {
    one(connection, "PRAGMA journal_mode")
}

fn failing() -> MigrationStrategy<'static, Steps> {
    Steps::new(&[(1, V), (2, V)])
        .sql(1, &format!("{MANY}; SELECT absent"))
        .strategy()
}

/// Without a journal, SQLite leaves a damaged file where a statement or a transaction fails.
#[test]
fn a_connection_without_a_journal_has_one_for_the_upgrade() {
    for mode in ["off", "memory", "persist", "truncate"] {
        let (_folder, path) = file();
        let before = contents(&path);
        let mut connection = Connection::open(&path).unwrap();
        let set = format!("PRAGMA cache_size = 10; PRAGMA journal_mode = {mode}");
        connection.execute_batch(&set).unwrap();
        let error = failing().migrate(&mut connection).unwrap_err();
        assert!(matches!(error, Error::StepFailed { .. }), "{error}");
        assert_eq!(journal(&connection), mode);
        drop(connection);
        assert_eq!(contents(&path), before, "{mode}");

        let mut connection = Connection::open(&path).unwrap();
        connection.execute_batch(&set).unwrap();
        let watched = path.with_file_name("app.db-journal");
        let seen = watched.clone();
        let mut strategy = Steps::new(&[(1, V), (2, V)])
            .step(1, move |step| {
                step.execute(MANY, [])?;
                assert!(seen.metadata().unwrap().len() > 0);
                Ok(())
            })
            .strategy();
        strategy.migrate(&mut connection).unwrap();
        assert_eq!(journal(&connection), mode);
        if mode == "off" || mode == "memory" {
            assert!(!watched.exists());
        }
    }
    // In memory there is no other journal, and `off` damages too.
    for mode in ["off", "memory"] {
        let mut connection = support::at(Steps::new(&[(1, V)]).history, 1, ROWS);
        let set = format!("PRAGMA journal_mode = {mode}");
        connection.execute_batch(&set).unwrap();
        failing().migrate(&mut connection).unwrap_err();
        assert_eq!(journal(&connection), mode);
        assert_eq!(
            rows(&connection, "SELECT count(*), sum(price) FROM item"),
            ["500|876750"]
        );
        assert_eq!(rows(&connection, "PRAGMA integrity_check"), ["ok"]);
    }
}

/// Until it has written, a transaction may change the journal mode.
#[test]
fn code_of_the_app_cannot_do_without_a_journal() {
    for mode in ["off", "memory", "persist", "truncate"] {
        let asks = move |connection: &Connection| {
            let set = format!("PRAGMA journal_mode = {mode}");
            let now: String = connection.query_row(&set, [], |row| row.get(0)).unwrap();
            assert_eq!(now, "delete");
        };
        let (_folder, path) = file();
        let before = contents(&path);
        let mut connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA cache_size = 10").unwrap();
        let mut strategy = Steps::new(&[(1, V), (2, V)])
            .step(1, move |step| {
                step.with_connection(|connection| {
                    asks(connection);
                    Ok(())
                })?;
                step.execute(MANY, [])?;
                step.execute("SELECT absent", [])
            })
            .strategy();
        strategy.migrate(&mut connection).unwrap_err();
        connection.execute_batch("PRAGMA user_version = 0").unwrap();
        let mut strategy =
            Steps::new(&[(1, V), (2, V)])
                .strategy()
                .before_steps(move |connection, _| {
                    asks(connection);
                    connection.execute_batch(MANY)?;
                    Err(Error::app("no"))
                });
        strategy.migrate(&mut connection).unwrap_err();
        drop(strategy);
        drop(connection);
        assert_eq!(contents(&path), before, "{mode}");
    }
}
