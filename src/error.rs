//! What can go wrong at run time.

mod display;
mod file;

use std::path::PathBuf;

use crate::data_class::ValueMisfit;
use crate::entity::EntityKind;
use crate::foreign_keys::ForeignKeyViolation;
use crate::guard::is_refused_commit;

pub use self::file::FileError;
pub(crate) use self::file::{Files, is_fatal, is_of_virtual_table};
pub use crate::rebuild::FailedRow;

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a database could not be opened or upgraded.
///
/// Whatever it is, the file is as it was before, with the one exception of
/// [`PartlyUpgraded`](Error::PartlyUpgraded); what the hook `before_open` returns comes after the
/// upgrade, and that stays. The alternate form of a message, `{error:#}`, does not
/// say what became of the file.
#[non_exhaustive]
pub enum Error {
    /// SQLite reported an error outside of a step.
    Sqlite(rusqlite::Error),
    /// The file could not be opened.
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The file is missing or empty, and is not to be created:
    /// [`NewDatabase::Refuse`](crate::NewDatabase::Refuse).
    NoDatabase {
        /// The file; `None` for a database in memory.
        path: Option<PathBuf>,
    },
    /// The file is no database, or it is encrypted.
    NotADatabase(Box<FileError>),
    /// The file is damaged.
    Corrupt(Box<FileError>),
    /// Another connection or process has the database, for longer than the busy timeout of this
    /// one.
    Locked(Box<FileError>),
    /// The file, its folder or the connection is only to be read.
    ReadOnly(Box<FileError>),
    /// There is no room on the disk, or in the database: `PRAGMA max_page_count`.
    DiskFull(Box<FileError>),
    /// The disk did not read or write.
    Io(Box<FileError>),
    /// The database was written by a newer version of the app.
    NewerThanApp {
        /// The `user_version` of the database.
        database: i32,
        /// The newest version that this app knows.
        app: i32,
    },
    /// The database was written before the oldest version that the app can upgrade.
    OlderThanOldest {
        /// The `user_version` of the database.
        database: i32,
        /// The oldest version of the history.
        oldest: i32,
    },
    /// The file is that of another application.
    OtherApplication {
        /// The `application_id` of the app.
        expected: i32,
        /// That of the file.
        found: i32,
    },
    /// The database has a version that the history does not have.
    UnknownVersion {
        /// The version that was asked for or found.
        found: i32,
        /// The versions of the history.
        known: Vec<i32>,
    },
    /// The database has tables, but its `user_version` is 0: stepladder did not make it.
    NotVersioned {
        /// Some of the entities that it has.
        entities: Vec<String>,
    },
    /// The database is at another version than the caller said.
    UnexpectedVersion {
        /// The version that the caller said.
        expected: i32,
        /// The `user_version` of the database.
        found: i32,
    },
    /// A database was to go back to an older version, and a rollback is missing on the way.
    NotReversible {
        /// The version from which the missing rollback starts.
        from: i32,
        /// The version to which it leads.
        to: i32,
    },
    /// The connection is in a transaction already; foreign keys cannot be switched off in one.
    InTransaction,
    /// The SQLite that the app links is older than `oldest_sqlite` in `stepladder.toml`. Both as
    /// SQLite counts: 3.35.0 is 3035000.
    SqliteTooOld {
        /// The one that is linked.
        linked: i32,
        /// The oldest to be supported.
        oldest: i32,
    },
    /// A step failed; everything was rolled back.
    StepFailed {
        /// The version from which the step starts.
        from: i32,
        /// The version to which it leads.
        to: i32,
        /// Where: the file and line of the statement in a step in SQL, of the call in Rust.
        location: Option<(&'static str, u32)>,
        /// The statement, or what was being done; empty for Rust code.
        statement: String,
        /// What SQLite says.
        source: rusqlite::Error,
        /// The row of the old table that a rebuild could not copy, where it is known.
        row: Option<FailedRow>,
        /// The SQLite with which the step was proven, as SQLite counts; 0 where that is not known.
        proven_with: i32,
    },
    /// The backup before an upgrade could not be made, so there was no upgrade.
    BackupFailed {
        /// Where it was to be.
        path: PathBuf,
        /// What came up.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The app has cancelled the upgrade, or interrupted a statement of it; everything was rolled
    /// back.
    Cancelled {
        /// The step in which it was, by the versions from which it starts and to which it leads.
        step: Option<(i32, i32)>,
    },
    /// Steps were committed one at a time, and one of them failed after others had been:
    /// [`TransactionMode::EachStep`](crate::TransactionMode::EachStep).
    PartlyUpgraded {
        /// The version at which the database is now.
        version_now: i32,
        /// The steps that have been committed.
        steps: Vec<(i32, i32)>,
        /// What came up then.
        source: Box<Error>,
    },
    /// A method that a step in SQL calls failed; everything was rolled back.
    CallFailed {
        /// The version from which the step starts.
        from: i32,
        /// The version to which it leads.
        to: i32,
        /// The file and line of the call.
        location: (&'static str, u32),
        /// The method.
        method: &'static str,
        /// What the method returned.
        source: Box<Error>,
    },
    /// A step ended the transaction in which it runs, or tried to. A `COMMIT` is refused; after a
    /// `ROLLBACK` the database is as it was, but for what the step itself wrote afterwards.
    TransactionEnded {
        /// The version from which the step starts.
        from: i32,
        /// The version to which it leads.
        to: i32,
    },
    /// The data part of a step, `execute` or `with_connection` in Rust or a method that SQL calls,
    /// changed the schema, for which there are other means: the database would not have the schema
    /// of its version.
    SchemaChanged {
        /// The version from which the step starts.
        from: i32,
        /// The version to which it leads.
        to: i32,
        /// The file and line of the call.
        location: Option<(&'static str, u32)>,
        /// The statement; empty for Rust code.
        statement: String,
    },
    /// A table has a column that its version does not have, and a rebuild would lose it.
    UnknownColumn {
        /// The version from which the step starts.
        from: i32,
        /// The version to which it leads.
        to: i32,
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The connection has a temporary table or view with the name of one of the database. SQL of the
    /// app would mean the temporary one, and the rows of the database would stay as they are.
    HiddenByTemporary {
        /// The name.
        name: String,
    },
    /// An entity of a new database could not be created.
    CreateFailed {
        /// Its kind.
        kind: EntityKind,
        /// Its name.
        name: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// After the steps, rows refer to rows that do not exist, which was not so before.
    ForeignKeys {
        /// The first of the violations.
        violations: Vec<ForeignKeyViolation>,
        /// How many there are.
        count: usize,
    },
    /// After the steps, the database does not have the schema of its version; everything was rolled
    /// back. With the feature `verify` alone.
    #[cfg(feature = "verify")]
    SchemaMismatch(Box<crate::verify::SchemaMismatch>),
    /// The database is at a version that the history does not have, and it is not clear which one it
    /// is by its schema. With the feature `verify` alone.
    #[cfg(feature = "verify")]
    NotAdopted(Box<crate::verify::NotAdopted>),
    /// A value does not fit the type that its data class has for the column.
    ValueMisfit(Box<ValueMisfit>),
    /// A step or a hook panicked while [`migrate_all`](crate::migrate_all) had the file;
    /// everything was rolled back, unless the hook is `before_open`. Elsewhere a panic goes on.
    Panicked {
        /// What the panic says, where it is a text.
        message: Option<String>,
    },
    /// An error of the app's own, from a step or a hook.
    App(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An error of the app's own, to be returned by a step or a hook.
    ///
    /// ```
    /// let error = stepladder::Error::app("the list of countries is not there");
    /// assert_eq!(error.to_string(), "the list of countries is not there");
    /// ```
    pub fn app(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::App(error.into())
    }

    /// The error with the step in which it came up, where it does not name one.
    pub(crate) fn in_step(self, from: i32, to: i32, location: Option<(&'static str, u32)>) -> Self {
        let failed = |statement, source| Self::StepFailed {
            from,
            to,
            location,
            statement,
            source,
            row: None,
            proven_with: 0,
        };
        match self {
            Self::Sqlite(source) if is_refused_commit(&source) => {
                Self::TransactionEnded { from, to }
            }
            Self::Sqlite(source) => failed(String::new(), source),
            Self::ValueMisfit(misfit) => failed(String::new(), (*misfit).into()),
            Self::CreateFailed { kind, name, source } => {
                let kind = kind.to_string().to_uppercase();
                failed(format!("CREATE {kind} {name}"), source)
            }
            other => other,
        }
    }
}

impl Error {
    /// The error with the SQLite with which the steps were proven.
    pub(crate) fn proven_with(mut self, sqlite: i32) -> Self {
        if let Self::StepFailed { proven_with, .. } = &mut self {
            *proven_with = sqlite;
        }
        self
    }
}

/// The message: this is what a `main` that returns the error prints.
impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::FromSqlConversionFailure(place, found, source) = error else {
            return Self::Sqlite(error);
        };
        match source.downcast() {
            Ok(misfit) => Self::ValueMisfit(misfit),
            Err(source) => Self::Sqlite(rusqlite::Error::FromSqlConversionFailure(
                place, found, source,
            )),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sqlite(source)
            | Self::Open { source, .. }
            | Self::StepFailed { source, .. }
            | Self::CreateFailed { source, .. } => Some(source),
            Self::NotADatabase(error)
            | Self::Corrupt(error)
            | Self::Locked(error)
            | Self::ReadOnly(error)
            | Self::DiskFull(error)
            | Self::Io(error) => Some(&error.source),
            Self::CallFailed { source, .. } | Self::PartlyUpgraded { source, .. } => Some(source),
            Self::App(source) | Self::BackupFailed { source, .. } => Some(source.as_ref()),
            Self::ValueMisfit(misfit) => Some(misfit.as_ref()),
            #[cfg(feature = "verify")]
            Self::SchemaMismatch(_) | Self::NotAdopted(_) => None,
            Self::NoDatabase { .. }
            | Self::NewerThanApp { .. }
            | Self::OlderThanOldest { .. }
            | Self::OtherApplication { .. }
            | Self::SqliteTooOld { .. }
            | Self::UnknownVersion { .. }
            | Self::NotVersioned { .. }
            | Self::UnexpectedVersion { .. }
            | Self::NotReversible { .. }
            | Self::InTransaction
            | Self::TransactionEnded { .. }
            | Self::SchemaChanged { .. }
            | Self::UnknownColumn { .. }
            | Self::Panicked { .. }
            | Self::HiddenByTemporary { .. }
            | Self::Cancelled { .. }
            | Self::ForeignKeys { .. } => None,
        }
    }
}
