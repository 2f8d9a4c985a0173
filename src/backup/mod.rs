//! The backup of a database before its upgrade.

mod copy;
mod files;

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use self::files::Partial;
use crate::error::{Error, Result};
use crate::progress::Watch;

/// Where the backups of a database file are, and how many of them.
///
/// Before an upgrade the whole file is copied, with what is in its WAL, while nobody else can write.
/// The copy is checked and written to the disk. Once the upgrade has been committed it gets its name:
/// `app.db.v3.backup` for a database that was at version 3, beside it or in a folder;
/// `app.db.v3-2.backup` if that is there. None is ever written over, and only an upgrade that has
/// succeeded removes older ones. There is no backup of a database that is new, in memory or up to
/// date.
///
/// Until then the copy is `app.db.v3.backup.new`. It goes where the upgrade fails, because the file is
/// as it was, unless an error of the disk is why: then it stays until the next try. An app that is
/// killed leaves it, too; the next upgrade replaces it, or gives it its name where the one that was
/// killed had been committed.
///
/// # Going back
///
/// An app that knows the version of the backup, which is the one before the update, can open it:
/// 1. Close the database everywhere.
/// 2. Move `app.db`, `app.db-wal` and `app.db-journal` away, all that are there: a WAL or journal of
///    one file destroys another.
/// 3. Copy the backup to `app.db.restored`, and rename that to `app.db`.
///
/// An app that still has the update would upgrade the restored file again.
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
#[derive(Clone)]
pub struct Backup {
    folder: Option<PathBuf>,
    keep: usize,
    on_connection: Option<Arc<OnConnection>>,
}

type OnConnection = dyn Fn(&Connection) -> rusqlite::Result<()> + Send + Sync;

impl fmt::Debug for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backup")
            .field("folder", &self.folder)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
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
            on_connection: None,
        }
    }

    /// Puts them into this folder, which is created if it is not there. A relative one starts at the
    /// folder of the database, so that files of the same name in other folders, such as those of
    /// [`migrate_all`](crate::migrate_all), have one each: in one folder they would take each other's
    /// backups for their own, and remove them as older ones.
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

    /// Runs `hook` on each connection that the backup opens, to the database and to its copy, before
    /// anything else is done with it: for the key of an encrypted database, which the copy then has
    /// too, as with [SQLCipher](https://www.zetetic.net/sqlcipher/sqlcipher-api/#key).
    ///
    /// ```
    /// # use stepladder::Backup;
    /// let backup = Backup::new()
    ///     .on_connection(|connection| connection.pragma_update(None, "key", "the key"));
    /// # let _ = backup;
    /// ```
    #[must_use]
    pub fn on_connection(
        mut self,
        hook: impl Fn(&Connection) -> rusqlite::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.on_connection = Some(Arc::new(hook));
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
        let wanted = files::free_name(&folder, &database, version);
        let failed = |source| Error::BackupFailed {
            path: wanted.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(|error| failed(error.into()))?;
        files::name_committed(&folder, &database, version);
        let partial = Partial::new(files::partial_name(&folder, &database));
        (self.copy(&database, partial.path(), watch))
            .and_then(|()| self.check(transaction, partial.path(), version, watch))
            .map_err(failed)?;
        let name = files::new_name(&folder, &database, version);
        finish(partial.path(), &name).map_err(|error| failed(error.into()))?;
        // It goes again where something fails from here on.
        let made = Made {
            path: name,
            fate: Fate::Goes,
            folder,
            database,
            version,
        };
        sync_folder_of(&made.path).map_err(|error| failed(error.into()))?;
        Ok(Some(made))
    }

    /// Removes those that are too many, after an upgrade that has succeeded.
    pub(crate) fn remove_older(&self, connection: &Connection, newest: &Path) {
        if let Ok(Some(database)) = main_file(connection) {
            let folder = self.folder_of(&database);
            files::remove_older(&folder, &database, (newest, self.keep));
        }
    }

    fn folder_of(&self, database: &Path) -> PathBuf {
        let beside = database.parent().unwrap_or(Path::new(""));
        match &self.folder {
            Some(folder) => beside.join(folder),
            None => beside.to_owned(),
        }
    }
}

/// A backup that has been made, under the name for those of which nobody knows yet whether they are
/// needed. Killed again and again before its commit, an app leaves one of them, and no upgrade that
/// fails takes the place of an older backup.
pub(crate) struct Made {
    path: PathBuf,
    fate: Fate,
    folder: PathBuf,
    database: PathBuf,
    version: i32,
}

/// What becomes of it when it is dropped.
#[derive(PartialEq)]
enum Fate {
    Goes,
    Stays,
}

impl Made {
    /// Gives it its name: something has been committed.
    pub(crate) fn keep(&mut self) -> &Path {
        if self.fate == Fate::Goes {
            self.fate = Fate::Stays;
            // Where that fails, it stays under the name that it has.
            let place = (self.folder.as_path(), self.database.as_path(), self.version);
            if let Ok(name) = files::give_name(&self.path, place) {
                self.path = name;
                let _ = sync_folder_of(&self.path);
            }
        }
        &self.path
    }

    /// Leaves it as it is: the disk may have damaged the file.
    pub(crate) fn leave(&mut self) {
        self.fate = Fate::Stays;
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.fate == Fate::Goes {
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

/// Writes the copy to the disk and gives it its name.
fn finish(partial: &Path, name: &Path) -> std::io::Result<()> {
    OpenOptions::new().write(true).open(partial)?.sync_all()?;
    fs::rename(partial, name)
}

/// Writes the name to the disk too: <https://www.sqlite.org/howtocorrupt.html#_disk_sync_>
fn sync_folder_of(name: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        let folder = name
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
