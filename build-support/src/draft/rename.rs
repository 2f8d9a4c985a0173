//! Tables and columns with another name: those that the author named, and those that look like it.

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Schema;
use stepladder::sql::names_equal;

use super::rename_order::{Asides, rename_statements};
use super::statements::create;
use crate::plan::{ColumnName, Scratch, StepPlan, plan};

/// A table or column with another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rename {
    /// The table at the old version.
    pub(crate) table: String,
    /// The column at the old version; `None` for the table.
    pub(crate) column: Option<String>,
    /// The new name of the table or column.
    pub(crate) to: String,
    /// Whether nobody named it.
    pub(crate) guessed: bool,
}

impl Rename {
    /// The way back, of all renames together.
    pub(crate) fn turned_around(&self, all: &[Self]) -> Self {
        let guessed = false;
        match &self.column {
            None => Self {
                table: self.to.clone(),
                column: None,
                to: self.table.clone(),
                guessed,
            },
            Some(column) => Self {
                table: table_now(all, &self.table).to_owned(),
                column: Some(self.to.clone()),
                to: column.clone(),
                guessed,
            },
        }
    }

    /// Whether the versions have what it names; `back` are the renames the other way.
    pub(crate) fn is_known(&self, old: &Schema, new: &Schema, back: &[Self]) -> bool {
        let Some(column) = &self.column else {
            return old.relation(&self.table).is_some() && new.relation(&self.to).is_some();
        };
        let before = (back.iter())
            .find(|rename| rename.column.is_none() && names_equal(&rename.to, &self.table))
            .map_or(&self.table, |rename| &rename.table);
        let has = |schema: &Schema, table: &str, column: &str| {
            (schema.table(table)).is_some_and(|table| table.column(column).is_some())
        };
        has(old, &self.table, column) && has(new, before, &self.to)
    }

    /// What it is, as a difference between two versions.
    pub(crate) fn told(&self) -> String {
        let to = &self.to;
        match &self.column {
            None => format!("table `{}` is renamed to `{to}`", self.table),
            Some(column) => format!("column `{}.{column}` is renamed to `{to}`", self.table),
        }
    }

    /// `users = people`, `todos.owner_id = assignee_id`, as it is given to the command.
    pub(crate) fn shown(&self) -> String {
        match &self.column {
            None => format!("{}={}", self.table, self.to),
            Some(column) => format!("{}.{column}={}", self.table, self.to),
        }
    }
}

/// The name of a table after the renames.
pub(super) fn table_now<'r>(all: &'r [Rename], table: &'r str) -> &'r str {
    (all.iter())
        .find(|rename| rename.column.is_none() && names_equal(&rename.table, table))
        .map_or(table, |rename| &rename.to)
}

/// What the author says about renames.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renames {
    pub(crate) given: Vec<Rename>,
    /// Whether to look for more.
    pub(crate) guess: Guess,
}

/// Whether to look for renames that nobody named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guess {
    /// By name and shape.
    #[default]
    Yes,
    /// What is gone is dropped, and what is new is created.
    No,
}

impl Renames {
    /// The renames, tables first.
    pub(crate) fn with_guesses(
        &self,
        scratch: &Scratch,
        old: &Schema,
        new: &Schema,
    ) -> Vec<Rename> {
        let mut all = self.given.clone();
        all.sort_by_key(|rename| rename.column.is_some());
        if self.guess == Guess::No {
            return all;
        }
        let Ok((named, asides)) = renamed(&all, old, new) else {
            return all;
        };
        let tables = plan(scratch, &named, new).table_renames;
        let tables = tables.into_iter().filter(|rename| rename.likely);
        all.extend(tables.map(|rename| Rename {
            table: asides.table_before(&rename.old).to_owned(),
            column: None,
            to: rename.new,
            guessed: true,
        }));
        all.sort_by_key(|rename| rename.column.is_some());
        // A column that refers to a table refers to it under its new name.
        let Ok((named, asides)) = renamed(&all, old, new) else {
            return all;
        };
        let columns = guessed_columns(&plan(scratch, &named, new), &all, &asides);
        all.extend(columns);
        all
    }
}

/// The columns that look like others, in tables that have their new names already.
fn guessed_columns(plan: &StepPlan, all: &[Rename], asides: &Asides) -> Vec<Rename> {
    let mut columns: Vec<Rename> = Vec::new();
    let mut add = |old: &ColumnName, to: &str| {
        let guess = guessed_column(all, asides, old, to);
        let is_taken = columns.iter().any(|other| {
            let both = other.table == guess.table;
            both && (other.column == guess.column || other.to == guess.to)
        });
        if !is_taken {
            columns.push(guess);
        }
    };
    for rename in plan.column_renames.iter().filter(|rename| rename.likely) {
        add(&rename.old, &rename.new.column);
    }
    for rebuild in &plan.rebuilds {
        for required in &rebuild.required {
            let Some(source) = &required.source else {
                continue;
            };
            let old = ColumnName {
                table: rebuild.old.clone(),
                column: source.clone(),
            };
            add(&old, &required.column);
        }
    }
    columns
}

/// A guess about a column of a table that has its new name already.
fn guessed_column(given: &[Rename], asides: &Asides, old: &ColumnName, to: &str) -> Rename {
    let table = asides.table_before(&old.table);
    let table = (given.iter())
        .find(|rename| rename.column.is_none() && names_equal(&rename.to, &old.table))
        .map_or(table, |rename| &rename.table);
    Rename {
        table: table.to_owned(),
        column: Some(asides.column_before(&old.table, &old.column).to_owned()),
        to: to.to_owned(),
        guessed: true,
    }
}

/// The schema with the renames made, and what is out of the way there.
pub(crate) fn renamed(
    renames: &[Rename],
    old: &Schema,
    new: &Schema,
) -> rusqlite::Result<(Schema, Asides)> {
    let connection = Connection::open_in_memory()?;
    create(&connection, old)?;
    let (statements, asides) = rename_statements(renames, old, new);
    for statement in statements {
        connection.execute_batch(&statement.sql)?;
    }
    Ok((stepladder::introspect::introspect(&connection)?, asides))
}
