//! The calls of a step that its documentation suggests.
//!
//! They are those that lose nothing: where a column or table that is gone may be a new one under
//! another name, it is renamed or copied, and a sentence says what to write if it is another one.

use super::fill::fills;
use super::ident::rebuild_struct;
use super::moved::{Moved, moved};
use super::{Input, Step};
use crate::plan::{
    Change, ColumnName, ColumnRename, PlannedRebuild, RequiredColumn, StepPlan, TableRename,
};
use crate::sql_name::sql_name;

/// One call.
#[derive(Debug)]
pub(super) enum Call<'a> {
    RenameColumn(&'a ColumnRename),
    RenameTable(&'a TableRename),
    Rebuild(&'a PlannedRebuild),
    /// The rows of a table go into another one.
    Move(Moved<'a>),
    /// A change that one method of its own makes.
    Change(&'a Change),
    /// A new full-text index is filled: the call, and what it does.
    Fill(String, String),
}

/// What the calls are made from.
pub(super) struct Calls<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) step: &'a Step,
    pub(super) plan: &'a StepPlan,
}

impl<'a> Calls<'a> {
    /// A call for each change, without those that another call makes as well.
    pub(super) fn calls(&self) -> Vec<Call<'a>> {
        let mut made: Vec<&Change> = Vec::new();
        let mut calls = Vec::new();
        let mut moved = moved(self.input, self.step, self.plan);
        for change in &self.plan.changes {
            if made.contains(&change) {
                continue;
            }
            let (call, changes) = self.call(change);
            made.extend(changes);
            // Both tables are there just before the old one goes.
            if let Change::DropTable(name) = change
                && let Some(place) = moved.iter().position(|moved| moved.old.name == *name)
            {
                calls.push(Call::Move(moved.remove(place)));
            }
            calls.push(call);
        }
        let fills = fills(self.input, self.step, self.plan);
        calls.extend(
            fills
                .into_iter()
                .map(|(line, about)| Call::Fill(line, about)),
        );
        calls
    }

    /// The call that makes a change, and all that it makes.
    fn call(&self, change: &'a Change) -> (Call<'a>, &'a [Change]) {
        if let Some(rebuild) = self.only_rebuild(change) {
            return (Call::Rebuild(rebuild), &rebuild.changes);
        }
        let plan = self.plan;
        let table = match change {
            Change::AddColumn(name) | Change::RenameColumnTo(name) => {
                return column(plan.column_rename_to(name), change);
            }
            Change::DropColumn(name) | Change::RenameColumnFrom(name) => {
                return column(plan.column_rename_from(name), change);
            }
            Change::CreateTable(name) => plan.table_rename_to(name),
            Change::DropTable(name) => plan.table_rename_from(name),
            Change::Rebuild(_) => plan.table_rename_of_parent(change),
        };
        match table {
            Some(rename) => (Call::RenameTable(rename), &rename.changes),
            None => (Call::Change(change), std::slice::from_ref(change)),
        }
    }

    /// The rebuild of a table that nothing else can make: it needs one, or a column can only be
    /// renamed and none is likely to be the same.
    fn only_rebuild(&self, change: &Change) -> Option<&'a PlannedRebuild> {
        let plan = self.plan;
        let unclear = |change: &Change| match change {
            Change::RenameColumnTo(name) => plan.column_rename_to(name).is_none(),
            Change::RenameColumnFrom(name) => plan.column_rename_from(name).is_none(),
            Change::Rebuild(_) => plan.table_rename_of_parent(change).is_none(),
            Change::CreateTable(_)
            | Change::DropTable(_)
            | Change::AddColumn(_)
            | Change::DropColumn(_) => false,
        };
        (plan.rebuilds.iter())
            .find(|rebuild| rebuild.changes.contains(change) && rebuild.changes.iter().any(unclear))
    }

    /// The text of a call.
    pub(super) fn line(&self, call: &Call<'_>) -> String {
        match call {
            Call::RenameColumn(rename) => {
                let (old, new) = (self.old_column(&rename.old), self.new_column(&rename.new));
                format!(".rename_column({old}, {new})?")
            }
            Call::RenameTable(rename) => {
                let (old, new) = (self.old_table(&rename.old), self.new_table(&rename.new));
                format!(".rename_table({old}::table, {new}::table)?")
            }
            Call::Rebuild(rebuild) => self.rebuild(rebuild, |required| required.source.as_deref()),
            Call::Move(moved) => format!(".execute({:?}, [])?", moved.sql()),
            Call::Change(change) => self.change(change),
            Call::Fill(line, _) => line.clone(),
        }
    }

    fn change(&self, change: &Change) -> String {
        match change {
            Change::CreateTable(table) => {
                format!(".create_table({}::table)?", self.new_table(table))
            }
            Change::DropTable(table) => format!(".drop_table({}::table)?", self.old_table(table)),
            Change::AddColumn(name) => format!(".add_column({})?", self.new_column(name)),
            Change::DropColumn(name) => format!(".drop_column({})?", self.old_column(name)),
            Change::RenameColumnTo(name) => {
                format!(".rename_column(.., {})?", self.new_column(name))
            }
            Change::RenameColumnFrom(name) => {
                format!(".rename_column({}, ..)?", self.old_column(name))
            }
            Change::Rebuild(table) => format!(".rebuild({} {{}})?", self.rebuild_struct(table)),
        }
    }

    fn rebuild(
        &self,
        rebuild: &PlannedRebuild,
        source: impl Fn(&RequiredColumn) -> Option<&str>,
    ) -> String {
        let path = self.rebuild_struct(&rebuild.new);
        let fields = rebuild.required.iter().map(|required| {
            let field = self.input.names.column(&rebuild.new, &required.column);
            let source = source(required).map(sql_name);
            format!("{field}: {:?}", source.unwrap_or_else(|| "...".to_owned()))
        });
        let fields = fields.collect::<Vec<_>>().join(", ");
        if fields.is_empty() {
            format!(".rebuild({path} {{}})?")
        } else {
            format!(".rebuild({path} {{ {fields} }})?")
        }
    }

    /// The rebuild that makes the changes of the renamed columns of a table, where nothing else
    /// does.
    pub(super) fn rebuild_without(&self, changes: &[Change]) -> Option<&'a PlannedRebuild> {
        (self.plan.rebuilds.iter()).find(|rebuild| {
            (changes.iter()).any(|change| {
                matches!(
                    change,
                    Change::RenameColumnTo(_) | Change::RenameColumnFrom(_)
                ) && rebuild.changes.contains(change)
            })
        })
    }

    /// The calls for the changes of a rename without the rename.
    pub(super) fn without_rename(&self, changes: &[Change]) -> Vec<String> {
        let rebuild = self.rebuild_without(changes);
        let made =
            |change: &&Change| rebuild.is_some_and(|rebuild| rebuild.changes.contains(change));
        let others = (self.plan.changes.iter())
            .filter(|change| changes.contains(change) && !made(change))
            .map(|change| match self.rebuild_of(change) {
                Some(rebuild) => self.rebuild(rebuild, |_| None),
                None => self.change(change),
            });
        let rebuild = rebuild.map(|rebuild| self.rebuild(rebuild, |_| None));
        rebuild.into_iter().chain(others).collect()
    }

    fn rebuild_of(&self, change: &Change) -> Option<&PlannedRebuild> {
        (self.plan.rebuilds.iter()).find(|rebuild| {
            matches!(change, Change::Rebuild(_)) && rebuild.changes.contains(change)
        })
    }

    fn old_table(&self, table: &str) -> String {
        format!("v{}::{}", self.step.from, self.input.names.table(table))
    }

    fn new_table(&self, table: &str) -> String {
        format!("v{}::{}", self.step.to, self.input.names.table(table))
    }

    fn rebuild_struct(&self, table: &str) -> String {
        format!("{}::{}", self.new_table(table), rebuild_struct(self.step))
    }

    fn old_column(&self, name: &ColumnName) -> String {
        let column = self.input.names.column(&name.table, &name.column);
        format!("{}::{column}", self.old_table(&name.table))
    }

    fn new_column(&self, name: &ColumnName) -> String {
        let column = self.input.names.column(&name.table, &name.column);
        format!("{}::{column}", self.new_table(&name.table))
    }
}

fn column<'a>(rename: Option<&'a ColumnRename>, change: &'a Change) -> (Call<'a>, &'a [Change]) {
    match rename {
        Some(rename) => (Call::RenameColumn(rename), &rename.changes),
        None => (Call::Change(change), std::slice::from_ref(change)),
    }
}
