//! The plan for one table that differs.

use stepladder::compare::{CompareOptions, compare_tables};
use stepladder::schema::{Column, Table};
use stepladder::sql::names_equal;

use super::column::{AlteredColumns, alter_in_place, alter_with_renames, likely_renames};
use super::rebuild::plan_rebuild;
use super::{Change, ColumnName, ColumnRename, Scratch, StepPlan};

/// Plans the changes of one table: column by column where `ALTER TABLE` can make them all, as a
/// rebuild otherwise.
pub(super) fn plan_table(scratch: &Scratch, old: &Table, new: &Table, plan: &mut StepPlan) {
    let columns = AlteredColumns::new(scratch, old, new);
    let in_place = alter_in_place(scratch, old, new, &columns);
    let renames = alter_with_renames(scratch, old, new, &columns, in_place);
    if !in_place && renames.is_empty() {
        let changes = vec![Change::Rebuild(new.name.clone())];
        plan.changes.extend(changes.clone());
        plan.rebuilds.push(plan_rebuild(old, new, changes));
        return;
    }
    let dropped = |column: &Column| {
        let name = column_name(old, column);
        if columns.can_drop(column) {
            Change::DropColumn(name)
        } else {
            Change::RenameColumnFrom(name)
        }
    };
    let added = |column: &Column| {
        let name = column_name(new, column);
        if columns.can_add(column) {
            Change::AddColumn(name)
        } else {
            Change::RenameColumnTo(name)
        }
    };
    let mut changes: Vec<_> = columns
        .dropped
        .iter()
        .map(|column| dropped(column))
        .collect();
    changes.extend(columns.added.iter().map(|column| added(column)));
    plan.changes.extend(changes.clone());
    let likely = likely_renames(scratch, old, new, &columns, &renames);
    for (from, to) in renames {
        plan.column_renames.push(ColumnRename {
            old: column_name(old, from),
            new: column_name(new, to),
            changes: vec![dropped(from), added(to)],
            likely: (likely.iter())
                .any(|(old, new)| std::ptr::eq(*old, from) && std::ptr::eq(*new, to)),
        });
    }
    if !in_place {
        plan.rebuilds.push(plan_rebuild(old, new, changes));
    }
}

fn column_name(table: &Table, column: &Column) -> ColumnName {
    ColumnName {
        table: table.name.clone(),
        column: column.name.clone(),
    }
}

/// Whether two tables differ in nothing but their name, and in what refers to it.
pub(super) fn is_renamed(old: &Table, new: &Table) -> bool {
    let mut renamed = old.clone();
    renamed.name.clone_from(&new.name);
    for key in &mut renamed.foreign_keys {
        if names_equal(&key.parent, &old.name) {
            key.parent.clone_from(&new.name);
        }
    }
    compare_tables(new, &renamed, &CompareOptions::default()).is_empty()
}
