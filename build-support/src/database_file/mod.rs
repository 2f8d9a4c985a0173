//! A database file, opened to be looked at: neither it nor its folder is changed.
//!
//! SQLite itself would change them. Of a database in WAL mode even a connection that only reads makes
//! a `-wal` and a `-shm` file and leaves them behind, and without the right to make them it reads
//! nothing: <https://www.sqlite.org/wal.html#read_only_databases>. So a file in WAL mode is read as
//! one that cannot change, or where it has a `-wal` from a copy.

mod copy;
mod header;
mod unreadable;

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection, ErrorCode, OpenFlags};
use stepladder::schema::Schema;

use crate::diagnostic::Diagnostic;
use copy::Copy;
use header::{Journal, journal, state};
use unreadable::{changing, not_a_database, unreadable};

pub(crate) use header::is_database;

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a database file says of itself.
#[derive(Debug)]
pub(crate) struct DatabaseFile {
    /// `user_version`
    pub(crate) version: i32,
    pub(crate) schema: Schema,
}

/// Reads the schema of a database file. Nothing is written.
pub(crate) fn read_database(path: &Path) -> Result<DatabaseFile, Diagnostic> {
    let shown = path.display().to_string();
    not_a_database(path, &shown).map_or(Ok(()), Err)?;
    let start = Instant::now();
    loop {
        let before = state(path);
        let read = read(path);
        if state(path) == before {
            return read.map_err(|error| unreadable(&shown, &error));
        }
        // Somebody has written meanwhile, and what was read may be half of it.
        if start.elapsed() > PATIENCE {
            return Err(changing(&shown));
        }
        sleep(Duration::from_millis(50));
    }
}

/// Why a file could not be read.
#[derive(Debug)]
enum Failed {
    Sqlite(rusqlite::Error),
    /// It could not be copied.
    Copy(std::io::Error),
}

fn read(path: &Path) -> Result<DatabaseFile, Failed> {
    let read = match journal(path) {
        Journal::Rollback => open(path).and_then(|connection| schema_of(&connection)),
        Journal::Wal => open_unchanging(path).and_then(|connection| schema_of(&connection)),
        Journal::WalWithContent => return read_copy(path),
    };
    match read {
        // A transaction that did not end is to be undone first, which would change the file.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) => read_copy(path),
        read => read.map_err(Failed::Sqlite),
    }
}

fn read_copy(path: &Path) -> Result<DatabaseFile, Failed> {
    let copy = Copy::of(path).map_err(Failed::Copy)?;
    // The connection is closed before the copy is removed.
    let read = Connection::open(copy.database()).and_then(|connection| schema_of(&connection));
    read.map_err(Failed::Sqlite)
}

/// Of a database with a rollback journal a connection that only reads makes no file, and it waits
/// for who writes.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// A database in WAL mode without a `-wal` is all in its file: <https://www.sqlite.org/uri.html#uriimmutable>
fn open_unchanging(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(PathBuf::from(uri(path)), flags)
}

/// `file:/data/a%3fb.db?immutable=1`
fn uri(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = "file:".to_owned();
    let text = absolute.as_os_str().as_encoded_bytes();
    if cfg!(windows) {
        uri.push_str("///");
    }
    for byte in text {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b':' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(*byte));
            }
            byte => {
                use std::fmt::Write as _;
                write!(uri, "%{byte:02x}").expect("writing to a String does not fail");
            }
        }
    }
    uri + "?immutable=1"
}

fn schema_of(connection: &Connection) -> rusqlite::Result<DatabaseFile> {
    Ok(DatabaseFile {
        version: connection.query_row("PRAGMA user_version", [], |row| row.get(0))?,
        schema: introspect(connection)?,
    })
}
