//! What an upgrade of a large table costs, beside the same statements by hand; `--nocapture` shows
//! it. `STEPLADDER_ROWS=300000` takes more rows.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::ops::ControlFlow::Continue;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use stepladder::{Backup, FileCheck, MigrationStrategy, TransactionMode};
use support::{Steps, file_at, one};

const OLD: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price INTEGER); \
                   CREATE INDEX item_name ON item (name);";
/// A constraint that ALTER TABLE cannot add.
const NEW: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price INTEGER CHECK (price >= 0)); \
     CREATE INDEX item_name ON item (name);";

const BY_HAND: &str = "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; \
    CREATE TABLE other (id INTEGER PRIMARY KEY, name TEXT, price INTEGER CHECK (price >= 0)); \
    INSERT INTO other SELECT id, name, price FROM item; \
    DROP TABLE item; ALTER TABLE other RENAME TO item; CREATE INDEX item_name ON item (name); \
    PRAGMA foreign_key_check; PRAGMA user_version = 2; COMMIT";

fn steps() -> Steps {
    Steps::new(&[(1, OLD), (2, NEW)]).rebuild(1, &["item"])
}

/// The same file each time, and the fastest of three.
fn fastest(original: &Path, upgrade: impl Fn(&Path)) -> Duration {
    let times = (0..3).map(|_| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        std::fs::copy(original, &path).unwrap();
        let start = Instant::now();
        upgrade(&path);
        let time = start.elapsed();
        let connection = Connection::open(&path).unwrap();
        assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), 2);
        time
    });
    times.min().unwrap()
}

type Make = fn(MigrationStrategy<'static, Steps>) -> MigrationStrategy<'static, Steps>;

#[test]
fn an_upgrade_costs_little_more_than_its_statements() {
    let rows: u32 = std::env::var("STEPLADDER_ROWS").map_or(50_000, |rows| rows.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("original.db");
    let fill = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
         INSERT INTO item SELECT i, 'the item with the number ' || (i * 7919 % {rows}), i FROM n"
    );
    file_at(&original, steps().history, 1, "DELETE", &fill);
    let size = original.metadata().unwrap().len() / 1_000_000;
    let by_hand = fastest(&original, |path| {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch(BY_HAND).unwrap();
    });
    eprintln!("{rows} rows, {size} MB; by hand {by_hand:?}");
    let strategies: [(&str, Make); 5] = [
        ("without a check", |strategy| {
            strategy.file_check(FileCheck::Never)
        }),
        ("with the check", |strategy| strategy),
        ("with on_progress", |strategy| {
            strategy.on_progress(|_| Continue(()))
        }),
        ("with a backup", |strategy| strategy.backup(Backup::new())),
        ("one transaction a step", |strategy| {
            strategy.transaction(TransactionMode::EachStep)
        }),
    ];
    for (name, make) in strategies {
        let time = fastest(&original, |path| {
            drop(make(steps().strategy()).open(path).unwrap());
        });
        eprintln!("{name}: {time:?}");
        // Wide, because other tests run at the same time.
        assert!(
            time < by_hand * 5 + Duration::from_millis(500),
            "{name}: {time:?}, by hand {by_hand:?}"
        );
    }
}
