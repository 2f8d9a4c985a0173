//! What keeps an upgrade in its one transaction: user code that runs `COMMIT` must not be able to
//! make half of a step permanent.
//!
//! SQLite refuses a `COMMIT` while a deferred foreign key is violated, and the transaction stays
//! open: <https://www.sqlite.org/foreignkeys.html#fk_deferred>. So the upgrade begins with such a
//! violation, in a temporary table, and ends with taking it back. The number of violations is kept
//! while foreign keys are off, which they are during the steps. A `ROLLBACK` cannot be refused; it
//! undoes the temporary table too, and that is how it is found out, whatever follows it.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::{Error, Result};
use crate::sql::tokens;
use crate::upgrade::{set_user_version, user_version};

const FOREIGN_KEYS: DbConfig = DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY;
/// Not every version of `libsqlite3-sys` has it: <https://www.sqlite.org/rescode.html>
const CONSTRAINT_FOREIGNKEY: i32 = 787;

/// Makes `COMMIT` fail from here on; foreign keys are off afterwards.
pub(crate) fn raise(connection: &Connection) -> Result<()> {
    // In a transaction the PRAGMA does nothing, but this does.
    connection.set_db_config(FOREIGN_KEYS, true)?;
    // WITHOUT ROWID leaves `last_insert_rowid()` alone.
    let raised = connection.execute_batch(
        "CREATE TEMP TABLE stepladder_transaction ( \
             id INTEGER PRIMARY KEY, \
             missing INTEGER REFERENCES stepladder_transaction (id) DEFERRABLE INITIALLY DEFERRED \
         ) WITHOUT ROWID; \
         INSERT INTO temp.stepladder_transaction VALUES (1, 2);",
    );
    foreign_keys_off(connection)?;
    Ok(raised?)
}

/// Keeps the journal as it is from here on: until a transaction has written to the database, SQLite
/// lets it change `journal_mode`, and with `OFF` a step could not be taken back.
pub(crate) fn hold_journal(transaction: &Connection) -> Result<()> {
    set_user_version(transaction, user_version(transaction)?)
}

/// Lets `COMMIT` through again.
pub(crate) fn lower(connection: &Connection) -> Result<()> {
    connection.set_db_config(FOREIGN_KEYS, true)?;
    let lowered = connection.execute_batch("DELETE FROM temp.stepladder_transaction");
    foreign_keys_off(connection)?;
    lowered?;
    Ok(connection.execute_batch("DROP TABLE temp.stepladder_transaction")?)
}

/// Whether the transaction is still the one of the upgrade. Foreign keys are off afterwards, even
/// where user code has switched them on.
pub(crate) fn holds(connection: &Connection) -> Result<bool> {
    if connection.is_autocommit() {
        return Ok(false);
    }
    foreign_keys_off(connection)?;
    Ok(connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_temp_master WHERE name = 'stepladder_transaction')",
        [],
        |row| row.get(0),
    )?)
}

/// Leaves a mark before the step of this number. A step that goes back to a savepoint which an earlier
/// one has left open undoes what was done between them, and its own mark with it.
pub(crate) fn mark(connection: &Connection, number: usize) -> Result<()> {
    let sql = format!("INSERT INTO temp.stepladder_transaction VALUES (-{number} - 1, NULL)");
    Ok(connection.execute_batch(&sql)?)
}

/// Whether the transaction is still the one of the upgrade, and the mark of the step is there.
pub(crate) fn holds_since(connection: &Connection, number: usize) -> Result<bool> {
    if !holds(connection)? {
        return Ok(false);
    }
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM temp.stepladder_transaction WHERE id = -{number} - 1)"
    );
    Ok(connection.query_row(&sql, [], |row| row.get(0))?)
}

/// What code of the app has returned, unless it has ended the transaction.
pub(crate) fn checked<T>(
    connection: &Connection,
    (from, to): (i32, i32),
    done: Result<T>,
) -> Result<T> {
    match done {
        // SQLite itself ends the transaction where the disk is full.
        Err(error) if error.is_of_file() => Err(error),
        done => {
            if holds(connection)? {
                done
            } else {
                Err(Error::TransactionEnded { from, to })
            }
        }
    }
}

fn foreign_keys_off(connection: &Connection) -> Result<()> {
    if connection.set_db_config(FOREIGN_KEYS, false)? {
        return Err(Error::app("foreign keys cannot be switched off"));
    }
    Ok(())
}

/// Whether an error is that of a `COMMIT` which has been refused: with foreign keys off, there is
/// no other way to it.
pub(crate) fn is_refused_commit(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => {
            failure.extended_code == CONSTRAINT_FOREIGNKEY
        }
        _ => false,
    }
}

/// Whether a statement ends a transaction.
pub(crate) fn ends_transaction(statement: &str) -> bool {
    let tokens = tokens(statement);
    tokens.first().is_some_and(|first| {
        first.is_keyword("COMMIT")
            || first.is_keyword("END")
            || (first.is_keyword("ROLLBACK") && !tokens.iter().any(|token| token.is_keyword("TO")))
    })
}
