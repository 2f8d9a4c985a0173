//! A connection that does not write: <https://www.sqlite.org/pragma.html#pragma_query_only>

use rusqlite::Connection;

use super::OpeningDetails;
use crate::error::Result;

/// A connection to the database of a newer app. It writes again when this is dropped, unless it is
/// to stay so.
pub(super) struct ReadOnly<'c>(Option<&'c Connection>);

impl<'c> ReadOnly<'c> {
    pub(super) fn set(connection: &'c Connection, details: &OpeningDetails) -> Result<Self> {
        if !details.is_read_only() {
            return Ok(Self(None));
        }
        let already: bool = connection.query_row("PRAGMA query_only", [], |row| row.get(0))?;
        connection.execute_batch("PRAGMA query_only = ON")?;
        Ok(Self((!already).then_some(connection)))
    }

    pub(super) fn stay(mut self) {
        self.0 = None;
    }
}

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.0 {
            // There is nobody to tell.
            let _ = connection.execute_batch("PRAGMA query_only = OFF");
        }
    }
}
