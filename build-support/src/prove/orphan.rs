//! Rows whose parent does not exist.

use stepladder::rusqlite::{self, Connection, OptionalExtension};

/// The first that `foreign_key_check` finds, in words.
pub(super) fn orphan(connection: &Connection) -> rusqlite::Result<Option<String>> {
    connection
        .query_row(
            "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 1",
            [],
            |row| {
                let table: String = row.get(0)?;
                // A row of a WITHOUT ROWID table has none.
                let rowid: Option<i64> = row.get(1)?;
                let parent: String = row.get(2)?;
                let rowid = rowid
                    .map(|rowid| format!(" (rowid {rowid})"))
                    .unwrap_or_default();
                Ok(format!(
                    "a row of `{table}`{rowid} refers to a row of `{parent}` that does not exist"
                ))
            },
        )
        .optional()
}
