//! What a failed test says.

use std::fmt;

use super::filling::RowKind;
use crate::error::Error;

/// Why a test failed.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    /// What was to be done: one line.
    pub(super) headline: String,
    /// What is wrong.
    pub(super) notes: Vec<String>,
    /// What to do.
    pub(super) helps: Vec<String>,
}

impl Failure {
    fn new(headline: String) -> Self {
        Self {
            headline,
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// Of a database that was empty.
    pub(super) fn of_new(version: i32) -> Self {
        Self::new(format!("a new database does not come to version {version}"))
    }

    /// Of a step on the way from a version.
    pub(super) fn of_step(start: i32, (from, to): (i32, i32), kind: RowKind) -> Self {
        let what = if to < from { "rollback" } else { "step" };
        let before = if start == from {
            String::new()
        } else {
            format!(" of a database that was made at version {start}")
        };
        let rows = kind.described();
        Self::new(format!(
            "the {what} from version {from} to {to}{before} fails {rows}"
        ))
    }

    /// Of versions between which the way ends.
    pub(super) fn of_pair(from: i32, to: i32, end: i32) -> Self {
        Self::new(format!(
            "the upgrade from version {from} to {to} ends before version {end}"
        ))
        .help(format!("see the test `from{from}::to{end}`"))
    }

    /// Of all steps in one transaction.
    pub(super) fn of_all(from: i32, to: i32) -> Self {
        Self::new(format!(
            "the upgrade from version {from} to {to} in one transaction fails with rows in the tables"
        ))
    }

    pub(super) fn note(mut self, note: impl fmt::Display) -> Self {
        self.notes.push(note.to_string());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// With what was reported.
    pub(super) fn by(self, error: Error) -> Self {
        self.note(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)?;
        for note in &self.notes {
            for (index, line) in note.lines().enumerate() {
                let indent = if index == 0 { "  " } else { "    " };
                write!(f, "\n{indent}{line}")?;
            }
        }
        for help in &self.helps {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}
