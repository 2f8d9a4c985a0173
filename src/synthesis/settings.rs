//! The settings of the connection while rows are made.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// Triggers would change the rows; foreign keys in cycles need rows that are not there yet. Both
/// can be switched inside a transaction:
/// <https://www.sqlite.org/c3ref/c_dbconfig_defensive.html>.
const OFF: [DbConfig; 2] = [
    DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
    DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY,
];

/// The settings as they were.
#[derive(Debug)]
pub(super) struct Settings {
    was_on: [bool; 2],
    checks_ignored: bool,
}

impl Settings {
    pub(super) fn enter(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "PRAGMA ignore_check_constraints";
        let settings = Self {
            was_on: [connection.db_config(OFF[0])?, connection.db_config(OFF[1])?],
            checks_ignored: connection.query_row(sql, [], |row| row.get(0))?,
        };
        for setting in OFF {
            connection.set_db_config(setting, false)?;
        }
        connection.execute_batch("PRAGMA ignore_check_constraints = OFF")?;
        Ok(settings)
    }

    pub(super) fn restore(self, connection: &Connection) -> rusqlite::Result<()> {
        for (setting, was_on) in OFF.into_iter().zip(self.was_on) {
            connection.set_db_config(setting, was_on)?;
        }
        if self.checks_ignored {
            connection.execute_batch("PRAGMA ignore_check_constraints = ON")?;
        }
        Ok(())
    }
}
