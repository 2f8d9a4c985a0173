//! A table or column on its way back through the versions.

use stepladder::schema::{Schema, Table};

use super::Renames;
use crate::history::Version;

/// What has names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    pub(super) table: String,
    /// `None` where it is the table itself.
    pub(super) column: Option<String>,
}

impl Thing {
    pub(super) fn is_in(&self, schema: &Schema) -> bool {
        match &self.column {
            None => (schema.relation(&self.table)).is_some_and(|it| !it.kind().is_derived()),
            Some(column) => {
                (schema.table(&self.table)).is_some_and(|table| table.column(column).is_some())
            }
        }
    }

    /// The same with another name of its own.
    pub(super) fn named(&self, name: &str) -> Self {
        match self.column {
            None => Self {
                table: name.to_owned(),
                column: None,
            },
            Some(_) => Self {
                table: self.table.clone(),
                column: Some(name.to_owned()),
            },
        }
    }

    pub(super) fn own_name(&self) -> &str {
        self.column.as_deref().unwrap_or(&self.table)
    }

    /// `todos.assignee_id`
    pub(super) fn shown(&self) -> String {
        match &self.column {
            None => self.table.clone(),
            Some(column) => format!("{}.{column}", self.table),
        }
    }

    /// The thing before a step, as far as is recorded: its table under the old name, and its own old
    /// name where that was told.
    pub(super) fn before(&self, renames: &Renames) -> (Self, Option<String>) {
        let old_table = renames.old_table(&self.table).to_owned();
        match &self.column {
            None => {
                let is_renamed = old_table != self.table;
                let old = is_renamed.then(|| old_table.clone());
                (self.named(&old_table), old)
            }
            Some(column) => {
                let old = renames.old_column(&self.table, column).map(str::to_owned);
                let before = Self {
                    table: old_table,
                    column: Some(old.clone().unwrap_or_else(|| column.clone())),
                };
                (before, old)
            }
        }
    }
}

/// The old names of the columns of a table, each with the newest first, by which nothing else can be
/// meant: no column of today, and no other one that was called so.
pub(crate) fn old_names(
    versions: &[Version],
    renames: &[Renames],
    place: usize,
    table: &Table,
) -> Vec<Vec<String>> {
    let columns = table.columns.iter();
    let mut names: Vec<_> = columns
        .map(|column| {
            let thing = Thing {
                table: table.name.clone(),
                column: Some(column.name.clone()),
            };
            names_before(versions, renames, place, thing)
        })
        .collect();
    let all: Vec<String> = names.iter().flatten().cloned().collect();
    for names in &mut names {
        names.retain(|name| {
            let times = all.iter().filter(|other| *other == name).count();
            times == 1 && !table.columns.iter().any(|column| column.name == *name)
        });
    }
    names
}

fn names_before(
    versions: &[Version],
    renames: &[Renames],
    place: usize,
    mut thing: Thing,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for step in (0..place).rev() {
        let (before, old) = thing.before(&renames[step]);
        if !before.is_in(&versions[step].schema) {
            break;
        }
        names.extend(old.filter(|old| !names.contains(old)));
        thing = before;
    }
    names
}

/// What `[renames]` may mean by a name: a table, or a column with its table, of the newest version
/// that has such a thing, with the place of that version.
pub(super) fn named_thing(name: &str, versions: &[Version]) -> Option<(usize, Thing)> {
    let table = Thing {
        table: name.to_owned(),
        column: None,
    };
    let dots = name.match_indices('.').map(|(dot, _)| Thing {
        table: name[..dot].to_owned(),
        column: Some(name[dot + 1..].to_owned()),
    });
    let things: Vec<_> = dots.chain([table]).collect();
    let places = (0..versions.len()).rev();
    let mut found = places.flat_map(|place| {
        let there = things
            .iter()
            .filter(move |thing| thing.is_in(&versions[place].schema));
        there.map(move |thing| (place, thing.clone()))
    });
    found.next()
}
