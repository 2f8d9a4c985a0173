//! Texts in double quotes, which SQLite takes for texts where they name no column.

use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::{self, Connection};

/// Makes `"due_dat"` an error where it names no column: it is a mistake more often than a text.
/// <https://www.sqlite.org/quirks.html#dblquote>
pub(crate) fn refuse_quoted_texts(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(())
}
