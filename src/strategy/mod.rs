//! The strategy: how a database is opened and brought to the newest version.

mod application;
mod bring;
mod details;
mod hooks;
mod new_database;
mod options;
mod read_only;
mod situation;

use std::fmt;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

pub use self::details::OpeningDetails;
use self::hooks::Hooks;
use self::options::Options;
pub use self::options::{Downgrade, FileCheck, NewDatabase, TransactionMode};
use self::read_only::ReadOnly;
use crate::backup::Backup;
use crate::error::{Error, Files, Result};
use crate::history::History;
use crate::progress::Watch;
use crate::upgrade::{Migrator, user_version};
#[cfg(feature = "verify")]
use crate::verify::{Adopt, Validation, ValidationOptions};

/// Opens databases and brings them to the newest version of the schema.
///
/// What happens to a database depends on its `user_version`:
/// - it is the newest: that one read is all the work, and nothing is written;
/// - it is an older one: the steps that follow it run, all in one transaction with the new
///   `user_version`. If anything fails, the file is as it was;
/// - the database is empty: the newest schema is created;
/// - anything else is an [`Error`], and the file is not touched.
///
/// That one transaction is the default; [`TransactionMode::EachStep`] takes one a step.
/// [`target`](MigrationStrategy::target) puts another version in the place of the newest.
pub struct MigrationStrategy<'h, M> {
    migrator: M,
    options: Options,
    hooks: Hooks<'h>,
    watch: Watch,
}

impl<M> fmt::Debug for MigrationStrategy<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationStrategy")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<M: Migrator> MigrationStrategy<'_, M> {
    /// A strategy with the steps that the generated function `migration_steps` returns.
    pub fn new(migration_steps: M) -> Self {
        Self {
            migrator: migration_steps,
            options: Options::default(),
            hooks: Hooks::default(),
            watch: Watch::default(),
        }
    }

    /// Brings databases to this version instead of the newest: an older one through its steps, a
    /// newer one through the rollbacks, in one transaction with the same checks. An empty database
    /// gets the schema of this version; the rows of `seed.sql` are for the newest alone.
    ///
    /// A rollback is `steps/from2_to1.sql` in the schemas folder; with `rollback = "required"` in
    /// `stepladder.toml` each version has one, in SQL or in Rust. Where one is missing on the way,
    /// nothing runs, and the error is [`Error::NotReversible`].
    #[must_use]
    pub fn target(mut self, version: i32) -> Self {
        self.options.target = Some(version);
        self
    }

    /// How many transactions an upgrade takes; by default one.
    #[must_use]
    pub fn transaction(mut self, mode: TransactionMode) -> Self {
        self.options.transaction = mode;
        self
    }

    /// What happens to a database that a newer version of the app has written; by default it is
    /// refused.
    #[must_use]
    pub fn downgrade(mut self, downgrade: Downgrade) -> Self {
        self.options.downgrade = downgrade;
        self
    }

    /// What happens where the file is missing or empty; by default it becomes a new database.
    #[must_use]
    pub fn new_database(mut self, new: NewDatabase) -> Self {
        self.options.new_database = new;
        self
    }

    /// Whether the file is checked before its upgrade; by default it is, and a damaged one is
    /// refused.
    #[must_use]
    pub fn file_check(mut self, check: FileCheck) -> Self {
        self.options.file_check = check;
        self
    }

    /// Makes a backup of a database file before its upgrade; by default none. If it cannot be made,
    /// the file is not touched, and the error is [`Error::BackupFailed`].
    #[must_use]
    pub fn backup(mut self, backup: Backup) -> Self {
        self.options.backup = Some(backup);
        self
    }

    /// Marks databases as those of this application: the number is written when a database is
    /// created, and at the next upgrade of one that has none. The database of another application
    /// is [`Error::OtherApplication`], and is not touched, whatever its version is. One without a
    /// number passes, since it may be ours from before.
    ///
    /// Take any number but 0 that no other application has:
    /// <https://www.sqlite.org/pragma.html#pragma_application_id>
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use stepladder::{Error, MigrationStrategy};
    ///
    /// let mut strategy = MigrationStrategy::new(schema::migration_steps(()))
    ///     .application_id(i32::from_be_bytes(*b"note"));
    /// let mut other = rusqlite::Connection::open_in_memory()?;
    /// other.execute_batch("PRAGMA application_id = 7; PRAGMA user_version = 1")?;
    /// let error = strategy.migrate(&mut other).unwrap_err();
    /// assert!(matches!(error, Error::OtherApplication { found: 7, .. }));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn application_id(mut self, id: i32) -> Self {
        self.options.application_id = Some(id);
        self
    }

    /// When the schema of a database is compared with that of its version; by default in debug
    /// builds, after every upgrade. With the feature `verify` alone.
    ///
    /// What differs is [`Error::SchemaMismatch`]; after an upgrade, everything is rolled back then.
    /// The functions and collations of the app have to be on the connection; a virtual table of a
    /// module that only the app knows cannot be compared.
    #[cfg(feature = "verify")]
    #[must_use]
    pub fn validate(mut self, when: Validation) -> Self {
        self.options.validating.when = when;
        self
    }

    /// Which differences count for it. Tables, views, indexes and triggers that no version has do
    /// not, unless these options say so. With the feature `verify` alone.
    #[cfg(feature = "verify")]
    #[must_use]
    pub fn validation_options(mut self, options: ValidationOptions) -> Self {
        self.options.validating.options = options;
        self
    }

    /// Which databases of other tools become ours; by default none. With the feature `verify` alone,
    /// which the app then needs at run time.
    #[cfg(feature = "verify")]
    #[must_use]
    pub fn adopt(mut self, adopt: Adopt) -> Self {
        self.options.adopt = adopt;
        self
    }

    /// Opens the database file, creates it if it is not there, and brings it to the newest
    /// version, or to the target.
    ///
    /// While another process upgrades the file, this waits as long as the busy timeout of the
    /// connection says: five seconds with rusqlite, unless [`on_connect`](Self::on_connect) sets
    /// another.
    ///
    /// # Errors
    /// See [`Error`], also for what becomes of the file: with few exceptions it is as it was.
    pub fn open(&mut self, path: impl AsRef<Path>) -> Result<Connection> {
        let (connection, _) = self.open_with_details(path.as_ref())?;
        Ok(connection)
    }

    pub(crate) fn open_with_details(
        &mut self,
        path: &Path,
    ) -> Result<(Connection, OpeningDetails)> {
        let in_file = |error| match error {
            Error::Sqlite(source) => Error::Open {
                path: path.to_owned(),
                source,
            },
            error => error,
        };
        let mut flags = OpenFlags::default();
        if self.options.new_database == NewDatabase::Refuse {
            new_database::require_there(path)?;
            flags.remove(OpenFlags::SQLITE_OPEN_CREATE);
        }
        let connection = Connection::open_with_flags(path, flags);
        let mut connection = connection.map_err(|source| in_file(source.into()))?;
        if let Some(hook) = &mut self.hooks.on_connect {
            hook(&connection)?;
        }
        let target = self.target_version();
        let details = self.brought(&mut connection, target).map_err(in_file)?;
        self.run_before_open(&connection, &details)?;
        Ok((connection, details))
    }

    /// Brings the main database of an open connection to the newest version, or to the target.
    ///
    /// # Errors
    /// See [`Error`], also for what becomes of the database: with few exceptions it is as it was.
    pub fn migrate(&mut self, connection: &mut Connection) -> Result<OpeningDetails> {
        let target = self.target_version();
        self.migrate_to(connection, target)
    }

    pub(crate) fn history(&self) -> &'static History {
        self.migrator.history()
    }

    pub(crate) fn migrate_to(
        &mut self,
        connection: &mut Connection,
        target: i32,
    ) -> Result<OpeningDetails> {
        let details = self.brought(connection, target)?;
        self.run_before_open(connection, &details)?;
        Ok(details)
    }
}

impl<M: Migrator> MigrationStrategy<'_, M> {
    /// The version to which it brings a database.
    pub(crate) fn target_version(&self) -> i32 {
        (self.options.target).unwrap_or(self.history().latest_version())
    }

    /// Brings the database to the target; errors are about the file where they can be.
    fn brought(&mut self, connection: &mut Connection, target: i32) -> Result<OpeningDetails> {
        (self.reach(connection, target)).map_err(|error| error.classified(|| Files::of(connection)))
    }

    /// What the hook returns is its own, unless it is about the file, such as that it is locked.
    fn run_before_open(&mut self, connection: &Connection, details: &OpeningDetails) -> Result<()> {
        let read_only = ReadOnly::set(connection, details)?;
        if let Some(hook) = &mut self.hooks.before_open {
            hook(connection, details)
                .map_err(|error| error.classified(|| Files::of(connection)))?;
        }
        read_only.stay();
        Ok(())
    }

    fn reach(&mut self, connection: &mut Connection, target: i32) -> Result<OpeningDetails> {
        let history = self.history();
        history.require(target)?;
        require_sqlite(history)?;
        if user_version(connection)? != target {
            return self.bring(connection, target);
        }
        application::require(connection, self.options.application_id)?;
        #[cfg(feature = "verify")]
        (self.options.validating).on_open(connection, history, target)?;
        Ok(OpeningDetails::up_to_date(target))
    }
}

/// Steps were proven for this SQLite and newer ones.
fn require_sqlite(history: &History) -> Result<()> {
    let (linked, oldest) = (rusqlite::version_number(), history.sqlite.oldest);
    if linked < oldest {
        return Err(Error::SqliteTooOld { linked, oldest });
    }
    Ok(())
}
