//! One upgrade: a transaction around the steps, and the connection as it was on every way out.

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::context::StepContext;
use crate::error::{Error, Files, Result};
use crate::foreign_keys::{require_no_new, violations};
use crate::guard;
use crate::history::History;
use crate::progress::Watch;
use crate::settings::Settings;

/// The history of a schema and the steps through it. The generated function `migration_steps`
/// makes one.
pub trait Migrator {
    /// The history.
    fn history(&self) -> &'static History;

    /// Runs one step.
    ///
    /// # Errors
    /// What the step returns.
    fn run_step(&mut self, step: StepContext<'_>) -> Result<()>;

    /// The versions from which a rollback leads to the version before.
    fn rollbacks(&self) -> &'static [i32] {
        &[]
    }

    /// Runs one rollback.
    ///
    /// # Errors
    /// What the rollback returns.
    fn run_rollback(&mut self, rollback: StepContext<'_>) -> Result<()> {
        Err(rollback.unknown())
    }
}

impl<M: Migrator + ?Sized> Migrator for &mut M {
    fn history(&self) -> &'static History {
        (**self).history()
    }

    fn run_step(&mut self, step: StepContext<'_>) -> Result<()> {
        (**self).run_step(step)
    }

    fn rollbacks(&self) -> &'static [i32] {
        (**self).rollbacks()
    }

    fn run_rollback(&mut self, rollback: StepContext<'_>) -> Result<()> {
        (**self).run_rollback(rollback)
    }
}

/// Runs the steps from one version of the history to another, or the rollbacks where that is an
/// older one, in one transaction with `user_version`, for those who drive an upgrade themselves.
///
/// [`MigrationStrategy`](crate::MigrationStrategy) is built on it: it finds out where a database is
/// and where it has to go.
///
/// # Errors
/// [`Error::UnexpectedVersion`] where the database is not at `from`, [`Error::UnknownVersion`]
/// where the history does not have `from` or `to`, [`Error::NotReversible`] where a rollback is
/// missing, and whatever a step returns. The database is then as it was.
pub fn run_migration_steps<M: Migrator>(
    connection: &mut Connection,
    from: i32,
    to: i32,
    steps: &mut M,
) -> Result<()> {
    let history = steps.history();
    history.require(from)?;
    history.require(to)?;
    require_way(steps, from, to)?;
    let done = in_transaction(connection, |transaction| {
        let found = user_version(transaction)?;
        if found != from {
            return Err(Error::UnexpectedVersion {
                expected: from,
                found,
            });
        }
        run_steps(transaction, (from, to), steps, &Watch::default()).map(drop)
    });
    done.map_err(|error| error.classified(|| Files::of(connection)))
}

/// Fails where a rollback is missing between two versions of the history.
pub(crate) fn require_way(migrator: &impl Migrator, from: i32, to: i32) -> Result<()> {
    let history = migrator.history();
    let rollbacks = migrator.rollbacks();
    let mut version = from;
    while version > to {
        let before = history.next_towards(version, to)?;
        if !rollbacks.contains(&version) {
            return Err(Error::NotReversible {
                from: version,
                to: before,
            });
        }
        version = before;
    }
    Ok(())
}

/// Runs the steps, or the rollbacks, in an open transaction and sets `user_version`. Gives back the
/// steps that ran.
pub(crate) fn run_steps<M: Migrator>(
    transaction: &Transaction<'_>,
    (from, to): (i32, i32),
    steps: &mut M,
    watch: &Watch,
) -> Result<Vec<(i32, i32)>> {
    let history = steps.history();
    guard::hold_journal(transaction)?;
    let before = violations(transaction)?;
    let mut ran = Vec::new();
    let mut source = history.at(from)?;
    while source.number() != to {
        let number = source.number();
        let next = history.next_towards(number, to)?;
        let target = history.at(next)?;
        ran.push((number, next));
        watch.step(number, next)?;
        guard::mark(transaction, ran.len())?;
        let step = StepContext::new(transaction, (source, target.clone()), watch);
        let done = if next > number {
            steps.run_step(step)
        } else {
            steps.run_rollback(step)
        };
        done.map_err(|error| {
            let error = error.in_step(number, next, None);
            error.proven_with(history.sqlite.proven_with)
        })?;
        if !guard::holds_since(transaction, ran.len())? {
            return Err(Error::TransactionEnded {
                from: number,
                to: next,
            });
        }
        // A step may have taken no notice.
        watch.settle()?;
        source = target;
    }
    require_no_new(&before, violations(transaction)?)?;
    set_user_version(transaction, to)?;
    Ok(ran)
}

/// Does the work in an immediate transaction with foreign keys off, and restores the connection's
/// settings on every way out, a panic included.
pub(crate) fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T>,
) -> Result<T> {
    if !connection.is_autocommit() {
        return Err(Error::InTransaction);
    }
    // Declared before the transaction, so dropped after it: in a transaction SQLite ignores
    // `PRAGMA foreign_keys`: https://www.sqlite.org/pragma.html#pragma_foreign_keys
    let settings = Settings::save(connection)?;
    // Immediate: a deferred transaction that has read cannot wait for a writer, and the version
    // could change between the read and the lock: https://www.sqlite.org/lang_transaction.html
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    guard::raise(&transaction)?;
    let done = work(&transaction)?;
    guard::lower(&transaction)?;
    let version = user_version(&transaction)?;
    // `Transaction::commit` rolls back before it could be asked whether that is needed.
    if let Err(error) = transaction.execute_batch("COMMIT")
        && !has_committed(&transaction, version, &error)
    {
        return Err(error.into());
    }
    drop(transaction);
    drop(settings);
    Ok(done)
}

/// Whether a `COMMIT` has done its work although it reports an error: a progress handler may strike
/// after it, and what a hook of the WAL returns is reported too:
/// <https://www.sqlite.org/c3ref/wal_hook.html>
fn has_committed(connection: &Connection, version: i32, error: &rusqlite::Error) -> bool {
    let interrupted = error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted);
    // Interrupted before its work, it leaves the transaction open. After a full disk, everything
    // has been rolled back.
    connection.is_autocommit()
        && (interrupted || user_version(connection).is_ok_and(|found| found == version))
}

/// The version of a database: <https://www.sqlite.org/pragma.html#pragma_user_version>
pub(crate) fn user_version(connection: &Connection) -> Result<i32> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

pub(crate) fn set_user_version(connection: &Connection, version: i32) -> Result<()> {
    Ok(connection.execute_batch(&format!("PRAGMA user_version = {version}"))?)
}
