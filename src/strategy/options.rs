//! What is set once and only read while databases are opened.

use crate::backup::Backup;
#[cfg(feature = "verify")]
use crate::verify::validation::Validating;

/// The settings of a strategy.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) target: Option<i32>,
    pub(super) transaction: TransactionMode,
    pub(super) application_id: Option<i32>,
    pub(super) backup: Option<Backup>,
    /// Whether a hook brings databases to the oldest version.
    pub(super) has_before_steps: bool,
    #[cfg(feature = "verify")]
    pub(super) validating: Validating,
}

/// How many transactions an upgrade takes.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// use stepladder::{MigrationStrategy, TransactionMode};
///
/// let strategy = MigrationStrategy::new(schema::migration_steps(()))
///     .transaction(TransactionMode::EachStep);
/// # let _ = strategy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransactionMode {
    /// All steps and `user_version` in one: the file is at the old version or at the new one.
    #[default]
    All,
    /// One a step, for very large databases: what has to be kept for a rollback, in the journal or
    /// in the WAL, is that of one step. Each ends with the same checks and sets `user_version`, so
    /// that the file is at some version of the history whatever happens, and the next try goes on
    /// from there. `before_steps` counts as a step.
    ///
    /// An error after a step has been committed is
    /// [`Error::PartlyUpgraded`](crate::Error::PartlyUpgraded) and names that version.
    EachStep,
}
