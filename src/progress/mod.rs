//! What an app hears of an upgrade that takes long, and how it cancels one.

mod watch;

use std::fmt;
use std::time::Duration;

pub(crate) use self::watch::Watch;

/// How far an upgrade is: what the hook of
/// [`on_progress`](crate::MigrationStrategy::on_progress) gets.
///
/// Its text is such as `step 2 of 3, from version 4 to 5: table notes, 3000 of 12000 rows`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// The version from which the step starts; before the first step, that of the database.
    pub from: i32,
    /// The version to which it leads; before the first step, the one to which all of them lead.
    pub to: i32,
    /// Which step it is; the first is 1, and before it this is 0.
    pub step: usize,
    /// How many steps there are.
    pub steps: usize,
    /// The table that is being rebuilt; `None` while something else is done.
    pub table: Option<TableProgress>,
    /// How long the upgrade has taken so far.
    pub elapsed: Duration,
}

/// What is being done in an upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The file is being checked, before the first step: [`FileCheck`](crate::FileCheck).
    Check,
    /// The [`Backup`](crate::Backup) is being made, before the first step.
    Backup {
        /// How many pages have been copied.
        pages_done: u64,
        /// How many there are.
        pages: u64,
    },
    /// A step or a rollback is running, or what it left is being checked.
    Step,
}

/// How far the rebuild of a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableProgress {
    /// The table, under its old name.
    pub name: String,
    /// How many of its rows have been copied.
    pub rows_done: u64,
    /// How many it has.
    pub rows: u64,
    /// How long the copy has taken so far.
    pub elapsed: Duration,
    /// How long the copy will take in all if it goes on as it began; `None` before its first rows,
    /// and where a table is copied by a single statement, such as one that is WITHOUT ROWID.
    pub expected: Option<Duration>,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.phase {
            Phase::Check => return f.write_str("checking the file"),
            Phase::Backup { pages_done, pages } => {
                return write!(f, "backing up the file, {pages_done} of {pages} pages");
            }
            Phase::Step => {}
        }
        write!(
            f,
            "step {} of {}, from version {} to {}",
            self.step, self.steps, self.from, self.to
        )?;
        match &self.table {
            Some(table) => write!(
                f,
                ": table {}, {} of {} rows",
                table.name, table.rows_done, table.rows
            ),
            None => Ok(()),
        }
    }
}
