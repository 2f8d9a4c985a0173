//! The changes between two versions, one version after the other.

use super::{RenamedColumn, ResyncAction, ResyncReason, TableChange, TableEvolution, TableResync};
use crate::entity::EntityKind;
use crate::full_text;
use crate::history::SchemaVersion;
use crate::sql::names_equal;

/// A table on its way from a version to another.
#[derive(Debug)]
struct Tracked {
    /// The name at the version where the way begins; `None` where it is newer.
    first: Option<&'static str>,
    now: &'static str,
    columns: Vec<TrackedColumn>,
    reasons: Vec<(ResyncReason, Option<ColumnId>)>,
}

/// A column that was mentioned. Others have the name that they always had.
#[derive(Debug)]
struct TrackedColumn {
    id: ColumnId,
    first: Option<&'static str>,
    /// `None` once it is gone.
    now: Option<&'static str>,
}

type ColumnId = usize;

pub(super) fn compose(
    before: &SchemaVersion,
    after: &SchemaVersion,
    evolution: &'static [TableEvolution],
) -> Vec<TableResync> {
    let mut tables: Vec<_> = exchanged(before).map(Tracked::new).collect();
    let mut gone = Vec::new();
    for (version, entries) in way(before.number(), after.number(), evolution) {
        make_version(version, &entries, &mut tables, &mut gone);
    }
    let found = exchanged(after).filter_map(|name| {
        let place = tables
            .iter()
            .position(|table| names_equal(table.now, name))?;
        Some(tables.swap_remove(place).resync(name))
    });
    let mut found: Vec<_> = found.collect();
    found.extend(gone);
    found
}

/// The tables whose rows are exchanged: a full-text index over another table has none of its own.
fn exchanged(version: &SchemaVersion) -> impl Iterator<Item = &'static str> {
    let tables = version
        .entities()
        .iter()
        .filter(|entity| match entity.kind {
            EntityKind::Table => true,
            EntityKind::VirtualTable => full_text::content(entity.sql).is_none(),
            EntityKind::Index | EntityKind::Trigger | EntityKind::View => false,
        });
    tables.map(|entity| entity.name)
}

/// What one version makes of a table.
struct Entry {
    old: Option<&'static str>,
    new: Option<&'static str>,
    changes: Vec<TableChange>,
}

/// The versions between two, in the order of the way, each with what it changes.
fn way(from: i32, to: i32, evolution: &'static [TableEvolution]) -> Vec<(i32, Vec<Entry>)> {
    let between =
        |entry: &&TableEvolution| from.min(to) < entry.version && entry.version <= from.max(to);
    let mut versions: Vec<(i32, Vec<Entry>)> = Vec::new();
    for entry in evolution.iter().filter(between) {
        let made = if from < to { forth(entry) } else { back(entry) };
        match versions.last_mut() {
            Some((version, entries)) if *version == entry.version => entries.push(made),
            Some(_) | None => versions.push((entry.version, vec![made])),
        }
    }
    if from > to {
        versions.reverse();
    }
    versions
}

fn forth(entry: &TableEvolution) -> Entry {
    let (mut old, mut new) = (Some(entry.table), Some(entry.table));
    for change in entry.changes {
        match change {
            TableChange::TableCreated => old = None,
            TableChange::TableGone => new = None,
            TableChange::TableRenamed { old: name, .. } => old = Some(*name),
            _ => {}
        }
    }
    Entry {
        old,
        new,
        changes: entry.changes.to_vec(),
    }
}

fn back(entry: &TableEvolution) -> Entry {
    let Entry { old, new, changes } = forth(entry);
    let old_name = |name: &'static str| {
        let renamed = changes.iter().find_map(|change| match change {
            TableChange::ColumnRenamed { old, new } if names_equal(new, name) => Some(*old),
            _ => None,
        });
        renamed.unwrap_or(name)
    };
    Entry {
        old: new,
        new: old,
        changes: (changes.iter())
            .map(|change| change.inverse(old_name))
            .collect(),
    }
}

/// All changes of a version are made at once: tables may exchange their names.
fn make_version(
    version: i32,
    entries: &[Entry],
    tables: &mut Vec<Tracked>,
    gone: &mut Vec<TableResync>,
) {
    let mut made = Vec::new();
    for entry in entries {
        let place = entry
            .old
            .and_then(|old| tables.iter().position(|table| names_equal(table.now, old)));
        let before = place.map(|place| tables.swap_remove(place));
        match (before, entry.new) {
            (Some(table), None) => gone.extend(table.gone(version)),
            (Some(mut table), Some(new)) => {
                table.now = new;
                table.change(version, &entry.changes);
                made.push(table);
            }
            (None, Some(new)) => made.push(Tracked::added(new, version)),
            (None, None) => {}
        }
    }
    tables.extend(made);
}

impl Tracked {
    fn new(name: &'static str) -> Self {
        Self {
            first: Some(name),
            now: name,
            columns: Vec::new(),
            reasons: Vec::new(),
        }
    }

    fn added(name: &'static str, version: i32) -> Self {
        let change = TableChange::TableCreated;
        Self {
            first: None,
            reasons: vec![(ResyncReason { version, change }, None)],
            ..Self::new(name)
        }
    }

    /// What is left of a table: nothing where it came and went on the way.
    fn gone(self, version: i32) -> Option<TableResync> {
        let change = TableChange::TableGone;
        Some(TableResync {
            table: self.first?,
            old_table: None,
            action: ResyncAction::Gone,
            reasons: vec![ResyncReason { version, change }],
            renamed_columns: Vec::new(),
        })
    }

    fn change(&mut self, version: i32, changes: &[TableChange]) {
        // All of a table that is new is loaded, whatever has become of it since.
        if self.first.is_none() {
            return;
        }
        self.drop_columns(version, changes);
        self.name_columns(changes);
        for change in changes {
            let id = match change {
                TableChange::ColumnDropped(_) => continue,
                change => change.column().map(|column| self.column(column)),
            };
            let change = *change;
            self.reasons.push((ResyncReason { version, change }, id));
        }
    }

    fn drop_columns(&mut self, version: i32, changes: &[TableChange]) {
        for change in changes {
            let TableChange::ColumnDropped(name) = change else {
                continue;
            };
            let id = self.column(name);
            let column = &mut self.columns[id];
            column.now = None;
            let was_there = column.first.is_some();
            // Its values are of no interest any more. A constraint on them may have taken rows along.
            self.reasons.retain(|(reason, of)| {
                *of != Some(id) || reason.change.action() > ResyncAction::Reload
            });
            if was_there {
                let change = *change;
                self.reasons
                    .push((ResyncReason { version, change }, Some(id)));
            }
        }
    }

    /// Gives columns their new names, all at once: two may exchange theirs.
    fn name_columns(&mut self, changes: &[TableChange]) {
        let mut renamed = Vec::new();
        for change in changes {
            if let TableChange::ColumnRenamed { old, new } = change {
                renamed.push((self.column(old), *new));
            }
        }
        for (id, new) in renamed {
            self.columns[id].now = Some(new);
        }
        for change in changes {
            if let TableChange::ColumnAdded(name) | TableChange::ComputedColumnAdded(name) = change
            {
                self.columns.push(TrackedColumn {
                    id: self.columns.len(),
                    first: None,
                    now: Some(*name),
                });
            }
        }
    }

    /// The column that has the name now.
    fn column(&mut self, name: &'static str) -> ColumnId {
        let mut known = self.columns.iter();
        let known = known.find(|column| column.now.is_some_and(|now| names_equal(now, name)));
        if let Some(column) = known {
            return column.id;
        }
        let id = self.columns.len();
        self.columns.push(TrackedColumn {
            id,
            first: Some(name),
            now: Some(name),
        });
        id
    }

    fn resync(self, name: &'static str) -> TableResync {
        let actions = self.reasons.iter();
        let action = actions.map(|(reason, _)| reason.change.action()).max();
        let renamed = self.columns.iter().filter_map(|column| {
            let (old, new) = (column.first?, column.now?);
            (!names_equal(old, new)).then_some(RenamedColumn { old, new })
        });
        let mut renamed_columns: Vec<_> = renamed.collect();
        renamed_columns.sort_unstable();
        TableResync {
            table: name,
            old_table: self.first.filter(|first| !names_equal(first, name)),
            action: action.unwrap_or(ResyncAction::Keep),
            renamed_columns,
            reasons: self.reasons.into_iter().map(|(reason, _)| reason).collect(),
        }
    }
}
