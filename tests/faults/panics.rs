//! A panic in a step in Rust, before, in and after each thing that a step can do.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::Connection;
use stepladder::__private::{ScriptCall, StepContext};
use stepladder::{History, MigrationStrategy, Result};

use crate::support::{Steps, fill, leak, one, plan, rows, settings, target};
use crate::{memory_folder, tell};

const V1: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price INTEGER, old TEXT); \
    CREATE TABLE stock (id INTEGER PRIMARY KEY AUTOINCREMENT, \
        item INTEGER REFERENCES item (id) ON DELETE CASCADE); \
    CREATE TABLE gone (x); CREATE TABLE before (x); CREATE INDEX item_name ON item (name); \
    CREATE TRIGGER item_deleted AFTER DELETE ON item BEGIN DELETE FROM gone; END; \
    CREATE VIEW names AS SELECT name FROM item";
const V2: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, title TEXT, price INTEGER, vat INTEGER); \
    CREATE TABLE stock (id INTEGER PRIMARY KEY AUTOINCREMENT, \
        item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE); \
    CREATE TABLE after (x); CREATE TABLE new (x); CREATE INDEX item_title ON item (title); \
    CREATE VIEW names AS SELECT title FROM item";
const ROWS: &str = "INSERT INTO item VALUES (1, 'a', 5, 'x'), (2, 'b', 7, 'y'); \
    INSERT INTO stock VALUES (3, 1), (9, 2); INSERT INTO gone VALUES (1); \
    INSERT INTO before VALUES (4)";
const CALL: ScriptCall = ScriptCall {
    file: "schemas/steps/from1_to2.sql",
    line: 1,
    method: "fill",
};

/// Panics at one of the places that pass it.
struct Place {
    passed: AtomicUsize,
    at: AtomicUsize,
}

impl Place {
    fn pass(&self) {
        let number = self.passed.fetch_add(1, Ordering::SeqCst);
        if number == self.at.load(Ordering::SeqCst) {
            // Quietly: there are many.
            resume_unwind(Box::new(number));
        }
    }

    fn set(&self, at: usize) {
        self.passed.store(0, Ordering::SeqCst);
        self.at.store(at, Ordering::SeqCst);
    }
}

/// In the middle of reading, with a statement open and rows changed.
fn read_and_write(connection: &Connection, place: &Place) -> Result<()> {
    let mut statement = connection.prepare("SELECT id FROM item")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let id: i64 = row.get(0)?;
        connection.execute("UPDATE item SET vat = 20 WHERE id = ?1", [id])?;
        place.pass();
    }
    Ok(())
}

/// In savepoints of its own.
fn nest(connection: &Connection, place: &Place) -> Result<()> {
    connection.execute_batch("SAVEPOINT a; INSERT INTO new VALUES (1); SAVEPOINT b")?;
    place.pass();
    connection.execute_batch("RELEASE b; RELEASE a; PRAGMA foreign_keys = ON")?;
    place.pass();
    Ok(())
}

fn step(step: &StepContext<'_>, history: &'static History, place: &Place) -> Result<()> {
    let stock = target(history, 2, "stock");
    let rebuilt = plan(&target(history, 1, "stock"), &stock);
    let changes: [&dyn Fn() -> Result<()>; 10] = [
        &|| step.rename_column("item", "name", "title"),
        &|| step.drop_column("item", "old"),
        &|| step.add_column("item", "vat INTEGER"),
        &|| step.rebuild(&stock, &rebuilt, &[]),
        &|| step.create_table(&target(history, 2, "new")),
        &|| step.drop_table("gone"),
        &|| step.rename_table("before", "after"),
        &|| step.execute("UPDATE item SET price = price * 100", []),
        &|| step.with_connection(|connection| read_and_write(connection, place)),
        &|| step.call(&CALL, |connection| nest(connection, place)),
    ];
    for change in changes {
        place.pass();
        change()?;
    }
    place.pass();
    Ok(())
}

#[test]
fn a_panic_at_each_operation_rolls_back_and_goes_on() {
    let place: &'static Place = leak(Box::new(Place {
        passed: AtomicUsize::new(0),
        at: AtomicUsize::new(0),
    }));
    let steps = Steps::new(&[(1, V1), (2, V2)]);
    let history = steps.history;
    let mut steps = steps.step(1, move |context| step(context, history, place));
    for (journal, foreign_keys) in [("DELETE", "ON"), ("WAL", "ON"), ("DELETE", "OFF")] {
        let folder = memory_folder();
        let path = folder.path().join("app.db");
        let mut at = 0;
        loop {
            let what = format!("{journal}, panic at {at}");
            let _ = std::fs::remove_file(&path);
            let mut connection = Connection::open(&path).unwrap();
            let pragmas = format!(
                "PRAGMA journal_mode = {journal}; PRAGMA foreign_keys = {foreign_keys}; \
                 PRAGMA recursive_triggers = ON; PRAGMA wal_checkpoint"
            );
            connection.execute_batch(&pragmas).unwrap();
            fill(&connection, history, 1, ROWS);
            let before = (settings(&connection), dump(&connection));
            place.set(at);
            let ended = catch_unwind(AssertUnwindSafe(|| {
                MigrationStrategy::new(&mut steps).migrate(&mut connection)
            }));
            let Err(panic) = ended else {
                ended.unwrap().unwrap();
                break;
            };
            assert_eq!(panic.downcast_ref(), Some(&at), "{what}");
            assert_eq!((settings(&connection), dump(&connection)), before, "{what}");
            // The same connection, and somebody else's.
            place.set(usize::MAX);
            let other = Connection::open(&path).unwrap();
            assert_eq!(dump(&other), before.1, "{what}");
            let migrated = MigrationStrategy::new(&mut steps).migrate(&mut connection);
            assert!(migrated.unwrap().had_upgrade(), "{what}");
            require_new(&connection, &what);
            require_new(&other, &what);
            assert_eq!(settings(&connection), before.0, "{what}");
            at += 1;
        }
        tell(&format!("{journal}: {at} places"));
        assert!(at > 12);
    }
}

fn dump(connection: &Connection) -> Vec<String> {
    [
        "PRAGMA user_version",
        "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid",
        "SELECT * FROM item",
        "SELECT * FROM stock",
        "SELECT * FROM gone",
        "SELECT * FROM before",
        "SELECT * FROM sqlite_sequence",
        "PRAGMA integrity_check",
    ]
    .iter()
    .flat_map(|sql| rows(connection, sql))
    .collect()
}

fn require_new(connection: &Connection, what: &str) {
    let items = rows(connection, "SELECT * FROM item");
    assert_eq!(items, ["1|a|500|20", "2|b|700|20"], "{what}");
    assert_eq!(rows(connection, "SELECT * FROM stock"), ["3|1", "9|2"]);
    assert_eq!(rows(connection, "SELECT * FROM after"), ["4"]);
    assert_eq!(rows(connection, "SELECT * FROM new"), ["1"]);
    assert_eq!(rows(connection, "SELECT title FROM names"), ["a", "b"]);
    assert_eq!(one::<i32>(connection, "PRAGMA user_version"), 2);
}

/// A hook runs after the upgrade, which stays.
#[test]
fn a_panic_before_open_goes_on_and_the_upgrade_stays() {
    let mut steps = crate::scene::steps();
    let mut connection = Connection::open_in_memory().unwrap();
    fill(&connection, steps.history, 1, "");
    let before = settings(&connection);
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let strategy = MigrationStrategy::new(&mut steps);
        let mut strategy = strategy.before_open(|_, _| resume_unwind(Box::new("struck")));
        strategy.migrate(&mut connection)
    }));
    assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"struck"));
    assert_eq!(settings(&connection), before);
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 5);
}
