//! What a client that keeps a synchronised copy of some tables has to do after it was upgraded.

mod change;
mod compose;

use std::fmt;

pub use change::TableChange;

use crate::error::Result;
use crate::history::History;

/// What of a table a version changed. Generated, as a part of the history.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct TableEvolution {
    /// The version in which it changed.
    pub version: i32,
    /// Its name in that version; that in the version before where it is gone.
    pub table: &'static str,
    /// What changed.
    pub changes: &'static [TableChange],
}

/// What a client has to do with its copy of a table: the strongest of what its changes ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResyncAction {
    /// Nothing: what it has is complete.
    Keep,
    /// Load the rows again. Those that it has are right, but not complete.
    Reload,
    /// Delete the rows that it has and load all again: there may be some among them that the other
    /// side has not, or has under another key. Send local changes before that.
    ClearFirst,
    /// Nothing: the table is not there any more.
    Gone,
}

/// What a client has to do after an upgrade, table by table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResyncPlan {
    /// The version that the client was at.
    pub from: i32,
    /// The version that it is at now.
    pub to: i32,
    /// The tables of version `to` in the order in which they are created, then those that are gone.
    /// A full-text index over the rows of another table is none.
    pub tables: Vec<TableResync>,
}

/// What a client has to do with its copy of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableResync {
    /// The table: by its name in version `to`, or in version `from` where it is gone.
    pub table: &'static str,
    /// Its name in version `from`, where that was another one.
    pub old_table: Option<&'static str>,
    /// What there is to do.
    pub action: ResyncAction,
    /// Why, the oldest change first; empty where nothing changed.
    pub reasons: Vec<ResyncReason>,
    /// The columns of version `from` that have another name in version `to`.
    pub renamed_columns: Vec<RenamedColumn>,
}

/// A change that a version made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResyncReason {
    /// The version that made it, also on the way back, where it is undone.
    pub version: i32,
    /// What changed, by the names that are in use after it.
    pub change: TableChange,
}

/// A column with the names that it has in two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RenamedColumn {
    /// The name in version `from`.
    pub old: &'static str,
    /// The name in version `to`.
    pub new: &'static str,
}

impl History {
    /// What a client that keeps a copy of a server's tables has to do after it was upgraded from
    /// one version to another.
    ///
    /// What a step computes, the server computes as well; so an `UPDATE` in a step asks for nothing. A new
    /// column does, since the server may hold values for it that this client has never asked for. Where
    /// `from` is the newer version it is about the way back.
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// use stepladder::ResyncAction;
    ///
    /// # fn main() -> stepladder::Result<()> {
    /// // The versions are those of `OpeningDetails`, in the hook `before_open`.
    /// let plan = schema::history().resync_plan(1, 3)?;
    /// for table in &plan.tables {
    ///     match table.action {
    ///         ResyncAction::Keep | ResyncAction::Gone => {}
    ///         ResyncAction::Reload => println!("ask the server for all rows of {}", table.table),
    ///         ResyncAction::ClearFirst => println!("delete the rows of {} before that", table.table),
    ///     }
    /// }
    /// assert_eq!(plan.to_string(), "`notes`: load again: column `created` is new (version 2)");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownVersion`](crate::Error::UnknownVersion) where the history has not both.
    pub fn resync_plan(&self, from: i32, to: i32) -> Result<ResyncPlan> {
        let (before, after) = (self.at(from)?, self.at(to)?);
        let tables = compose::compose(&before, &after, self.evolution);
        Ok(ResyncPlan { from, to, tables })
    }
}

impl ResyncPlan {
    /// What there is to do with a table of version `to`.
    pub fn table(&self, name: &str) -> Option<&TableResync> {
        let mut tables = self.tables.iter();
        tables.find(|table| {
            table.action != ResyncAction::Gone && crate::sql::names_equal(table.table, name)
        })
    }

    /// The tables with which this is to be done.
    pub fn tables_to(&self, action: ResyncAction) -> impl Iterator<Item = &TableResync> {
        self.tables
            .iter()
            .filter(move |table| table.action == action)
    }
}

/// One line for each table.
impl fmt::Display for ResyncPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, table) in self.tables.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            write!(f, "{newline}{table}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TableResync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.table, self.action)?;
        for (index, reason) in self.reasons.iter().enumerate() {
            let between = if index == 0 { ": " } else { ", " };
            write!(f, "{between}{reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ResyncReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (version {})", self.change, self.version)
    }
}

impl fmt::Display for ResyncAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::Reload => "load again",
            Self::ClearFirst => "clear, then load again",
            Self::Gone => "gone",
        })
    }
}
