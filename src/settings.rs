//! The connection as it was, on every way out of an upgrade.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::{Error, Result};

/// What an upgrade switches off, with the reason:
/// - `foreign_keys`: the `bundled` SQLite has them on by default. While they are on, `DROP TABLE`
///   deletes the rows first, and a rebuild would delete the rows of other tables that refer to
///   them: <https://www.sqlite.org/lang_droptable.html>
/// - `legacy_alter_table`: with it, views and triggers do not follow when a column or table gets
///   another name
/// - `ignore_check_constraints`: rows that break a new CHECK would pass
/// - `recursive_triggers`: with them, `INSERT OR REPLACE` runs triggers that it did not run when the
///   step was proven
const SWITCHED_OFF: [&str; 4] = [
    "foreign_keys",
    "legacy_alter_table",
    "ignore_check_constraints",
    "recursive_triggers",
];

/// What an upgrade switches on: without its triggers, a step would do something else than what was
/// proven, and say nothing. (Without views it fails.)
const TRIGGERS: DbConfig = DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;

/// Journal modes with which an upgrade cannot be taken back: with `off` a step that fails leaves a
/// damaged file, with `memory` an app that is killed does.
/// <https://www.sqlite.org/pragma.html#pragma_journal_mode>
const NO_JOURNAL: [&str; 2] = ["off", "memory"];

/// What code of the app may change in a transaction: <https://www.sqlite.org/pragma.html>.
/// `case_sensitive_like` cannot be read, and so not be restored.
const RESTORED: [&str; 11] = [
    "analysis_limit",
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "cell_size_check",
    "query_only",
    "read_uncommitted",
    "reverse_unordered_selects",
    "secure_delete",
    "trusted_schema",
    "writable_schema",
];

/// The settings of a connection. They are as they were when this is dropped, which has to be outside
/// of a transaction.
///
/// The handlers of the app stay as they are: of an authorizer or a busy handler nobody can tell
/// which it is, so we never set one. `changes()` and `total_changes()` tell of the upgrade.
pub(crate) struct Settings<'c> {
    connection: &'c Connection,
    values: Vec<(&'static str, i64)>,
    /// The triggers were off.
    had_no_triggers: bool,
    /// The journal mode, where it was another one.
    journal: Option<&'static str>,
    last_rowid: i64,
}

impl<'c> Settings<'c> {
    /// Remembers the settings and switches off what has to be.
    pub(crate) fn save(connection: &'c Connection) -> Result<Self> {
        let mut settings = Self {
            connection,
            values: Vec::new(),
            had_no_triggers: false,
            journal: None,
            last_rowid: connection.last_insert_rowid(),
        };
        for name in SWITCHED_OFF.into_iter().chain(RESTORED) {
            settings.values.extend(read(connection, name)?);
        }
        for name in SWITCHED_OFF {
            set(connection, name, 0)?;
        }
        if !connection.db_config(TRIGGERS)? {
            settings.had_no_triggers = true;
            connection.set_db_config(TRIGGERS, true)?;
        }
        settings.keep_journal()?;
        Ok(settings)
    }

    /// Takes a journal mode with which the upgrade can be taken back.
    fn keep_journal(&mut self) -> Result<()> {
        let mode: String =
            (self.connection).query_row("PRAGMA main.journal_mode", [], |row| row.get(0))?;
        let Some(mode) = NO_JOURNAL.into_iter().find(|name| *name == mode) else {
            return Ok(());
        };
        self.journal = Some(mode);
        // A database in memory has no journal but one in memory.
        for safe in ["delete", "memory"] {
            if set_journal(self.connection, safe)? == safe {
                return Ok(());
            }
        }
        Err(Error::app(
            "SQLite keeps no journal of the database, so that an upgrade could not be taken back: set \
             `PRAGMA journal_mode = DELETE` or `WAL` on the connection first",
        ))
    }
}

impl Drop for Settings<'_> {
    fn drop(&mut self) {
        for (name, value) in &self.values {
            // Setting what has not changed may do something: a busy timeout takes the place of the
            // app's busy handler.
            let (name, now) = (*name, read(self.connection, name));
            if !matches!(now, Ok(Some((_, now))) if now == *value) {
                // Setting a flag of a connection does not fail outside of a transaction, and there
                // is nobody to tell here.
                let _ = set(self.connection, name, *value);
            }
        }
        if self.had_no_triggers {
            let _ = self.connection.set_db_config(TRIGGERS, false);
        }
        if let Some(mode) = self.journal {
            let _ = set_journal(self.connection, mode);
        }
        if self.connection.last_insert_rowid() != self.last_rowid {
            let _ = restore_last_rowid(self.connection, self.last_rowid);
        }
    }
}

/// A setting with its value; nothing where this SQLite does not have it.
fn read(connection: &Connection, name: &'static str) -> Result<Option<(&'static str, i64)>> {
    let mut statement = connection.prepare(&format!("PRAGMA {name}"))?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Ok(Some((name, row.get(0)?))),
        None => Ok(None),
    }
}

/// Changes a setting, by other means than a statement where there are some: a statement fails where a
/// progress handler interrupts it or an authorizer denies it, which may be why the upgrade ends.
fn set(connection: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    let config = match name {
        "foreign_keys" => DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY,
        "legacy_alter_table" => DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE,
        // 2, and as a number it is another one: <https://www.sqlite.org/pragma.html#pragma_secure_delete>
        "secure_delete" if value == 2 => {
            return connection.execute_batch("PRAGMA secure_delete = FAST");
        }
        // Some of them answer with their new value.
        _ => return connection.execute_batch(&format!("PRAGMA {name} = {value}")),
    };
    connection.set_db_config(config, value != 0).map(drop)
}

/// Changes the journal mode, and tells which it is then.
fn set_journal(connection: &Connection, mode: &str) -> rusqlite::Result<String> {
    connection.query_row(&format!("PRAGMA main.journal_mode = {mode}"), [], |row| {
        row.get(0)
    })
}

/// `last_insert_rowid()` is what the last INSERT says, and a rollback does not change that.
fn restore_last_rowid(connection: &Connection, rowid: i64) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "SAVEPOINT stepladder_rowid;
         CREATE TEMP TABLE stepladder_rowid (id INTEGER PRIMARY KEY);
         INSERT INTO temp.stepladder_rowid VALUES ({rowid});
         ROLLBACK TO stepladder_rowid;
         RELEASE stepladder_rowid;"
    ))
}
