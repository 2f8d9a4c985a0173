//! A database file, opened to be looked at.

use std::io::Read;
use std::path::Path;

use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection, ErrorCode, OpenFlags};
use stepladder::schema::Schema;

use crate::diagnostic::Diagnostic;

/// What a database file says of itself.
#[derive(Debug)]
pub(crate) struct DatabaseFile {
    /// `user_version`
    pub(crate) version: i32,
    pub(crate) schema: Schema,
}

/// Whether a file begins as a database does: <https://www.sqlite.org/fileformat2.html#magic_header_string>
pub(crate) fn is_database(path: &Path) -> bool {
    let mut start = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && &start == b"SQLite format 3\0"
}

/// Reads the schema of a database file. Nothing is written.
pub(crate) fn read_database(path: &Path) -> Result<DatabaseFile, Diagnostic> {
    let shown = path.display().to_string();
    open(path).map_err(|error| unreadable(&shown, &error))
}

fn open(path: &Path) -> rusqlite::Result<DatabaseFile> {
    // Not to create it, and not to change it.
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(DatabaseFile {
        version: connection.query_row("PRAGMA user_version", [], |row| row.get(0))?,
        schema: introspect(&connection)?,
    })
}

fn unreadable(shown: &str, error: &rusqlite::Error) -> Diagnostic {
    let diagnostic = Diagnostic::in_file(shown, format!("`{shown}` cannot be read: {error}"));
    diagnostic.help(match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            "it is no SQLite database, or it is encrypted: name the file of a database, or a copy \
             that was decrypted"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another process is writing to it: close the app, or take a copy with `VACUUM INTO`"
        }
        Some(ErrorCode::CannotOpen) => "look whether the file is there and may be read",
        _ => "look with `PRAGMA integrity_check` whether it is whole",
    })
}
