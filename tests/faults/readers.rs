//! Readers while a file is upgraded.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use stepladder::MigrationStrategy;

use crate::scene::{self, NEWEST, OLDEST};
use crate::{effort, tell};

/// Readers see the old version or the new one, whole, and are never told to wait.
#[test]
fn readers_in_wal_mode_are_not_disturbed() {
    let mut steps = scene::steps();
    let (rounds, mut reads) = (effort(10, 100), 0);
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        scene::create(&path, steps.history, 500, "PRAGMA journal_mode = WAL");
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            // Also where this panics: the readers end then.
            let end = Done(&done);
            let (begun, all_begun) = channel();
            let readers: Vec<_> = (0..2)
                .map(|_| begun.clone())
                .map(|begun| scope.spawn(|| read_until(&path, begun, &done)))
                .collect();
            let patient = scope.spawn(|| read_in_one_transaction(&path, begun, &done));
            for _ in 0..3 {
                // A reader that panics before drops what it would have said it with.
                all_begun.recv().expect("each reader begins to read");
            }
            let opened = MigrationStrategy::new(&mut steps).open(&path);
            drop(end);
            opened.unwrap();
            for reader in readers {
                let (last, count) = reader.join().unwrap();
                assert_eq!(last, NEWEST, "round {round}");
                reads += count;
            }
            patient.join().unwrap();
        });
    }
    tell(&format!("{reads} reads in {rounds} rounds"));
    assert!(reads > rounds * 4, "{reads}");
}

/// The readers go on until this is dropped.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A reader that does not wait, once it has read: the first of several to open a file with a WAL
/// makes the index of the WAL, and the others wait for that.
fn reader(path: &Path) -> Connection {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    assert_eq!(read(&connection), OLDEST);
    connection.busy_timeout(Duration::ZERO).unwrap();
    connection
}

/// The version and the sum of the prices, which has to be that of the version.
fn read(connection: &Connection) -> i32 {
    let (version, sum): (i32, i64) = connection
        .query_row(
            "SELECT user_version, (SELECT sum(price) FROM item) FROM pragma_user_version",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let factor = if version == OLDEST { 1 } else { 100 };
    let expected: i64 = (1..=500).map(|i| i * 37 % 1000 * factor).sum();
    assert_eq!(sum, expected, "at version {version}");
    version
}

/// Tells that the reader begins.
fn begin(begun: Sender<()>) {
    // Nobody hears it where another reader has panicked.
    let _ = begun.send(());
    drop(begun);
}

fn read_until(path: &Path, begun: Sender<()>, done: &AtomicBool) -> (i32, usize) {
    let connection = reader(path);
    begin(begun);
    let (mut last, mut count) = (OLDEST, 0);
    loop {
        let is_done = done.load(Ordering::SeqCst);
        let version = read(&connection);
        assert!(version >= last, "from {last} back to {version}");
        (last, count) = (version, count + 1);
        if is_done {
            return (last, count);
        }
    }
}

/// Who has begun to read before the upgrade goes on with the old version.
fn read_in_one_transaction(path: &Path, begun: Sender<()>, done: &AtomicBool) {
    let connection = reader(path);
    connection.execute_batch("BEGIN").unwrap();
    assert_eq!(read(&connection), OLDEST);
    begin(begun);
    while !done.load(Ordering::SeqCst) {
        assert_eq!(read(&connection), OLDEST);
    }
    assert_eq!(read(&connection), OLDEST);
    connection.execute_batch("COMMIT").unwrap();
    assert_eq!(read(&connection), NEWEST);
}
