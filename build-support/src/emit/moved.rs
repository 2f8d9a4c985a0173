//! Tables that are gone, and new ones that most likely are the same under another name and changed:
//! `ALTER TABLE` cannot make both, so the rows are copied.

use stepladder::schema::{Entity, Schema, Table};

use super::{Input, Step};
use crate::plan::{Change, PlannedRebuild, StepPlan, plan_rebuild};
use crate::sql_name::sql_name;

/// A table whose rows go into another one.
#[derive(Debug)]
pub(super) struct Moved<'h> {
    /// The table at the old version.
    pub(super) old: &'h Table,
    /// The table at the new version.
    pub(super) new: &'h Table,
    /// What of the rows goes where.
    pub(super) copy: PlannedRebuild,
}

/// The tables that a step most likely renames and changes.
pub(super) fn moved<'h>(input: &Input<'h>, step: &Step, plan: &StepPlan) -> Vec<Moved<'h>> {
    let (Some(old), Some(new)) = (schema(input, step.from), schema(input, step.to)) else {
        return Vec::new();
    };
    let created = plan.changes.iter().filter_map(|change| match change {
        Change::CreateTable(name) if plan.table_rename_to(name).is_none() => new.table(name),
        _ => None,
    });
    let created: Vec<_> = created.collect();
    let mut pairs = Vec::new();
    for change in &plan.changes {
        let Change::DropTable(name) = change else {
            continue;
        };
        let Some(old) = (old.table(name)).filter(|_| plan.table_rename_from(name).is_none()) else {
            continue;
        };
        // A table that goes before all others makes room for one of its name.
        if !matches!(new.relation(name), Some(Entity::VirtualTable(_))) {
            pairs.extend(created.iter().map(|new| (old, *new)));
        }
    }
    pairs.retain(|(old, new)| is_similar(old, new));
    pairs.sort_by_key(|(old, new)| std::cmp::Reverse(common(old, new)));
    let mut moved: Vec<Moved<'_>> = Vec::new();
    for (old, new) in pairs {
        let free =
            |other: &Moved<'_>| !std::ptr::eq(other.old, old) && !std::ptr::eq(other.new, new);
        if moved.iter().all(free) {
            let copy = plan_rebuild(old, new, Vec::new());
            moved.push(Moved { old, new, copy });
        }
    }
    moved
}

fn schema<'h>(input: &Input<'h>, version: i32) -> Option<&'h Schema> {
    let mut versions = input.history.versions.iter();
    Some(&versions.find(|known| known.number == version)?.schema)
}

/// The number of columns that two tables have in common.
fn common(old: &Table, new: &Table) -> usize {
    let is_common =
        |name: &str, affinity| (old.column(name)).is_some_and(|column| column.affinity == affinity);
    let columns = new.columns.iter();
    (columns.filter(|column| is_common(&column.name, column.affinity))).count()
}

/// Most tables have an `id`: that alone says nothing.
fn is_similar(old: &Table, new: &Table) -> bool {
    let common = common(old, new);
    common >= 2 && common * 2 >= old.columns.len().max(new.columns.len())
}

impl Moved<'_> {
    /// `INSERT INTO people (id, name) SELECT id, name FROM users`
    pub(super) fn sql(&self) -> String {
        let copied = (self.copy.copied.iter()).map(|column| (&column.new, sql_name(&column.old)));
        let required = (self.copy.required.iter()).map(|column| {
            let source = column.source.as_ref().map(|source| sql_name(source));
            (&column.column, source.unwrap_or_else(|| "...".to_owned()))
        });
        let (targets, sources): (Vec<_>, Vec<_>) = (copied.chain(required))
            .map(|(new, old)| (sql_name(new), old))
            .unzip();
        format!(
            "INSERT INTO {} ({}) SELECT {} FROM {}",
            sql_name(&self.new.name),
            targets.join(", "),
            sources.join(", "),
            sql_name(&self.old.name)
        )
    }

    /// The columns of the old table that are not copied.
    pub(super) fn left_behind(&self) -> Vec<String> {
        left_behind(&self.copy)
    }
}

/// The columns of the old table that the new one has not, and that are no source of another column.
pub(super) fn left_behind(copy: &PlannedRebuild) -> Vec<String> {
    let is_source = |name: &&String| {
        let mut required = copy.required.iter();
        required.any(|required| required.source.as_ref() == Some(*name))
    };
    let gone = copy.dropped.iter().filter(|name| !is_source(name));
    gone.cloned().collect()
}
