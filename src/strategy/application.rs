//! `application_id`: whose file a database is.
//! <https://www.sqlite.org/pragma.html#pragma_application_id>

use rusqlite::Connection;

use crate::error::{Error, Result};

/// Fails for the database of another application. One without an id may be ours.
pub(super) fn require(connection: &Connection, expected: Option<i32>) -> Result<()> {
    let Some(expected) = expected else {
        return Ok(());
    };
    match read(connection)? {
        0 => Ok(()),
        found if found == expected => Ok(()),
        found => Err(Error::OtherApplication { expected, found }),
    }
}

/// Marks the database as ours, in the transaction of an upgrade.
pub(super) fn stamp(transaction: &Connection, id: Option<i32>) -> Result<()> {
    match id {
        Some(id) if read(transaction)? != id => {
            Ok(transaction.execute_batch(&format!("PRAGMA application_id = {id}"))?)
        }
        Some(_) | None => Ok(()),
    }
}

fn read(connection: &Connection) -> Result<i32> {
    Ok(connection.query_row("PRAGMA main.application_id", [], |row| row.get(0))?)
}
