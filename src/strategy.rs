//! The strategy: how a database is opened and brought to the newest version.

use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::history::History;
use crate::upgrade::{
    Migrator, create_version, in_transaction, require_way, run_steps, user_version,
};
#[cfg(feature = "verify")]
use crate::verify::validation::Validating;
#[cfg(feature = "verify")]
use crate::verify::{Validation, ValidationOptions};

type BeforeOpen<'h> = dyn FnMut(&Connection, &OpeningDetails) -> Result<()> + Send + 'h;

/// Opens databases and brings them to the newest version of the schema.
///
/// What happens to a database depends on its `user_version`:
/// - it is the newest: that one read is all the work, and nothing is written;
/// - it is an older one: the steps that follow it run, all in one transaction with the new
///   `user_version`. If anything fails, the file is as it was;
/// - the database is empty: the newest schema is created;
/// - anything else is an [`Error`], and the file is not touched.
///
/// [`target`](MigrationStrategy::target) puts another version in the place of the newest.
pub struct MigrationStrategy<'h, M> {
    migrator: M,
    target: Option<i32>,
    before_open: Option<Box<BeforeOpen<'h>>>,
    #[cfg(feature = "verify")]
    validating: Validating,
}

/// What happened to a database while it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpeningDetails {
    /// The version at which it was; `None` for a new database.
    pub version_before: Option<i32>,
    /// The version at which it is.
    pub version_now: i32,
    /// The steps that ran, each with the version from which it starts and to which it leads: an
    /// older one for a rollback.
    pub steps: Vec<(i32, i32)>,
}

impl OpeningDetails {
    /// Whether the database was empty and its schema has been created.
    pub fn was_created(&self) -> bool {
        self.version_before.is_none()
    }

    /// Whether steps to a newer version have run.
    pub fn had_upgrade(&self) -> bool {
        self.version_before
            .is_some_and(|before| before < self.version_now)
    }

    /// Whether rollbacks have run.
    pub fn had_rollback(&self) -> bool {
        self.version_before
            .is_some_and(|before| before > self.version_now)
    }
}

impl<M> fmt::Debug for MigrationStrategy<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationStrategy").finish_non_exhaustive()
    }
}

impl<'h, M: Migrator> MigrationStrategy<'h, M> {
    /// A strategy with the steps that the generated function `migration_steps` returns.
    pub fn new(migration_steps: M) -> Self {
        Self {
            migrator: migration_steps,
            target: None,
            before_open: None,
            #[cfg(feature = "verify")]
            validating: Validating::default(),
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
        self.target = Some(version);
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
        self.before_open = Some(Box::new(hook));
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
        self.validating.when = when;
        self
    }

    /// Which differences count for it. Tables, views, indexes and triggers that no version has do
    /// not, unless these options say so. With the feature `verify` alone.
    #[cfg(feature = "verify")]
    #[must_use]
    pub fn validation_options(mut self, options: ValidationOptions) -> Self {
        self.validating.options = options;
        self
    }

    /// Opens the database file, creates it if it is not there, and brings it to the newest
    /// version, or to the target.
    ///
    /// # Errors
    /// See [`Error`]; the file is then as it was.
    pub fn open(&mut self, path: impl AsRef<Path>) -> Result<Connection> {
        let (connection, _) = self.open_with_details(path.as_ref())?;
        Ok(connection)
    }

    pub(crate) fn open_with_details(
        &mut self,
        path: &Path,
    ) -> Result<(Connection, OpeningDetails)> {
        let in_file = |source| Error::Open {
            path: path.to_owned(),
            source,
        };
        let mut connection = Connection::open(path).map_err(in_file)?;
        match self.migrate(&mut connection) {
            Ok(details) => Ok((connection, details)),
            Err(Error::Sqlite(source)) => Err(in_file(source)),
            Err(error) => Err(error),
        }
    }

    /// Brings the main database of an open connection to the newest version, or to the target.
    ///
    /// # Errors
    /// See [`Error`]; the database is then as it was.
    pub fn migrate(&mut self, connection: &mut Connection) -> Result<OpeningDetails> {
        let target = self.target.unwrap_or(self.history().latest_version());
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
            #[cfg(feature = "verify")]
            self.validating.on_open(connection, history, target)?;
            up_to_date(target)
        } else {
            self.upgrade(connection, target)?
        };
        if let Some(hook) = &mut self.before_open {
            hook(connection, &details)?;
        }
        Ok(details)
    }

    fn upgrade(&mut self, connection: &mut Connection, target: i32) -> Result<OpeningDetails> {
        let history = self.migrator.history();
        // A database that we refuse is not even locked.
        let mut before = user_version(connection)?;
        let not_empty_before = match before {
            0 => not_empty(connection)?,
            _ => None,
        };
        if let Some(error) = not_empty_before {
            // Another process may have created the schema between the two reads.
            before = user_version(connection)?;
            if before == 0 {
                return Err(error);
            }
        }
        if before != 0 {
            require_known(before, &self.migrator)?;
            require_way(&self.migrator, before, target)?;
        }
        in_transaction(connection, |transaction| {
            // Read again, now that nobody else can write: another process may have been faster.
            let version = user_version(transaction)?;
            if version == target {
                return Ok(up_to_date(target));
            }
            let details = if version == 0 {
                if let Some(error) = not_empty(transaction)? {
                    return Err(error);
                }
                create_version(transaction, history, target)?;
                OpeningDetails {
                    version_before: None,
                    version_now: target,
                    steps: Vec::new(),
                }
            } else {
                require_known(version, &self.migrator)?;
                require_way(&self.migrator, version, target)?;
                OpeningDetails {
                    version_before: Some(version),
                    version_now: target,
                    steps: run_steps(transaction, version, target, &mut self.migrator)?,
                }
            };
            #[cfg(feature = "verify")]
            self.validating.after_upgrade(
                transaction,
                history,
                (details.version_now, &details.steps),
            )?;
            Ok(details)
        })
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

fn up_to_date(version: i32) -> OpeningDetails {
    OpeningDetails {
        version_before: Some(version),
        version_now: version,
        steps: Vec::new(),
    }
}

fn require_known(version: i32, migrator: &impl Migrator) -> Result<()> {
    let history = migrator.history();
    if version > history.latest_version() {
        return Err(Error::NewerThanApp {
            database: version,
            app: history.latest_version(),
        });
    }
    history.require(version)
}

/// The error for a database that has something in it and no version.
fn not_empty(connection: &Connection) -> Result<Option<Error>> {
    // Android's own helper makes `android_metadata` in every new database.
    let mut statement = connection.prepare(
        "SELECT type || ' `' || name || '`' FROM main.sqlite_schema \
         WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'android_metadata' LIMIT 5",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    let entities: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
    Ok((!entities.is_empty()).then_some(Error::NotVersioned { entities }))
}
