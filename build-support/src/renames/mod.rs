//! Which table and which column became which, step by step.
//!
//! A step in SQL says it itself. What a step in Rust does is not seen here, so that `[renames]` in
//! `stepladder.toml` says it, unless there is but one way.

mod both;
mod copy;
mod follow;
mod lineage;
mod said;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use stepladder::sql::names_equal;

pub(crate) use both::check_write_both;
pub(crate) use lineage::old_names;
pub(crate) use said::Said;

use crate::diagnostic::Diagnostics;
use crate::emit::{Step, StepBody};
use crate::history::History;
use crate::plan::{Change, ColumnRename, StepPlan};

/// What got another name in one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Renames {
    /// The tables.
    pub(crate) tables: Vec<Renamed>,
    /// The columns, by the name of their table in the new version.
    pub(crate) columns: BTreeMap<String, Vec<Renamed>>,
}

/// Two names of one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Renamed {
    /// The name before.
    pub(crate) old: String,
    /// The name now.
    pub(crate) new: String,
}

impl Renames {
    /// What a table of the new version was called, if it was there.
    pub(crate) fn old_table<'n>(&'n self, new: &'n str) -> &'n str {
        let mut tables = self.tables.iter();
        let renamed = tables.find(|renamed| names_equal(&renamed.new, new));
        renamed.map_or(new, |renamed| &renamed.old)
    }

    /// The columns of a table of the new version.
    pub(crate) fn columns_of(&self, new_table: &str) -> &[Renamed] {
        let mut tables = self.columns.iter();
        let found = tables.find(|(table, _)| names_equal(table, new_table));
        found.map_or(&[], |(_, columns)| columns)
    }

    /// The name before of a column that got its name in this step.
    pub(crate) fn old_column(&self, new_table: &str, new: &str) -> Option<&str> {
        let mut columns = self.columns_of(new_table).iter();
        let renamed = columns.find(|renamed| names_equal(&renamed.new, new))?;
        Some(&renamed.old)
    }

    pub(crate) fn add_column(&mut self, table: &str, renamed: Renamed) {
        let columns = self.columns.entry(table.to_owned()).or_default();
        columns.push(renamed);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.columns.is_empty()
    }
}

/// The renames of each step, the oldest first. What `[renames]` says and cannot be is an error.
pub(crate) fn recorded_renames(
    history: &History,
    steps: &[Step],
    errors: &mut Diagnostics,
) -> Vec<Renames> {
    let pairs = history.versions.windows(2).zip(steps);
    let mut renames: Vec<_> = pairs
        .map(|(pair, step)| match &step.body {
            StepBody::Sql(script) => follow::follow(script, &pair[0].schema, &pair[1].schema),
            StepBody::Rust(plan) => planned(plan),
        })
        .collect();
    said::add_said(history, &mut renames, errors);
    renames
}

/// What can only be made by a rename, and only by one. A rebuild could make it from something else, but
/// nobody gives a column the type and place of another one for that.
fn planned(plan: &StepPlan) -> Renames {
    let mut found = Renames::default();
    for rename in &plan.column_renames {
        let is_forced = |change: &Change| {
            matches!(
                change,
                Change::RenameColumnTo(_) | Change::RenameColumnFrom(_)
            )
        };
        if rename.changes.iter().any(is_forced) && is_alone(plan, rename) {
            let (old, new) = (&rename.old.column, &rename.new.column);
            found.add_column(
                &rename.new.table,
                Renamed {
                    old: old.clone(),
                    new: new.clone(),
                },
            );
        }
    }
    found
}

fn is_alone(plan: &StepPlan, rename: &ColumnRename) -> bool {
    let same = plan
        .column_renames
        .iter()
        .filter(|other| other.old == rename.old || other.new == rename.new);
    same.count() == 1
}

/// The renames that a step in Rust may make and that nobody has told of, as lines for `[renames]`.
pub(crate) fn undecided(step: &Step, recorded: &Renames) -> Vec<String> {
    let StepBody::Rust(plan) = &step.body else {
        return Vec::new();
    };
    let tables = plan.table_renames.iter().filter(|rename| {
        rename.likely && names_equal(recorded.old_table(&rename.new), &rename.new)
    });
    let tables = tables.map(|rename| format!("\"{}\" = \"{}\"", rename.new, rename.old));
    let columns = plan.column_renames.iter().filter(|rename| {
        let known = recorded.columns_of(&rename.new.table).iter();
        let mut known = known.filter(|known| {
            names_equal(&known.new, &rename.new.column)
                || names_equal(&known.old, &rename.old.column)
        });
        rename.likely && known.next().is_none()
    });
    let columns = columns.map(|rename| {
        let (table, new) = (&rename.new.table, &rename.new.column);
        format!("\"{table}.{new}\" = \"{}\"", rename.old.column)
    });
    tables.chain(columns).collect()
}
