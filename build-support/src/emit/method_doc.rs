//! The documentation of a step's method: what it has to make, as code to copy.
//!
//! The code is the one that loses nothing: where a column or table that is gone may be a new one
//! under another name, it is renamed, and a sentence says what to write if it is not.

use super::doc::code;
use super::fill::fills;
use super::{Input, Step};
use crate::diff::DerivedChangeKind;
use crate::plan::{Change, ColumnName, PlannedRebuild, StepPlan};

pub(super) fn method_doc(input: &Input<'_>, step: &Step, plan: &StepPlan) -> String {
    let calls = Calls { input, step, plan };
    let lines = calls.lines();
    let Step { from, to, .. } = step;
    let mut doc = format!("The step from version {from} to {to}.");
    if lines.is_empty() {
        doc.push_str(" No table changes, so this is all that it has to do:\n\n```text\nm.done()");
    } else {
        doc.push_str(" This makes all its changes:\n\n```text\nm");
        for line in &lines {
            doc.push_str("\n    ");
            doc.push_str(line);
        }
        doc.push_str("\n    .done()");
    }
    doc.push_str("\n```");
    let sentences = calls.renamed().into_iter().chain(calls.ambiguous());
    let fills = fills(input, step, plan)
        .into_iter()
        .map(|(_, sentence)| sentence);
    for sentence in sentences.chain(calls.expressions()).chain(fills) {
        doc.push_str("\n\n");
        doc.push_str(&sentence);
    }
    doc.push_str(&derived_doc(plan));
    doc
}

/// The calls of one step.
struct Calls<'a> {
    input: &'a Input<'a>,
    step: &'a Step,
    plan: &'a StepPlan,
}

impl Calls<'_> {
    /// A call for each change, without those that another call makes as well.
    fn lines(&self) -> Vec<String> {
        let mut made: Vec<&Change> = Vec::new();
        let mut lines = Vec::new();
        for change in &self.plan.changes {
            if made.contains(&change) {
                continue;
            }
            if let Some((line, changes)) = self.rename(change) {
                // Where the change that goes comes first, its call waits for the one that comes.
                lines.push(line);
                made.extend(changes);
            } else if let Some(rebuild) = self.only_rebuild(change) {
                lines.push(self.rebuild(rebuild));
                made.extend(&rebuild.changes);
            } else {
                lines.push(self.call(change));
            }
        }
        lines.extend(
            fills(self.input, self.step, self.plan)
                .into_iter()
                .map(|(line, _)| line),
        );
        lines
    }

    /// The rename that makes a change, where there is only one, and all that it makes.
    fn rename(&self, change: &Change) -> Option<(String, &[Change])> {
        let plan = self.plan;
        let column = match change {
            Change::AddColumn(name) | Change::RenameColumnTo(name) => plan.column_rename_to(name),
            Change::DropColumn(name) | Change::RenameColumnFrom(name) => {
                plan.column_rename_from(name)
            }
            Change::CreateTable(_) | Change::DropTable(_) | Change::Rebuild(_) => None,
        };
        if let Some(rename) = column {
            let (old, new) = (self.old_column(&rename.old), self.new_column(&rename.new));
            return Some((format!(".rename_column({old}, {new})?"), &rename.changes));
        }
        let table = match change {
            Change::CreateTable(name) => plan.table_rename_to(name),
            Change::DropTable(name) => plan.table_rename_from(name),
            Change::Rebuild(_) => plan.table_rename_of_parent(change),
            Change::AddColumn(_)
            | Change::RenameColumnTo(_)
            | Change::DropColumn(_)
            | Change::RenameColumnFrom(_) => None,
        };
        table.map(|rename| {
            let (old, new) = (self.old_table(&rename.old), self.new_table(&rename.new));
            let line = format!(".rename_table({old}::table, {new}::table)?");
            (line, rename.changes.as_slice())
        })
    }

    /// The rebuild of a table that nothing else can make: it needs one, or a column that can only
    /// be renamed may come from several.
    fn only_rebuild(&self, change: &Change) -> Option<&PlannedRebuild> {
        let unclear = |change: &Change| match change {
            Change::RenameColumnTo(_) | Change::RenameColumnFrom(_) => {
                self.rename(change).is_none()
            }
            Change::Rebuild(_) => true,
            Change::CreateTable(_)
            | Change::DropTable(_)
            | Change::AddColumn(_)
            | Change::DropColumn(_) => false,
        };
        (self.plan.rebuilds.iter())
            .find(|rebuild| rebuild.changes.contains(change) && rebuild.changes.iter().any(unclear))
    }

    fn call(&self, change: &Change) -> String {
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
            Change::Rebuild(table) => format!(".rebuild({}::Rebuild {{}})?", self.new_table(table)),
        }
    }

    fn rebuild(&self, rebuild: &PlannedRebuild) -> String {
        let path = self.new_table(&rebuild.new);
        let fields = rebuild.required.iter().map(|required| {
            let field = self.input.names.column(&rebuild.new, &required.column);
            format!("{field}: \"...\"")
        });
        let fields = fields.collect::<Vec<_>>().join(", ");
        if fields.is_empty() {
            format!(".rebuild({path}::Rebuild {{}})?")
        } else {
            format!(".rebuild({path}::Rebuild {{ {fields} }})?")
        }
    }

    /// What the code takes for a rename, and what to write if it is none.
    fn renamed(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        for change in &self.plan.changes {
            let (kind, old, new, changes) = match change {
                Change::AddColumn(name) | Change::RenameColumnTo(name) => {
                    let Some(rename) = self.plan.column_rename_to(name) else {
                        continue;
                    };
                    (
                        "column",
                        dotted(&rename.old),
                        dotted(&rename.new),
                        &rename.changes,
                    )
                }
                Change::CreateTable(name) => {
                    let Some(rename) = self.plan.table_rename_to(name) else {
                        continue;
                    };
                    (
                        "table",
                        rename.old.clone(),
                        rename.new.clone(),
                        &rename.changes,
                    )
                }
                Change::DropTable(_)
                | Change::DropColumn(_)
                | Change::RenameColumnFrom(_)
                | Change::Rebuild(_) => continue,
            };
            let other = self.without_rename(changes);
            let (old, new) = (code(&old), code(&new));
            let what = if kind == "column" { "values" } else { "rows" };
            sentences.push(format!(
                "This takes {new} for {old} under another name, and keeps its {what}.\n\
                 If it is another {kind}, write this instead; the {what} of {old} are then gone:\n\n\
                 ```text\n    {}\n```",
                other.join("\n    ")
            ));
        }
        sentences
    }

    /// The calls for the changes of a rename without the rename.
    fn without_rename(&self, changes: &[Change]) -> Vec<String> {
        let rebuild = (self.plan.rebuilds.iter()).find(|rebuild| {
            let only_renamed = |change: &Change| {
                matches!(
                    change,
                    Change::RenameColumnTo(_) | Change::RenameColumnFrom(_)
                ) && rebuild.changes.contains(change)
            };
            changes.iter().any(only_renamed)
        });
        if let Some(rebuild) = rebuild {
            return vec![self.rebuild(rebuild)];
        }
        let in_order = self
            .plan
            .changes
            .iter()
            .filter(|change| changes.contains(change));
        (in_order)
            .map(|change| match self.rebuild_of(change) {
                Some(rebuild) => self.rebuild(rebuild),
                None => self.call(change),
            })
            .collect()
    }

    fn rebuild_of(&self, change: &Change) -> Option<&PlannedRebuild> {
        (self.plan.rebuilds.iter()).find(|rebuild| {
            matches!(change, Change::Rebuild(_)) && rebuild.changes.contains(change)
        })
    }

    /// The renames between which the code does not choose.
    fn ambiguous(&self) -> Vec<String> {
        let columns = (self.plan.column_renames.iter())
            .filter(|rename| self.plan.column_rename_to(&rename.new).is_none())
            .map(|rename| {
                let (old, new) = (self.old_column(&rename.old), self.new_column(&rename.new));
                format!("`.rename_column({old}, {new})?`")
            });
        let tables = (self.plan.table_renames.iter())
            .filter(|rename| self.plan.table_rename_to(&rename.new).is_none())
            .map(|rename| {
                let (old, new) = (self.old_table(&rename.old), self.new_table(&rename.new));
                format!("`.rename_table({old}::table, {new}::table)?`")
            });
        let renames: Vec<_> = columns.chain(tables).collect();
        if renames.is_empty() {
            return renames;
        }
        vec![format!(
            "If a name has changed, one of these keeps the data, in place of the calls that make\n\
             the new one and drop the old one:\n\n- {}",
            renames.join("\n- ")
        )]
    }

    /// What the expressions of the rebuilds are for.
    fn expressions(&self) -> Vec<String> {
        let lines: Vec<_> = (self.plan.changes.iter())
            .filter_map(|change| {
                self.rebuild_of(change)
                    .filter(|_| self.rename(change).is_none())
            })
            .flat_map(|rebuild| {
                rebuild.required.iter().map(|required| {
                    let column = code(&format!("{}.{}", rebuild.new, required.column));
                    format!("\n- {column}: {}", required.reason)
                })
            })
            .collect();
        if lines.is_empty() {
            return Vec::new();
        }
        vec![format!(
            "Each `\"...\"` is an SQL expression over the columns of the old table:\n{}",
            lines.concat()
        )]
    }

    fn old_table(&self, table: &str) -> String {
        format!("v{}::{}", self.step.from, self.input.names.table(table))
    }

    fn new_table(&self, table: &str) -> String {
        format!("v{}::{}", self.step.to, self.input.names.table(table))
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

/// `todos.due_date`
fn dotted(name: &ColumnName) -> String {
    format!("{}.{}", name.table, name.column)
}

fn derived_doc(plan: &StepPlan) -> String {
    if plan.derived.is_empty() {
        return String::new();
    }
    let lines = plan.derived.iter().map(|derived| {
        let verb = match derived.change {
            DerivedChangeKind::Created => "create",
            DerivedChangeKind::Dropped => "drop",
            DerivedChangeKind::Changed => "change",
        };
        format!("\n- {verb} the {} {}", derived.kind, code(&derived.name))
    });
    format!(
        "\n\n`.done()` does the rest by itself:\n{}",
        lines.collect::<String>()
    )
}
