//! A database in memory with several connections.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, OpenFlags};

use crate::error::Result;

/// A database in memory to which several connections can be opened, as to a file; it is gone with
/// the last of them and this.
pub struct SharedDatabase<'v> {
    uri: String,
    setup: &'v dyn Fn(&Connection) -> rusqlite::Result<()>,
    /// Keeps the database alive.
    first: Connection,
}

impl fmt::Debug for SharedDatabase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedDatabase").field(&self.uri).finish()
    }
}

impl<'v> SharedDatabase<'v> {
    /// A new one, empty.
    pub(super) fn new(setup: &'v dyn Fn(&Connection) -> rusqlite::Result<()>) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // A name with a slash is shared by the connections of the process:
        // https://www.sqlite.org/inmemorydb.html, https://www.sqlite.org/src/file/src/memdb.c
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let uri = format!("file:/stepladder-{number}?vfs=memdb");
        let first = open(&uri)?;
        setup(&first)?;
        Ok(Self { uri, setup, first })
    }

    /// The connection that keeps it alive.
    pub(super) fn first(&self) -> &Connection {
        &self.first
    }

    /// Another connection to the database.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn connect(&self) -> Result<Connection> {
        let connection = open(&self.uri)?;
        (self.setup)(&connection)?;
        Ok(connection)
    }
}

fn open(uri: &str) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(
        uri,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
}
