//! The backup of a database before its upgrade.

mod files;

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::StepResult;
use rusqlite::{Connection, OpenFlags};

use self::files::Partial;
use crate::error::{Error, Result};
use crate::progress::Watch;
use crate::soundness;
use crate::upgrade::user_version;

/// Where the backups of a database file are, and how many of them.
///
/// Before an upgrade the whole file is copied, with what is in its WAL, while nobody else can write.
/// The copy is checked, written to the disk, and then gets its name: `app.db.v3.backup` for a
/// database at version 3, beside it or in a folder; `app.db.v3-2.backup` if that is there. None is
/// ever written over. There is no backup of a database that is new, in memory or up to date. If the
/// upgrade fails and nothing of it has been committed, the file is as it was, and the new backup is
/// removed.
///
/// To go back, close the database, remove `app.db-wal` and `app.db-journal`, and copy the backup
/// over `app.db`.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use stepladder::{Backup, MigrationStrategy};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("app.db");
/// # let connection = rusqlite::Connection::open(&path)?;
/// # schema::history().at(1)?.create_all(&connection)?;
/// # connection.execute_batch("PRAGMA user_version = 1")?;
/// # drop(connection);
/// let connection = MigrationStrategy::new(schema::migration_steps(()))
///     .backup(Backup::new().keep(2))
///     .open(&path)?;
/// assert!(folder.path().join("app.db.v1.backup").exists());
/// # drop(connection);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Backup {
    folder: Option<PathBuf>,
    keep: usize,
}

impl Default for Backup {
    fn default() -> Self {
        Self::new()
    }
}

impl Backup {
    /// Backups beside the file, the three newest.
    pub fn new() -> Self {
        Self {
            folder: None,
            keep: 3,
        }
    }

    /// Puts them into this folder, which is created if it is not there. Databases whose files have
    /// the same name need a folder each.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// How many are kept: after an upgrade that has succeeded, older ones are removed. Files with
    /// other names are left alone.
    #[must_use]
    pub fn keep(mut self, count: usize) -> Self {
        self.keep = count;
        self
    }

    /// Makes the backup of a database at a version; nothing where it is not in a file. Called in
    /// the transaction of the upgrade, so that nobody else writes, and before its first change.
    pub(crate) fn make(
        &self,
        transaction: &Connection,
        version: i32,
        watch: &Watch,
    ) -> Result<Option<Made>> {
        let Some(database) = main_file(transaction)? else {
            return Ok(None);
        };
        let folder = self.folder_of(&database);
        let name = files::free_name(&folder, &database, version);
        let failed = |source| Error::BackupFailed {
            path: name.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(|error| failed(error.into()))?;
        let partial = Partial::new(files::partial_name(&folder, &database));
        copy(&database, partial.path(), watch).map_err(failed)?;
        check(transaction, partial.path(), version, watch).map_err(failed)?;
        finish(partial.path(), &name).map_err(|error| failed(error.into()))?;
        // Should the app be killed in each upgrade, there is a limit to its backups too.
        let kept = self.keep.max(1);
        files::remove_older(&folder, &database, Some(version), kept);
        Ok(Some(Made {
            path: name,
            kept: false,
        }))
    }

    /// Removes those that are too many, after an upgrade that has succeeded.
    pub(crate) fn remove_older(&self, connection: &Connection) {
        if let Ok(Some(database)) = main_file(connection) {
            files::remove_older(&self.folder_of(&database), &database, None, self.keep);
        }
    }

    fn folder_of(&self, database: &Path) -> PathBuf {
        let beside = || database.parent().unwrap_or(Path::new("")).to_owned();
        self.folder.clone().unwrap_or_else(beside)
    }
}

/// A backup that has been made. It is removed when this is dropped, unless it is to be kept.
pub(crate) struct Made {
    path: PathBuf,
    kept: bool,
}

impl Made {
    /// Keeps it.
    pub(crate) fn keep(&mut self) -> &Path {
        self.kept = true;
        &self.path
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if !self.kept {
            // There is nobody to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The file of the main database; `None` where it is in memory or temporary.
/// <https://www.sqlite.org/pragma.html#pragma_database_list>
pub(crate) fn main_file(connection: &Connection) -> Result<Option<PathBuf>> {
    let mut statement = connection.prepare("PRAGMA database_list")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(1)?.as_str().ok() == Some("main") {
            let file = row.get_ref(2)?;
            return Ok(file.as_bytes().ok().and_then(path_of));
        }
    }
    Ok(None)
}

fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    if bytes.is_empty() {
        return None;
    }
    #[cfg(unix)]
    let path: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    #[cfg(not(unix))]
    let path: &OsStr = OsStr::new(std::str::from_utf8(bytes).ok()?);
    Some(PathBuf::from(path))
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

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

/// Copies the database.
///
/// The file is never opened but by SQLite: closing it would release the locks of the upgrade,
/// <https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>.
fn copy(database: &Path, partial: &Path, watch: &Watch) -> Result<(), Failure> {
    // As readable as the database is, and not more.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(partial)?
        .set_permissions(fs::metadata(database)?.permissions())?;
    // A connection of its own: SQLite does not copy from one that is in a transaction that writes.
    // What that one has written is not there for it, and nothing has been written yet.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(database, flags)?;
    // Under the lock of the upgrade, others are in the way for a moment at most.
    source.busy_timeout(Duration::from_secs(1))?;
    let mut target = Connection::open(partial)?;
    let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
    loop {
        let step = backup.step(PAGES_AT_ONCE)?;
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
fn check(
    database: &Connection,
    partial: &Path,
    version: i32,
    watch: &Watch,
) -> Result<(), Failure> {
    let mut copy = Connection::open(partial)?;
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

/// Writes the copy to the disk and gives it its name.
fn finish(partial: &Path, name: &Path) -> std::io::Result<()> {
    OpenOptions::new().write(true).open(partial)?.sync_all()?;
    fs::rename(partial, name)?;
    // The name too: https://www.sqlite.org/howtocorrupt.html#_disk_sync_
    if cfg!(unix) {
        let folder = name
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
