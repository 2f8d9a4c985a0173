//! What is set once and only read while databases are opened.

use crate::backup::Backup;
#[cfg(feature = "verify")]
use crate::verify::Adopt;
#[cfg(feature = "verify")]
use crate::verify::validation::Validating;

/// The settings of a strategy.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) target: Option<i32>,
    pub(super) transaction: TransactionMode,
    pub(super) application_id: Option<i32>,
    pub(super) backup: Option<Backup>,
    pub(super) downgrade: Downgrade,
    pub(super) file_check: FileCheck,
    pub(super) new_database: NewDatabase,
    /// Whether a hook brings databases to the oldest version.
    pub(super) has_before_steps: bool,
    #[cfg(feature = "verify")]
    pub(super) adopt: Adopt,
    #[cfg(feature = "verify")]
    pub(super) validating: Validating,
}

/// How many transactions an upgrade takes.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// use stepladder::{MigrationStrategy, TransactionMode};
///
/// let strategy = MigrationStrategy::new(schema::migration_steps(()))
///     .transaction(TransactionMode::EachStep);
/// # let _ = strategy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransactionMode {
    /// All steps and `user_version` in one: the file is at the old version or at the new one.
    #[default]
    All,
    /// One a step, for very large databases: what has to be kept for a rollback, in the journal or
    /// in the WAL, is that of one step. Each ends with the same checks and sets `user_version`, so
    /// that the file is at some version of the history whatever happens, and the next try goes on
    /// from there. `before_steps` counts as a step.
    ///
    /// An error after a step has been committed is
    /// [`Error::PartlyUpgraded`](crate::Error::PartlyUpgraded) and names that version.
    EachStep,
}

/// Whether the file of a database is checked before it is upgraded.
///
/// SQLite has no checksums: a disk, a sync service or a copy while somebody wrote may have damaged a
/// file, and its rows can mostly still be read. A step that copies a table then copies what can be
/// found, and what the damage hides is gone with the old pages.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// use stepladder::{FileCheck, MigrationStrategy};
///
/// let strategy = MigrationStrategy::new(schema::migration_steps(()))
///     .file_check(FileCheck::Never);
/// # let _ = strategy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FileCheck {
    /// Before the first step, in the transaction of the upgrade, with `PRAGMA quick_check`:
    /// <https://www.sqlite.org/pragma.html#pragma_quick_check>. It reads the whole file, and takes
    /// some seconds for one gigabyte in the cache of the operating system; full-text indexes, which
    /// SQLite compares with their texts, take longer. A damaged file is
    /// [`Error::Corrupt`](crate::Error::Corrupt), and is not touched; rows that break a constraint
    /// are no damage, and neither is a virtual table that is out of order. A database that is up to
    /// date is not checked.
    #[default]
    BeforeUpgrade,
    /// Not at all: for files that are too large to be read, or that are to be upgraded although they
    /// are damaged. What SQLite finds while a step runs is an error all the same.
    Never,
}

/// What happens where there is no database yet.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// use stepladder::{Error, MigrationStrategy, NewDatabase};
///
/// let error = MigrationStrategy::new(schema::migration_steps(()))
///     .new_database(NewDatabase::Refuse)
///     .open("a folder that is not mounted/app.db")
///     .unwrap_err();
/// assert!(matches!(error, Error::NoDatabase { .. }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum NewDatabase {
    /// It is created with the newest schema. To SQLite, and so to us, an empty file is a new
    /// database, and a WAL beside it is none of it, whatever has emptied the file.
    #[default]
    Create,
    /// A file that is missing or empty is [`Error::NoDatabase`](crate::Error::NoDatabase), and is not
    /// touched: for files that the user has opened before, where a drive that is not mounted or a
    /// file that is still in the cloud must not become a new, empty database.
    Refuse,
}

/// What happens to a database that a newer version of the app has written.
///
/// There is no way back without the newer app: only that knows its rollbacks. It could leave them in
/// the file for an older app to run, and stepladder does not do that:
/// - The older app would run SQL that it takes out of a data file. Whoever can put a file in front
///   of the app could attach other files and write to them. SQLite advises to trust no schema of a
///   file that others may have made, <https://www.sqlite.org/security.html>; a whole script is more
///   than a schema.
/// - A rollback that calls Rust cannot be stored, so that the way would end at the first of them.
/// - The proof of a rollback is one with its SQLite and its functions. The older app has others, and
///   can compare the schema afterwards, but not what became of the rows.
///
/// What is sound: the newer app goes back itself, with
/// [`target`](crate::MigrationStrategy::target), before the older one is installed; or the
/// [`Backup`] that it made is put in place.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// # fn main() -> stepladder::Result<()> {
/// use stepladder::{Downgrade, Error, MigrationStrategy};
///
/// let mut newer = rusqlite::Connection::open_in_memory()?;
/// newer.execute_batch("CREATE TABLE notes (text); PRAGMA user_version = 99")?;
/// let mut strategy = MigrationStrategy::new(schema::migration_steps(()));
/// assert!(matches!(strategy.migrate(&mut newer), Err(Error::NewerThanApp { database: 99, .. })));
///
/// let details = strategy.downgrade(Downgrade::OpenReadOnly).migrate(&mut newer)?;
/// assert!(details.is_read_only());
/// assert!(newer.execute("DELETE FROM notes", []).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Downgrade {
    /// It is [`Error::NewerThanApp`](crate::Error::NewerThanApp), and is not touched.
    #[default]
    Refuse,
    /// It is opened with `PRAGMA query_only = ON`, so that the app can show what it still
    /// understands. [`OpeningDetails::is_read_only`](crate::OpeningDetails::is_read_only) tells;
    /// `before_open` runs, and should return at once then: some PRAGMAs, such as `journal_mode`, change
    /// a file all the same. Tables and columns may have other names there, and a query may fail.
    OpenReadOnly,
}
