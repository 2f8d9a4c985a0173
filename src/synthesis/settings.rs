//! The settings of the connection while rows are made.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// They would change the rows. Unlike most settings, these two can be switched in a transaction:
/// <https://www.sqlite.org/c3ref/c_dbconfig_defensive.html>.
const TRIGGERS: DbConfig = DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
/// In a cycle they ask for rows that are not there yet.
const FOREIGN_KEYS: DbConfig = DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY;

/// The settings as they were.
#[derive(Debug)]
pub(super) struct Settings {
    triggers: bool,
    foreign_keys: bool,
    checks_ignored: bool,
}

impl Settings {
    pub(super) fn enter(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "PRAGMA ignore_check_constraints";
        let settings = Self {
            triggers: connection.db_config(TRIGGERS)?,
            foreign_keys: connection.db_config(FOREIGN_KEYS)?,
            checks_ignored: connection.query_row(sql, [], |row| row.get(0))?,
        };
        connection.set_db_config(TRIGGERS, false)?;
        connection.set_db_config(FOREIGN_KEYS, false)?;
        connection.execute_batch("PRAGMA ignore_check_constraints = OFF")?;
        Ok(settings)
    }

    pub(super) fn restore(self, connection: &Connection) -> rusqlite::Result<()> {
        connection.set_db_config(TRIGGERS, self.triggers)?;
        connection.set_db_config(FOREIGN_KEYS, self.foreign_keys)?;
        if self.checks_ignored {
            connection.execute_batch("PRAGMA ignore_check_constraints = ON")?;
        }
        Ok(())
    }
}
