//! The connection after an upgrade: as it was, whatever came up and whatever the code of the app did
//! to it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthContext, Authorization};
use stepladder::{Backup, Error, MigrationStrategy, Result, TransactionMode};
use support::{Steps, file_at, rows};

const V: &str =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER, parent REFERENCES item (id))";
const UNIQUE: &str =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER UNIQUE, parent REFERENCES item (id))";
const ROWS: &str = "INSERT INTO item VALUES (1, 5, NULL), (2, 7, NULL)";

/// Those that do something, need an argument, or tell what is in the file.
const NO_SETTINGS: [&str; 24] = [
    "application_id",
    "case_sensitive_like",
    "collation_list",
    "data_version",
    "database_list",
    "foreign_key_check",
    "foreign_key_list",
    "freelist_count",
    "function_list",
    "incremental_vacuum",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "module_list",
    "optimize",
    "page_count",
    "pragma_list",
    "quick_check",
    "schema_version",
    "shrink_memory",
    "table_list",
    "user_version",
    "wal_checkpoint",
];

/// Every setting that a connection can tell.
fn all_settings(connection: &Connection) -> Vec<(String, Vec<String>)> {
    let names = rows(connection, "PRAGMA pragma_list");
    let mut all: Vec<_> = (names.into_iter())
        .filter(|name| !NO_SETTINGS.contains(&name.as_str()))
        .map(|name| {
            let said = rows(connection, &format!("PRAGMA {name}"));
            (name, said)
        })
        .collect();
    assert!(all.len() > 25);
    all.sort();
    let temporary = rows(connection, "SELECT name FROM sqlite_temp_schema");
    all.push(("temporary".to_owned(), temporary));
    all.push((
        "autocommit".to_owned(),
        vec![connection.is_autocommit().to_string()],
    ));
    let rowid = rows(connection, "SELECT last_insert_rowid()");
    all.push(("last_insert_rowid".to_owned(), rowid));
    all
}

/// A connection on which everything is other than by default, or nothing is.
fn connection(path: &Path, unusual: bool) -> Connection {
    let connection = Connection::open(path).unwrap();
    let settings = if unusual {
        "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; PRAGMA recursive_triggers = ON; \
         PRAGMA ignore_check_constraints = ON; PRAGMA busy_timeout = 77; PRAGMA cache_size = 123; \
         PRAGMA reverse_unordered_selects = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; \
         PRAGMA automatic_index = OFF; PRAGMA cell_size_check = ON; PRAGMA read_uncommitted = ON; \
         PRAGMA writable_schema = ON; PRAGMA analysis_limit = 9; PRAGMA temp_store = MEMORY; \
         CREATE TEMP TABLE mine (a); INSERT INTO mine (rowid) VALUES (-42)"
    } else {
        "PRAGMA busy_timeout = 50"
    };
    connection.execute_batch(settings).unwrap();
    connection
}

/// All that code of the app may do to a connection.
fn meddle(connection: &Connection) {
    connection
        .execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = ON; PRAGMA recursive_triggers = 1; \
             PRAGMA ignore_check_constraints = OFF; PRAGMA busy_timeout = 1; PRAGMA cache_size = 9; \
             PRAGMA reverse_unordered_selects = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = FAST; \
             PRAGMA automatic_index = OFF; PRAGMA cell_size_check = ON; PRAGMA read_uncommitted = ON; \
             PRAGMA writable_schema = OFF; PRAGMA analysis_limit = 3; PRAGMA defer_foreign_keys = ON; \
             UPDATE item SET price = price + 100; INSERT INTO item VALUES (99, 99, NULL); \
             DELETE FROM item WHERE id = 99",
        )
        .unwrap();
}

type Hook = fn(&Connection) -> Result<()>;

/// Three steps: SQL, the app's code, a rebuild.
fn steps(sql: &str, hook: Hook) -> Steps {
    let steps = Steps::new(&[(1, V), (2, V), (3, V), (4, UNIQUE)]);
    let history = steps.history;
    steps
        .sql(1, sql)
        .step(2, move |step| {
            step.with_connection(|connection| {
                meddle(connection);
                hook(connection)
            })
        })
        .step(3, move |step| support::rebuild(step, history, "item", &[]))
}

/// Each with what it is to end in.
fn endings() -> Vec<(&'static str, MigrationStrategy<'static, Steps>)> {
    let fine = "UPDATE item SET price = price * 10";
    let ok = || steps(fine, |_| Ok(())).strategy();
    let ending = |hook: Hook| steps(fine, hook).strategy();
    let cancelled_at = |nth: usize| {
        let calls = AtomicUsize::new(0);
        ok().on_progress(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
            call if call == nth => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
    };
    vec![
        ("", ok()),
        ("", ok().on_progress(|_| ControlFlow::Continue(()))),
        ("", ok().backup(Backup::new())),
        ("", ok().target(2)),
        (
            "no such column",
            steps("SELECT absent", |_| Ok(())).strategy(),
        ),
        ("no", ending(|_| Err(Error::app("no")))),
        (
            "no such table",
            ending(|connection| Ok(connection.execute_batch("SELECT * FROM absent")?)),
        ),
        (
            "ended the transaction",
            ending(|connection| Ok(connection.execute_batch("ROLLBACK")?)),
        ),
        (
            "ended the transaction",
            ending(|connection| Ok(connection.execute_batch("ROLLBACK; BEGIN; SAVEPOINT a")?)),
        ),
        (
            "ended the transaction",
            ending(|connection| Ok(connection.execute_batch("COMMIT")?)),
        ),
        (
            "changes the schema",
            ending(|connection| Ok(connection.execute_batch("CREATE TABLE more (a)")?)),
        ),
        (
            "parent does not exist",
            ending(|connection| Ok(connection.execute_batch("UPDATE item SET parent = 77")?)),
        ),
        (
            "UNIQUE constraint",
            ending(|connection| Ok(connection.execute_batch("UPDATE item SET price = 1")?)),
        ),
        ("cancelled", cancelled_at(0)),
        ("cancelled", cancelled_at(1)),
        ("cancelled", cancelled_at(4)),
        ("panic", ending(|_| panic!("in a step"))),
        ("panic", ok().on_progress(|_| panic!("in the hook"))),
        (
            "cannot back up",
            ok().backup(Backup::new().in_folder("/dev/null/absent")),
        ),
        ("newer", Steps::new(&[(0, V)]).strategy()),
    ]
}

fn file(journal: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    file_at(&path, steps("", |_| Ok(())).history, 1, journal, ROWS);
    (folder, path)
}

#[test]
fn every_way_out_leaves_the_connection_as_it_was() {
    for mode in [TransactionMode::All, TransactionMode::EachStep] {
        for unusual in [false, true] {
            for (message, strategy) in endings() {
                let (_folder, path) = file("WAL");
                let mut connection = connection(&path, unusual);
                let before = all_settings(&connection);
                let mut strategy = strategy.transaction(mode);
                let done = catch_unwind(AssertUnwindSafe(|| strategy.migrate(&mut connection)));
                match (message, done) {
                    ("", done) => assert!(done.unwrap().unwrap().had_upgrade()),
                    ("panic", done) => assert!(done.is_err()),
                    ("newer", done) => {
                        let error = done.unwrap().unwrap_err();
                        assert!(matches!(error, Error::NewerThanApp { .. }), "{error}");
                    }
                    (message, done) => {
                        let error = done.unwrap().unwrap_err().to_string();
                        assert!(error.contains(message), "{error}");
                    }
                }
                assert_eq!(all_settings(&connection), before, "{message} {unusual}");
            }
        }
    }
}

#[test]
fn a_database_that_cannot_be_locked_or_committed_leaves_the_connection_as_it_was() {
    for unusual in [false, true] {
        let (_folder, path) = file("WAL");
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut waiting = connection(&path, unusual);
        let before = all_settings(&waiting);
        let mut strategy = steps("", |_| Ok(())).strategy();
        let error = strategy.migrate(&mut waiting).unwrap_err();
        assert!(matches!(error, Error::Locked(_)), "{error}");
        assert_eq!(all_settings(&waiting), before);

        let (_folder, path) = file("DELETE");
        let reader = Connection::open(&path).unwrap();
        let mut statement = reader.prepare("SELECT * FROM item").unwrap();
        let mut reading = statement.query([]).unwrap();
        reading.next().unwrap();
        let mut waiting = connection(&path, unusual);
        waiting.busy_timeout(Duration::from_millis(20)).unwrap();
        let before = all_settings(&waiting);
        let error = strategy.migrate(&mut waiting).unwrap_err();
        assert!(matches!(error, Error::Locked(_)), "{error}");
        assert_eq!(all_settings(&waiting), before);
    }
}

/// A step that was proven with triggers has them.
#[test]
fn triggers_fire_during_an_upgrade() {
    const LOGGED: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER); \
        CREATE TABLE log (id); CREATE TRIGGER g AFTER UPDATE ON item \
        BEGIN INSERT INTO log VALUES (NEW.id); END";
    const TRIGGERS: DbConfig = DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
    for (then, fired) in [("SELECT 1", 1), ("SELECT absent", 0)] {
        let steps = Steps::new(&[(1, LOGGED), (2, LOGGED)])
            .sql(1, &format!("UPDATE item SET price = 7; {then}"));
        let mut connection = support::at(steps.history, 1, "INSERT INTO item VALUES (1, 5)");
        connection.set_db_config(TRIGGERS, false).unwrap();
        let done = steps.strategy().migrate(&mut connection);
        assert_eq!(done.is_ok(), fired == 1);
        assert_eq!(rows(&connection, "SELECT * FROM log").len(), fired);
        assert!(!connection.db_config(TRIGGERS).unwrap());
    }
}

/// `FAST` is 2, but `PRAGMA secure_delete = 2` is another one.
#[test]
fn a_fast_secure_delete_stays_fast() {
    let (_folder, path) = file("DELETE");
    let mut connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("PRAGMA secure_delete = FAST")
        .unwrap();
    let mut strategy = steps("", |connection| {
        Ok(connection.execute_batch("PRAGMA secure_delete = OFF")?)
    })
    .strategy();
    strategy.migrate(&mut connection).unwrap();
    assert_eq!(rows(&connection, "PRAGMA secure_delete"), ["2"]);
}

/// Handlers of the app: they are called as before.
#[test]
fn handlers_of_the_app_stay() {
    static BUSY: AtomicUsize = AtomicUsize::new(0);
    let (_folder, path) = file("WAL");
    let mut connection = Connection::open(&path).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    let _ = connection.authorizer(Some(move |_: AuthContext<'_>| {
        counting.fetch_add(1, Ordering::Relaxed);
        Authorization::Allow
    }));
    connection
        .busy_handler(Some(|_| {
            BUSY.fetch_add(1, Ordering::Relaxed);
            false
        }))
        .unwrap();
    let mut plain = Steps::new(&[(1, V), (4, UNIQUE)])
        .rebuild(1, &["item"])
        .strategy();
    plain.migrate(&mut connection).unwrap();
    let before = asked.load(Ordering::Relaxed);
    connection.prepare("SELECT * FROM item").unwrap();
    assert!(asked.load(Ordering::Relaxed) > before);
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(BUSY.load(Ordering::Relaxed), 1);
}

/// The proof has them off: a step is to do what was proven, whatever the app has set.
#[test]
fn a_step_runs_no_more_triggers_than_were_proven() {
    let schema = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER); \
                  CREATE TABLE gone (id INTEGER); \
                  CREATE TRIGGER item_gone AFTER DELETE ON item BEGIN \
                  INSERT INTO gone VALUES (old.id); END;";
    let steps = Steps::new(&[(1, schema), (2, schema)]).sql(
        1,
        "INSERT OR REPLACE INTO item SELECT id, price + 1 FROM item",
    );
    let mut connection = support::at(steps.history, 1, "INSERT INTO item VALUES (1, 5)");
    let set = "PRAGMA recursive_triggers = ON";
    connection.execute_batch(set).unwrap();
    steps.strategy().migrate(&mut connection).unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|6"]);
    assert!(rows(&connection, "SELECT * FROM gone").is_empty());
    assert_eq!(rows(&connection, "PRAGMA recursive_triggers"), ["1"]);
}
