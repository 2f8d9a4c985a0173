//! Damaged files: an error or a correct open, never a panic, never a hang.
//!
//! What SQLite itself makes of a file when somebody reads one number of it is the measure: it rolls
//! back a journal that a crash has left, and takes over a WAL. Nothing else may happen to a file
//! that is refused.

mod damage;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use stepladder::{Error, MigrationStrategy};

use crate::random::Random;
use crate::scene::{self, NEWEST};
use crate::support::{Steps, one};
use crate::{effort, memory_folder, tell};
use damage::Files;

const ITEMS: i64 = 40;
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn a_damaged_file_is_refused_untouched_or_opened_right() {
    damaged("closed", damage::closed, 10_000, effort(2500, 25_000));
}

#[test]
fn a_damaged_wal_is_refused_untouched_or_opened_right() {
    damaged("WAL", damage::with_wal, 100_000, effort(1250, 12_500));
}

#[test]
fn a_damaged_journal_is_refused_untouched_or_opened_right() {
    let make = damage::with_journal;
    damaged("journal", make, 1_000_000, effort(1250, 12_500));
}

type Make = fn(&Path, &stepladder::History, i64) -> Files;

/// Tries as many variants. The seed that a failure tells goes into `STEPLADDER_SEED`.
fn damaged(name: &str, make: Make, first: u64, count: usize) {
    let folder = memory_folder();
    let mut steps = scene::steps();
    let original = make(folder.path(), steps.history, ITEMS);
    let path = folder.path().join("app.db");
    original.write(&path);
    let rows = old_rows(&Connection::open(&path).unwrap());
    let seeds = match std::env::var("STEPLADDER_SEED") {
        Ok(seed) => {
            let seed = seed.parse().unwrap();
            seed..seed + 1
        }
        Err(_) => first..first + count as u64,
    };
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let watchdog = watch(name);
    for seed in seeds {
        let mut random = Random::new(seed);
        let mut files = original.clone();
        let mut what = format!("seed {seed}, {name}: {}", files.damage(&mut random));
        if random.below(4) == 0 {
            what += " and ";
            what += &files.damage(&mut random);
        }
        watchdog.send(what.clone()).unwrap();
        let variant = Variant {
            path: path.clone(),
            files,
            what,
        };
        *ends.entry(variant.open(&mut steps, &rows)).or_default() += 1;
    }
    tell(&format!("{name}: {ends:#?}"));
}

/// Ends the process where one variant takes too long: a hang cannot be ended otherwise.
fn watch(name: &str) -> Sender<String> {
    let name = name.to_owned();
    let (sender, receiver) = channel::<String>();
    std::thread::spawn(move || {
        let mut last = name;
        loop {
            match receiver.recv_timeout(LIMIT) {
                Ok(next) => last = next,
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    tell(&format!("hangs: {last}"));
                    std::process::abort();
                }
            }
        }
    });
    sender
}

struct Variant {
    path: PathBuf,
    files: Files,
    what: String,
}

/// What is known of a file before it is opened.
struct Before {
    /// The bytes after somebody has read one number.
    recovered: Files,
    /// Whether the pages are sound; rows may break a constraint.
    quick_check: bool,
    /// Whether everything is sound.
    integrity_check: bool,
    /// The rows that can be read; `None` where that fails.
    rows: Rows,
}

type Rows = Option<Vec<String>>;

impl Variant {
    /// Opens the file with the strategy. What came of it.
    fn open(&self, steps: &mut Steps, original: &Rows) -> String {
        let what = &self.what;
        let before = self.before();
        self.files.write(&self.path);
        let opened = catch_unwind(AssertUnwindSafe(|| {
            MigrationStrategy::new(&mut *steps).open(&self.path)
        }));
        let Ok(opened) = opened else {
            panic!("{what}: it panics");
        };
        match opened {
            Ok(connection) => judge(&connection, &before, original, what),
            Err(error) => {
                let mut files = Files::read(&self.path);
                if is_of_step(&error) {
                    // SQLite writes its own over a journal that is none.
                    files.take_journal(&before.recovered);
                }
                let changed = files.difference(&before.recovered);
                assert_eq!(changed, "", "{what}: refused, and changed: {error}");
                refusal(&error)
            }
        }
    }

    fn before(&self) -> Before {
        self.files.write(&self.path);
        if let Ok(connection) = Connection::open(&self.path) {
            let _ = connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i32>(0));
        }
        let recovered = Files::read(&self.path);
        let connection = Connection::open(&self.path).unwrap();
        Before {
            recovered,
            quick_check: messages(&connection, "quick_check")
                .is_some_and(|said| !said.iter().any(|said| said.starts_with("*** in database"))),
            integrity_check: is_sound(&connection),
            rows: old_rows(&connection),
        }
    }
}

/// Whether the upgrade had begun.
fn is_of_step(error: &Error) -> bool {
    match error {
        Error::StepFailed { .. } => true,
        Error::Corrupt(file) | Error::Io(file) | Error::DiskFull(file) => file.step.is_some(),
        _ => false,
    }
}

fn refusal(error: &Error) -> String {
    let refusal = match error {
        _ if is_of_step(error) => "refused: a step failed",
        Error::Corrupt(file) if file.source.to_string().contains("quick_check") => {
            "refused: `quick_check`"
        }
        Error::Open { .. } | Error::Sqlite(_) | Error::NotADatabase(_) | Error::Corrupt(_) => {
            "refused: not opened"
        }
        _ => "refused: something else",
    };
    refusal.to_owned()
}

fn old_rows(connection: &Connection) -> Rows {
    rows(connection, "note", "rowid, line || ' at ' || at FROM log")
}

/// A number and its text are the same: damage can put a number where there are only texts, which
/// older versions of SQLite do not find, and a copy makes a text of it.
fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("{}", text.escape_ascii()),
        other => format!("{other:?}"),
    }
}

/// The columns that no step changes, each row as text.
fn rows(connection: &Connection, note: &str, log: &str) -> Rows {
    let mut lines = Vec::new();
    for sql in [
        format!("SELECT 'item', id, name, {note} FROM item NOT INDEXED"),
        "SELECT 'stock', id, item_id FROM stock NOT INDEXED".to_owned(),
        format!("SELECT 'log', {log}"),
    ] {
        let mut statement = connection.prepare(&sql).ok()?;
        let columns = statement.column_count();
        let mut found = statement.query([]).ok()?;
        while let Some(row) = found.next().ok()? {
            let values = (0..columns).map(|at| shown(row.get_ref(at).unwrap()));
            lines.push(values.collect::<Vec<_>>().join("|"));
        }
    }
    lines.sort();
    Some(lines)
}

/// Whether the database that was opened is right. A file that was sound has to be right; of one
/// that was not, what came of it.
fn judge(connection: &Connection, before: &Before, original: &Rows, what: &str) -> String {
    let version = one::<i32>(connection, "PRAGMA user_version");
    assert_eq!(version, NEWEST, "{what}");
    if before.recovered.is_empty() {
        return "created: the file was empty".to_owned();
    }
    let sound = is_sound(connection);
    let after = rows(connection, "remark", "id, line FROM archive");
    // Damage in the text of a schema can hide that `id` is the rowid, and a rebuild finds it again.
    let is_better = before
        .rows
        .iter()
        .flatten()
        .any(|row| row.starts_with("item|Null|"))
        && without_ids(&after) == without_ids(&before.rows);
    let same = after == before.rows || is_better;
    if before.integrity_check {
        assert!(same, "{what}: it was sound, other rows: {after:?}");
        assert!(sound, "{what}: it was sound and is not any more");
        return "opened: it was sound, and is right".to_owned();
    }
    assert!(
        before.quick_check,
        "{what}: `quick_check` had complained, and it was upgraded"
    );
    assert!(same, "{what}: other rows than could be read before");
    let now = if sound { "sound" } else { "damaged" };
    let gone = if before.rows == *original {
        "all there"
    } else {
        "not those before the damage"
    };
    format!("opened: an index was damaged, or rows; now {now}, rows as before, {gone}")
}

fn without_ids(rows: &Rows) -> Vec<String> {
    let mut rows: Vec<_> = (rows.iter().flatten())
        .map(|row| match row.strip_prefix("item|") {
            Some(item) => item.split_once('|').unwrap().1.to_owned(),
            None => row.clone(),
        })
        .collect();
    rows.sort();
    rows
}

fn is_sound(connection: &Connection) -> bool {
    messages(connection, "integrity_check").is_some_and(|said| said == ["ok"])
}

/// What a check says; `None` where it fails.
fn messages(connection: &Connection, name: &str) -> Option<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA {name}")).ok()?;
    let said = statement.query_map([], |row| row.get(0)).ok()?;
    said.collect::<rusqlite::Result<_>>().ok()
}
