//! From differences to the changes that a step has to make, and to the means that can make them.
//!
//! Whether `ALTER TABLE` can do something is not decided by rules of ours: the statement is tried
//! on an empty copy of the table, and on one with a row where rows make the difference.

mod column;
mod likely;
mod rebuild;
mod rename;
mod scratch;
mod table;
#[cfg(test)]
mod tests;

use stepladder::compare::{CompareOptions, compare_tables};
use stepladder::schema::{Entity, ForeignKey, Schema};
use stepladder::sql::names_equal;

pub(crate) use rebuild::{
    PlannedRebuild, RequiredColumn, external_content, plan_rebuild, rowid_name, rowid_of,
};
pub(crate) use scratch::Scratch;

use crate::diff::{DerivedChange, Diff, diff};

/// What a step from one version to the next has to make, and by which means.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepPlan {
    /// The changes, in the order in which they are pending.
    pub(crate) changes: Vec<Change>,
    /// The columns that a rename can make.
    pub(crate) column_renames: Vec<ColumnRename>,
    /// The tables that a rename can make.
    pub(crate) table_renames: Vec<TableRename>,
    /// The tables that a rebuild can make.
    pub(crate) rebuilds: Vec<PlannedRebuild>,
    /// What the step brings to the new version by itself.
    pub(crate) derived: Vec<DerivedChange>,
}

/// One change that a step has to make. Names are those of the version that has the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A table is new.
    CreateTable(String),
    /// A table is gone.
    DropTable(String),
    /// A column is new, and `ALTER TABLE ADD COLUMN` can add it.
    AddColumn(ColumnName),
    /// A column is gone, and `ALTER TABLE DROP COLUMN` can drop it.
    DropColumn(ColumnName),
    /// A column is new, and only a rename or a rebuild can make it.
    RenameColumnTo(ColumnName),
    /// A column is gone, and only a rename or a rebuild can do that.
    RenameColumnFrom(ColumnName),
    /// A table differs in a way that no `ALTER TABLE` can make.
    Rebuild(String),
}

/// A table that takes the name of a virtual table, or the reverse, can only come after it.
fn make_room(changes: &mut [Change]) {
    let created: Vec<String> = (changes.iter())
        .filter_map(|change| match change {
            Change::CreateTable(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    changes.sort_by_key(|change| match change {
        Change::DropTable(old) => !created.iter().any(|new| names_equal(new, old)),
        _ => true,
    });
}

impl Change {
    fn rank(&self) -> usize {
        match self {
            Self::CreateTable(_) => 0,
            Self::AddColumn(_) | Self::RenameColumnTo(_) => 1,
            Self::Rebuild(_) => 2,
            Self::DropColumn(_) | Self::RenameColumnFrom(_) => 3,
            Self::DropTable(_) => 4,
        }
    }
}

/// A column by its table and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnName {
    /// The table.
    pub(crate) table: String,
    /// The column.
    pub(crate) column: String,
}

/// A column that can get another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnRename {
    /// The column at the old version.
    pub(crate) old: ColumnName,
    /// The column at the new version.
    pub(crate) new: ColumnName,
    /// The changes that the rename makes.
    pub(crate) changes: Vec<Change>,
    /// Whether it is the one to suggest: of several for one thing at most one is.
    pub(crate) likely: bool,
}

/// A table that can get another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableRename {
    /// The table at the old version.
    pub(crate) old: String,
    /// The table at the new version.
    pub(crate) new: String,
    /// The changes that the rename makes.
    pub(crate) changes: Vec<Change>,
    /// Whether it is the one to suggest: of several for one thing at most one is.
    pub(crate) likely: bool,
}

/// The plan for the step between two schemas.
pub(crate) fn plan(scratch: &Scratch, old: &Schema, new: &Schema) -> StepPlan {
    let found = diff(old, new);
    let mut plan = StepPlan {
        derived: found.derived.clone(),
        ..StepPlan::default()
    };
    for entity in &found.created {
        plan.changes
            .push(Change::CreateTable(entity.name().to_owned()));
    }
    for (old, new) in &found.tables {
        table::plan_table(scratch, old, new, &mut plan);
    }
    for (old, new) in &found.virtual_tables {
        rebuild::plan_virtual_table(old, new, &mut plan);
    }
    for entity in &found.dropped {
        plan.changes
            .push(Change::DropTable(entity.name().to_owned()));
    }
    // What is new comes before what goes, so that data can be moved in between.
    plan.changes.sort_by_key(Change::rank);
    make_room(&mut plan.changes);
    plan_table_renames(&found, &mut plan);
    plan_parents_of_renamed_columns(&found, &mut plan);
    plan
}

/// A table that is gone and one that is new are a rename where nothing but the name differs.
fn plan_table_renames(found: &Diff<'_>, plan: &mut StepPlan) {
    for old in &found.dropped {
        for new in &found.created {
            if !is_renamed(old, new) {
                continue;
            }
            let mut changes = vec![
                Change::DropTable(old.name().to_owned()),
                Change::CreateTable(new.name().to_owned()),
            ];
            changes.extend(rebuilds_by_rename(found, plan, |key| {
                if names_equal(&key.parent, old.name()) {
                    new.name().clone_into(&mut key.parent);
                }
            }));
            plan.table_renames.push(TableRename {
                old: old.name().to_owned(),
                new: new.name().to_owned(),
                changes,
                likely: false,
            });
        }
    }
    let pairs: Vec<_> = (plan.table_renames.iter())
        .map(|rename| (rename.old.clone(), rename.new.clone()))
        .collect();
    for (old, new) in likely::likely(&pairs, |(old, new)| (old, new)) {
        for rename in &mut plan.table_renames {
            rename.likely |= rename.old == *old && rename.new == *new;
        }
    }
}

/// A rename names all changes that it makes in one type, and rustc does not follow types that are
/// nested hundreds deep. Tables beyond these are rebuilt, which is right as well.
const MOST_CHILDREN: usize = 50;

/// SQLite rewrites the foreign keys that refer to what is renamed. A table that differs in nothing
/// else needs no rebuild then: the rename makes its change as well.
fn rebuilds_by_rename(
    found: &Diff<'_>,
    plan: &StepPlan,
    rename: impl Fn(&mut ForeignKey),
) -> Vec<Change> {
    let children = found.tables.iter().filter(|(old, new)| {
        let mut renamed = (*old).clone();
        renamed.foreign_keys.iter_mut().for_each(&rename);
        compare_tables(new, &renamed, &CompareOptions::default()).is_empty()
    });
    children
        .map(|(_, new)| Change::Rebuild(new.name.clone()))
        .filter(|change| plan.changes.contains(change))
        .take(MOST_CHILDREN)
        .collect()
}

/// A renamed column takes the foreign keys that refer to it along.
fn plan_parents_of_renamed_columns(found: &Diff<'_>, plan: &mut StepPlan) {
    let mut renames = std::mem::take(&mut plan.column_renames);
    for rename in &mut renames {
        rename
            .changes
            .extend(rebuilds_by_rename(found, plan, |key| {
                if names_equal(&key.parent, &rename.old.table) {
                    for column in key.parent_columns.iter_mut().flatten() {
                        if names_equal(column, &rename.old.column) {
                            rename.new.column.clone_into(column);
                        }
                    }
                }
            }));
    }
    plan.column_renames = renames;
}

fn is_renamed(old: &Entity, new: &Entity) -> bool {
    match (old, new) {
        (Entity::Table(old), Entity::Table(new)) => table::is_renamed(old, new),
        (Entity::VirtualTable(old), Entity::VirtualTable(new)) => {
            names_equal(&old.module, &new.module) && old.arguments == new.arguments
        }
        (
            Entity::Table(_)
            | Entity::VirtualTable(_)
            | Entity::Index(_)
            | Entity::Trigger(_)
            | Entity::View(_),
            _,
        ) => false,
    }
}
