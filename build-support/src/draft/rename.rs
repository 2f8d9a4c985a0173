//! Tables and columns with another name: those that the author named, and those that look like it.

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Schema;
use stepladder::sql::names_equal;

use super::statements::create;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::history::Version;
use crate::plan::{ColumnName, Scratch, plan};
use crate::sql_name::sql_name;

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
    /// The statement. A table has its new name when its columns get theirs.
    pub(super) fn sql(&self, all: &[Self]) -> String {
        let to = sql_name(&self.to);
        match &self.column {
            None => format!("ALTER TABLE {} RENAME TO {to}", sql_name(&self.table)),
            Some(column) => format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {to}",
                sql_name(table_now(all, &self.table)),
                sql_name(column)
            ),
        }
    }

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
    /// Reads `users=people` and `todos.owner_id=assignee_id`.
    ///
    /// # Errors
    /// What is not of that form, or names what the versions do not have.
    pub(crate) fn read(
        texts: &[String],
        guess: Guess,
        path: &str,
        versions: [&Version; 2],
    ) -> Result<Self, Error> {
        let mut errors = Diagnostics::default();
        let mut given = Vec::new();
        for text in texts {
            match read_rename(text) {
                None => errors.push(not_a_rename(path, text)),
                Some(rename) => match unknown_name(&rename, versions) {
                    Some(message) => errors.push(Diagnostic::in_file(path, message).help(
                        "the left side is the name at the older version, the right side the new one",
                    )),
                    None => given.push(rename),
                },
            }
        }
        errors.barrier()?;
        Ok(Self { given, guess })
    }

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
        let Ok(named) = renamed(old, &all) else {
            return all;
        };
        let tables = plan(scratch, &named, new).table_renames;
        let tables = tables.into_iter().filter(|rename| rename.likely);
        all.extend(tables.map(|rename| Rename {
            table: rename.old,
            column: None,
            to: rename.new,
            guessed: true,
        }));
        all.sort_by_key(|rename| rename.column.is_some());
        // A column that refers to a table refers to it under its new name.
        let Ok(named) = renamed(old, &all) else {
            return all;
        };
        let plan = plan(scratch, &named, new);
        let mut columns: Vec<Rename> = Vec::new();
        let mut add = |rename: Rename| {
            let is_taken = columns.iter().any(|other| {
                let both = other.table == rename.table;
                both && (other.column == rename.column || other.to == rename.to)
            });
            if !is_taken {
                columns.push(rename);
            }
        };
        for rename in plan.column_renames.iter().filter(|rename| rename.likely) {
            add(guessed_column(&all, &rename.old, &rename.new.column));
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
                add(guessed_column(&all, &old, &required.column));
            }
        }
        all.extend(columns);
        all
    }
}

fn read_rename(text: &str) -> Option<Rename> {
    let (old, to) = text.split_once('=')?;
    let (table, column) = match old.split_once('.') {
        Some((table, column)) => (table, Some(column)),
        None => (old, None),
    };
    let is_there = |name: &str| !name.trim().is_empty();
    let all = is_there(table) && is_there(to) && column.is_none_or(is_there);
    all.then(|| Rename {
        table: table.trim().to_owned(),
        column: column.map(|column| column.trim().to_owned()),
        to: to.trim().to_owned(),
        guessed: false,
    })
}

fn not_a_rename(path: &str, text: &str) -> Diagnostic {
    Diagnostic::in_file(path, format!("`{text}` is not a rename"))
        .help("write `users=people` for a table, `todos.owner_id=assignee_id` for a column")
}

/// What a rename names and no version has.
fn unknown_name(rename: &Rename, [old, new]: [&Version; 2]) -> Option<String> {
    let no =
        |version: &Version, name: &str| Some(format!("version {} has no `{name}`", version.number));
    let Some(column) = &rename.column else {
        if old.schema.relation(&rename.table).is_none() {
            return no(old, &rename.table);
        }
        return match new.schema.relation(&rename.to) {
            None => no(new, &rename.to),
            Some(_) => None,
        };
    };
    let has = |version: &Version, column: &str| {
        let tables = version.schema.tables();
        tables
            .into_iter()
            .any(|table| table.column(column).is_some())
    };
    let table = old.schema.table(&rename.table);
    if table.is_none_or(|table| table.column(column).is_none()) {
        return no(old, &format!("{}.{column}", rename.table));
    }
    if has(new, &rename.to) {
        return None;
    }
    no(new, &rename.to)
}

/// A guess about a column of a table that has its new name already.
fn guessed_column(given: &[Rename], old: &ColumnName, to: &str) -> Rename {
    let table = (given.iter())
        .find(|rename| rename.column.is_none() && names_equal(&rename.to, &old.table))
        .map_or(&old.table, |rename| &rename.table);
    Rename {
        table: table.clone(),
        column: Some(old.column.clone()),
        to: to.to_owned(),
        guessed: true,
    }
}

/// The schema with the renames made.
fn renamed(old: &Schema, renames: &[Rename]) -> rusqlite::Result<Schema> {
    let connection = Connection::open_in_memory()?;
    create(&connection, old)?;
    for rename in renames {
        connection.execute_batch(&rename.sql(renames))?;
    }
    stepladder::introspect::introspect(&connection)
}
