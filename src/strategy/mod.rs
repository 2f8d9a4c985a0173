//! The strategy: how a database is opened and brought to the newest version.

mod application;
mod bring;
mod details;
mod options;
mod situation;

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::Connection;

pub use self::details::OpeningDetails;
use self::options::Options;
pub use self::options::TransactionMode;
use crate::backup::Backup;
use crate::error::{Error, Result};
use crate::history::History;
use crate::progress::{Progress, Watch};
use crate::upgrade::{Migrator, user_version};
#[cfg(feature = "verify")]
use crate::verify::{Validation, ValidationOptions};

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

type OnCreate<'h> = dyn FnMut(&Connection) -> Result<()> + Send + 'h;
type BeforeSteps<'h> = dyn FnMut(&Connection, i32) -> Result<()> + Send + 'h;
type BeforeOpen<'h> = dyn FnMut(&Connection, &OpeningDetails) -> Result<()> + Send + 'h;

/// The code of the app.
#[derive(Default)]
struct Hooks<'h> {
    on_create: Option<Box<OnCreate<'h>>>,
    before_steps: Option<Box<BeforeSteps<'h>>>,
    before_open: Option<Box<BeforeOpen<'h>>>,
}

impl<M> fmt::Debug for MigrationStrategy<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationStrategy")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<'h, M: Migrator> MigrationStrategy<'h, M> {
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

    /// Makes a backup of a database file before its upgrade; by default none. If it cannot be made,
    /// the file is not touched, and the error is [`Error::BackupFailed`].
    #[must_use]
    pub fn backup(mut self, backup: Backup) -> Self {
        self.options.backup = Some(backup);
        self
    }

    /// Marks databases as those of this application: the number is written when a database is
    /// created, and at the next upgrade of one that has none. The database of another application
    /// is [`Error::OtherApplication`], and is not touched, whatever its version is.
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

    /// Runs `hook` when a database has been created, after the schema and the rows of `seed.sql`
    /// and in the same transaction: if it fails, nothing has been created. Like those rows it is
    /// for the newest version, not for a [`target`](Self::target).
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use stepladder::MigrationStrategy;
    ///
    /// let language = "en";
    /// let connection = MigrationStrategy::new(schema::migration_steps(()))
    ///     .on_create(|new| {
    ///         new.execute("INSERT INTO notes (text) VALUES (?1)", [language])?;
    ///         Ok(())
    ///     })
    ///     .open(":memory:")?;
    /// let text: String = connection.query_row("SELECT text FROM notes", [], |row| row.get(0))?;
    /// assert_eq!(text, "en");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_create(mut self, hook: impl FnMut(&Connection) -> Result<()> + Send + 'h) -> Self {
        self.hooks.on_create = Some(Box::new(hook));
        self
    }

    /// Brings databases from before the first snapshot to the oldest version: the code with which
    /// the app migrated until then. `hook` gets the number in `user_version`, which is below the
    /// oldest version; 0 where the database has none, and is not empty. It runs in the transaction
    /// of the upgrade, with foreign keys off, before the steps, and `user_version` is set
    /// afterwards.
    ///
    /// Without it such a database is [`Error::OlderThanOldest`] or [`Error::NotVersioned`].
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use stepladder::MigrationStrategy;
    ///
    /// let mut connection = rusqlite::Connection::open_in_memory()?;
    /// connection.execute_batch("CREATE TABLE note (t); INSERT INTO note VALUES ('hello')")?;
    /// let details = MigrationStrategy::new(schema::migration_steps(()))
    ///     .before_steps(|old, version| {
    ///         assert_eq!(version, 0);
    ///         schema::history().at(1)?.create_all(old)?;
    ///         old.execute_batch("INSERT INTO notes (text) SELECT t FROM note; DROP TABLE note")?;
    ///         Ok(())
    ///     })
    ///     .migrate(&mut connection)?;
    /// assert_eq!((details.version_before, details.version_now), (Some(0), 3));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn before_steps(
        mut self,
        hook: impl FnMut(&Connection, i32) -> Result<()> + Send + 'h,
    ) -> Self {
        self.hooks.before_steps = Some(Box::new(hook));
        self.options.has_before_steps = true;
        self
    }

    /// Tells `hook` how far an upgrade is: before each step and each of its statements, and about
    /// every millisecond while one runs. The rebuild of a table tells its rows, 1,000 at a time. A
    /// new database and one that is up to date have nothing to tell. Draw no more often than your
    /// screen can show.
    ///
    /// [`ControlFlow::Break`] cancels the upgrade: everything is rolled back, and the error is
    /// [`Error::Cancelled`]. While Rust code of a step or a hook runs, that waits until the code
    /// returns.
    ///
    /// Meanwhile the connection has our progress handler. A handler of the app's own is lost then,
    /// because SQLite has one for a connection and does not tell which:
    /// <https://www.sqlite.org/c3ref/progress_handler.html>
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use std::ops::ControlFlow;
    /// use stepladder::{Error, MigrationStrategy};
    ///
    /// # let mut connection = rusqlite::Connection::open_in_memory()?;
    /// # schema::history().at(1)?.create_all(&connection)?;
    /// # connection.execute_batch("PRAGMA user_version = 1")?;
    /// let error = MigrationStrategy::new(schema::migration_steps(()))
    ///     .on_progress(|progress| {
    ///         println!("{progress}");
    ///         if progress.step == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    ///     })
    ///     .migrate(&mut connection)
    ///     .unwrap_err();
    /// assert!(matches!(error, Error::Cancelled { step: Some((2, 3)) }));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_progress(
        mut self,
        hook: impl FnMut(&Progress) -> ControlFlow<()> + Send + 'static,
    ) -> Self {
        self.watch = Watch::new(hook);
        self
    }

    /// Runs `hook` each time a database has been opened and is at the newest version, or at the
    /// target, with the foreign keys as the connection has them, outside of a transaction. What it
    /// writes is not undone when it fails.
    #[must_use]
    pub fn before_open(
        mut self,
        hook: impl FnMut(&Connection, &OpeningDetails) -> Result<()> + Send + 'h,
    ) -> Self {
        self.hooks.before_open = Some(Box::new(hook));
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

    /// Opens the database file, creates it if it is not there, and brings it to the newest
    /// version, or to the target.
    ///
    /// # Errors
    /// See [`Error`]; the file is then as it was.
    pub fn open(&mut self, path: impl AsRef<Path>) -> Result<Connection> {
        let path = path.as_ref();
        let in_file = |source| Error::Open {
            path: path.to_owned(),
            source,
        };
        let mut connection = Connection::open(path).map_err(in_file)?;
        match self.migrate(&mut connection) {
            Ok(_) => Ok(connection),
            Err(Error::Sqlite(source)) => Err(in_file(source)),
            Err(error) => Err(error),
        }
    }

    /// Brings the main database of an open connection to the newest version, or to the target.
    ///
    /// # Errors
    /// See [`Error`]; the database is then as it was.
    pub fn migrate(&mut self, connection: &mut Connection) -> Result<OpeningDetails> {
        let target = (self.options.target).unwrap_or(self.history().latest_version());
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
        let history = self.history();
        history.require(target)?;
        require_sqlite(history)?;
        let details = if user_version(connection)? == target {
            application::require(connection, self.options.application_id)?;
            #[cfg(feature = "verify")]
            (self.options.validating).on_open(connection, history, target)?;
            OpeningDetails::up_to_date(target)
        } else {
            self.bring(connection, target)?
        };
        if let Some(hook) = &mut self.hooks.before_open {
            hook(connection, &details)?;
        }
        Ok(details)
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
