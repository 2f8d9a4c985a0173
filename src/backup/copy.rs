//! The copy of a database file, and whether it is one.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::StepResult;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::Backup;
use crate::progress::Watch;
use crate::soundness;
use crate::upgrade::user_version;

pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What is wrong with a copy.
#[derive(Debug)]
struct Unsound(String);

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the copy is not sound: {}", self.0)
    }
}

impl std::error::Error for Unsound {}

/// How many pages are copied at once: a few megabytes.
const PAGES_AT_ONCE: i32 = 1000;

impl Backup {
    /// Copies the database.
    ///
    /// The file is never opened but by SQLite: closing it would release the locks of the upgrade,
    /// <https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>.
    pub(super) fn copy(
        &self,
        database: &Path,
        partial: &Path,
        watch: &Watch,
    ) -> Result<(), Failure> {
        // As readable as the database is, and not more.
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(partial)?
            .set_permissions(fs::metadata(database)?.permissions())?;
        // A connection of its own: SQLite does not copy from one that is in a transaction that writes.
        // What that one has written is not there for it, which is nothing but the version again.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let source = self.prepared(Connection::open_with_flags(database, flags)?)?;
        // Under the lock of the upgrade, others are in the way for a moment at most.
        source.busy_timeout(Duration::from_secs(1))?;
        let mut target = self.prepared(open_copy(partial)?)?;
        let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
        loop {
            let step = backup.step(PAGES_AT_ONCE).map_err(named)?;
            let pages = backup.progress();
            let [all, left] = [pages.pagecount, pages.remaining].map(u64::try_from);
            let (all, left) = (all.unwrap_or(0), left.unwrap_or(0));
            watch.pages_done(all.saturating_sub(left), all)?;
            match step {
                StepResult::Done => return Ok(()),
                StepResult::More => {}
                // Nobody else can: it is the connection itself, with `PRAGMA locking_mode = EXCLUSIVE`.
                _ => return Err("the connection does not let others read the database".into()),
            }
        }
    }

    /// Reads the copy back from its file.
    pub(super) fn check(
        &self,
        database: &Connection,
        partial: &Path,
        version: i32,
        watch: &Watch,
    ) -> Result<(), Failure> {
        let mut copy = self.prepared(open_copy(partial)?)?;
        watch.hear(&mut copy);
        let pages = |connection: &Connection| {
            connection.query_row("PRAGMA main.page_count", [], |row| row.get::<_, i64>(0))
        };
        let (expected, found) = (
            (version, pages(database)?),
            (user_version(&copy)?, pages(&copy)?),
        );
        if expected != found {
            let said = format!(
                "expected version {} and {} pages, found version {} and {}",
                expected.0, expected.1, found.0, found.1
            );
            return Err(Unsound(said).into());
        }
        if let Some(damage) = soundness::first_damage(&copy)? {
            // The copy of a damaged file is a good one, where such a file is to be upgraded.
            if soundness::first_damage(database)?.is_none() {
                return Err(Unsound(damage).into());
            }
        }
        copy.close().map_err(|(_, error)| error)?;
        Ok(())
    }

    fn prepared(&self, connection: Connection) -> rusqlite::Result<Connection> {
        if let Some(hook) = &self.on_connection {
            hook(&connection)?;
        }
        Ok(connection)
    }
}

/// A folder called `file:backups` is no URI, which some builds of SQLite take it for whatever the
/// flags are: <https://www.sqlite.org/uri.html>. What is there is opened, and nothing else created.
fn open_copy(partial: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // An absolute path stays as it is.
    Connection::open_with_flags(Path::new(".").join(partial), flags)
}

/// The error of a step with what SQLite says of it. Older versions do not tell the connection to the
/// copy, and that says "not an error".
fn named(error: rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(error, Some(said)) if said == "not an error" => {
            let said = match error.code {
                ErrorCode::DiskFull => Some("database or disk is full"),
                ErrorCode::SystemIoFailure => Some("disk I/O error"),
                ErrorCode::CannotOpen => Some("unable to open database file"),
                ErrorCode::ReadOnly => Some("attempt to write a readonly database"),
                ErrorCode::DatabaseCorrupt => Some("database disk image is malformed"),
                _ => None,
            };
            rusqlite::Error::SqliteFailure(error, said.map(str::to_owned))
        }
        other => other,
    }
}
