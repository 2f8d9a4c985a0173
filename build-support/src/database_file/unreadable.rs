//! What is said about a file that cannot be read as a database.

use std::fs;
use std::io;
use std::path::Path;

use stepladder::rusqlite::ErrorCode;

use super::Failed;
use super::header::is_database;
use crate::diagnostic::Diagnostic;
use crate::fs::reason;

/// The message about a path that is no file, or one that does not begin as a database does.
pub(super) fn not_a_database(path: &Path, shown: &str) -> Option<Diagnostic> {
    let wrong = |what: String| Diagnostic::in_file(shown, what);
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(
            wrong(format!("`{shown}` is not there"))
                .help("name the file of a database; none is made"),
        ),
        Err(error) => Some(
            wrong(format!("`{shown}` cannot be read: {}", reason(&error)))
                .help("look whether the file may be read"),
        ),
        Ok(found) if found.is_dir() => Some(
            wrong(format!("`{shown}` is a folder, not a database file"))
                .help("name the file of a database in it"),
        ),
        // SQLite takes it for a database without tables.
        Ok(found) if found.len() == 0 => Some(
            wrong(format!("`{shown}` is empty: there is no database in it")).help(
                "name the file of a database; an app makes one when it opens it for the first time",
            ),
        ),
        // Of a few bytes SQLite says nothing: less than a page is a database without tables as well.
        Ok(_) if !is_database(path) => Some(
            wrong(format!(
                "`{shown}` is no SQLite database, or it is encrypted"
            ))
            .help("name the file of a database, or a copy that was decrypted"),
        ),
        Ok(_) => None,
    }
}

/// The message about a file that changes all the time.
pub(super) fn changing(shown: &str) -> Diagnostic {
    let message = format!("`{shown}` is written to by another process, again and again");
    Diagnostic::in_file(shown, message)
        .help("close the app, or take a copy of the database: `VACUUM INTO 'copy.db'`")
}

pub(super) fn unreadable(shown: &str, failed: &Failed) -> Diagnostic {
    let error = match failed {
        Failed::Sqlite(error) => error,
        Failed::Copy(error) => {
            let message = format!("`{shown}` cannot be copied: {}", reason(error));
            return Diagnostic::in_file(shown, message)
                .note("a database with a `-wal` or `-journal` file is read from a copy, so that it is not changed")
                .help("make room in the folder of temporary files, or close the app that has the database open");
        }
    };
    let what = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("`{shown}` is locked by another process")
        }
        _ => format!("`{shown}` cannot be read: {error}"),
    };
    Diagnostic::in_file(shown, what).help(match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "close the app, or wait until it has written"
        }
        Some(ErrorCode::CannotOpen) => "look whether the file may be read",
        _ => "look with `PRAGMA integrity_check` whether it is whole",
    })
}
