//! What SQLite reports of a file, wherever it comes up.

use std::path::PathBuf;

use rusqlite::{Connection, ErrorCode};

use super::Error;
use crate::backup::main_file;

/// What SQLite reports of the file of a database.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileError {
    /// The file; `None` where it is not known, or the database is in memory.
    pub path: Option<PathBuf>,
    /// Other databases are attached to the connection, and it may be about one of those: SQLite does
    /// not tell.
    pub or_attached: bool,
    /// The step in which it came up, by the versions from which it starts and to which it leads;
    /// `None` where it came up elsewhere, such as when the database was opened or the upgrade
    /// committed.
    pub step: Option<(i32, i32)>,
    /// What SQLite says.
    pub source: rusqlite::Error,
}

/// Where the databases of a connection are.
#[derive(Debug)]
pub(crate) struct Files {
    main: Option<PathBuf>,
    has_attached: bool,
}

impl Files {
    /// As far as the connection can tell: it has just failed.
    pub(crate) fn of(connection: &Connection) -> Self {
        let attached = "SELECT EXISTS (SELECT 1 FROM pragma_database_list WHERE seq > 1)";
        let has_attached = connection.query_row(attached, [], |row| row.get(0));
        Self {
            has_attached: has_attached.unwrap_or(false),
            ..Self::main_of(connection)
        }
    }

    /// The same where only the main database can be meant.
    pub(crate) fn main_of(connection: &Connection) -> Self {
        Self {
            main: main_file(connection).ok().flatten(),
            has_attached: false,
        }
    }

    /// What SQLite reports of one of them.
    pub(crate) fn failed(self, step: Option<(i32, i32)>, source: rusqlite::Error) -> FileError {
        FileError {
            path: self.main,
            or_attached: self.has_attached,
            step,
            source,
        }
    }
}

type Variant = fn(Box<FileError>) -> Error;

/// The variant for an error that is about the file, and not about a statement.
fn variant(error: &rusqlite::Error) -> Option<Variant> {
    match error.sqlite_error_code()? {
        ErrorCode::NotADatabase => Some(Error::NotADatabase),
        ErrorCode::DatabaseCorrupt => Some(Error::Corrupt),
        ErrorCode::DatabaseBusy | ErrorCode::FileLockingProtocolFailed => Some(Error::Locked),
        // Without a shared cache it is a statement of the same connection that is in the way.
        ErrorCode::DatabaseLocked if is_of_shared_cache(error) => Some(Error::Locked),
        ErrorCode::ReadOnly => Some(Error::ReadOnly),
        ErrorCode::DiskFull => Some(Error::DiskFull),
        ErrorCode::SystemIoFailure => Some(Error::Io),
        ErrorCode::OperationInterrupted => Some(|error| Error::Cancelled { step: error.step }),
        _ => None,
    }
}

impl Error {
    /// The error as one about the file, where it is.
    pub(crate) fn classified(self, files: impl FnOnce() -> Files) -> Self {
        let Some(variant) = self.sqlite().and_then(variant) else {
            return match self {
                Self::PartlyUpgraded {
                    version_now,
                    steps,
                    source,
                } => Self::PartlyUpgraded {
                    version_now,
                    steps,
                    source: Box::new(source.classified(files)),
                },
                other => other,
            };
        };
        // A step has read the database already, so that it is one: this is about another file.
        if self.is_of_step() && self.code() == Some(ErrorCode::NotADatabase) {
            return self;
        }
        match self.into_sqlite() {
            Ok((source, step)) => variant(Box::new(files().failed(step, source))),
            Err(other) => other,
        }
    }

    /// Whether SQLite may have ended the transaction because of it:
    /// <https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction>
    pub(crate) fn is_of_file(&self) -> bool {
        (self.sqlite()).is_some_and(|error| variant(error).is_some() || is_out_of_memory(error))
    }

    /// Whether the file, or its disk, may be damaged.
    pub(crate) fn is_damage(&self) -> bool {
        match self.code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::SystemIoFailure) => true,
            Some(_) | None => false,
        }
    }

    /// What is the matter with the file, and what can be done.
    pub(super) fn fact_and_advice(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotADatabase(_) => (
                "is not one of SQLite, or is encrypted",
                "look whether it is the right file",
            ),
            Self::Corrupt(_) => (
                "is damaged",
                "restore a backup, or save what can be read with `.recover` in the sqlite3 shell",
            ),
            Self::Locked(_) => (
                "is in use elsewhere",
                "close other programs that have it open and try again",
            ),
            Self::ReadOnly(error) if is_moved(&error.source) => (
                "has been moved or removed since it was opened",
                "open it where it is now",
            ),
            Self::ReadOnly(_) => (
                "cannot be written",
                "look at the permissions of the file and of its folder",
            ),
            Self::DiskFull(_) => ("has no room left", "free some space and try again"),
            Self::Io(_) => (
                "cannot be read or written",
                "look at the disk before you try again",
            ),
            _ => ("", ""),
        }
    }

    fn code(&self) -> Option<ErrorCode> {
        self.sqlite().and_then(rusqlite::Error::sqlite_error_code)
    }

    fn is_of_step(&self) -> bool {
        matches!(self, Self::StepFailed { .. } | Self::CallFailed { .. })
    }

    /// What SQLite said, where it was SQLite.
    fn sqlite(&self) -> Option<&rusqlite::Error> {
        match self {
            Self::Sqlite(source)
            | Self::StepFailed { source, .. }
            | Self::CreateFailed { source, .. } => Some(source),
            Self::CallFailed { source, .. } => source.sqlite(),
            _ => None,
        }
    }

    /// The same, with the step.
    fn into_sqlite(self) -> Result<(rusqlite::Error, Option<(i32, i32)>), Self> {
        match self {
            Self::Sqlite(source) | Self::CreateFailed { source, .. } => Ok((source, None)),
            Self::StepFailed {
                from, to, source, ..
            } => Ok((source, Some((from, to)))),
            Self::CallFailed {
                from, to, source, ..
            } => source
                .into_sqlite()
                .map(|(source, step)| (source, step.or(Some((from, to))))),
            other => Err(other),
        }
    }
}

/// <https://www.sqlite.org/rescode.html#locked_sharedcache>
fn is_of_shared_cache(error: &rusqlite::Error) -> bool {
    has_extended_code(error, 262)
}

/// <https://www.sqlite.org/rescode.html#readonly_dbmoved>
fn is_moved(error: &rusqlite::Error) -> bool {
    has_extended_code(error, 1032)
}

/// Whether what is damaged is what a virtual table makes of its tables, and not the file:
/// <https://www.sqlite.org/rescode.html#corrupt_vtab>
pub(crate) fn is_of_virtual_table(error: &rusqlite::Error) -> bool {
    has_extended_code(error, 267)
}

/// Not every version of `libsqlite3-sys` has a name for each code.
fn has_extended_code(error: &rusqlite::Error, code: i32) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure.extended_code == code,
        _ => false,
    }
}

fn is_out_of_memory(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OutOfMemory)
}

/// Whether an error says that SQLite could not go on, and nothing about what it looked at.
pub(crate) fn is_fatal(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) | None => false,
        Some(_) => variant(error).is_some() || is_out_of_memory(error),
    }
}
