//! The renames that the author names: `users=people`, `todos.owner_id=assignee_id`.

use stepladder::schema::{Entity, Schema};
use stepladder::sql::names_equal;

use super::rename::{Guess, Rename, Renames, table_now};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::history::Version;
use crate::similar::nearest;

/// A schema, and what it is called in messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'s> {
    /// `version 2`
    pub(crate) name: &'s str,
    pub(crate) schema: &'s Schema,
}

impl Renames {
    /// Reads what the author says.
    ///
    /// # Errors
    /// What is not of that form, what names something that the versions do not have, and what
    /// contradicts another rename.
    pub(crate) fn read(
        texts: &[String],
        guess: Guess,
        path: &str,
        versions: [&Version; 2],
    ) -> Result<Self, Error> {
        let names = versions.map(|version| format!("version {}", version.number));
        let sides = [0, 1].map(|index| Side {
            name: &names[index],
            schema: &versions[index].schema,
        });
        Self::read_between(texts, guess, path, sides)
    }

    /// The same for two schemas that may be no versions.
    ///
    /// # Errors
    /// Those of [`Renames::read`].
    pub(crate) fn read_between(
        texts: &[String],
        guess: Guess,
        path: &str,
        versions: [Side<'_>; 2],
    ) -> Result<Self, Error> {
        let mut errors = Diagnostics::default();
        let mut given: Vec<Rename> = Vec::new();
        for text in texts {
            match read_rename(text) {
                None => errors.push(not_a_rename(path, text)),
                Some(rename) if given.contains(&rename) => {}
                Some(rename) => given.push(rename),
            }
        }
        for (at, rename) in given.iter().enumerate() {
            let wrong = unknown_old(rename, &given, versions)
                .or_else(|| unknown_new(rename, &given, versions))
                .or_else(|| contradiction(rename, &given[..at]));
            if let Some((message, help)) = wrong {
                errors.push(Diagnostic::in_file(path, message).help(help));
            }
        }
        errors.barrier()?;
        Ok(Self { given, guess })
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

const SIDES: &str = "the left side is the name at the older version, the right side the new one";

/// A message and its help.
type Wrong = (String, String);

fn write(rename: &Rename) -> String {
    format!("`--rename {}`", rename.shown())
}

fn tables(schema: &Schema) -> impl Iterator<Item = &str> {
    let tables = schema.entities.iter();
    let tables = tables.filter(|entity| !entity.kind().is_derived());
    tables.map(Entity::name)
}

fn has_table(version: Side<'_>, name: &str) -> bool {
    tables(version.schema).any(|table| names_equal(table, name))
}

/// The columns of a table, or of all where it is not there: it may have another name by then.
fn columns<'v>(version: Side<'v>, table: &str) -> Vec<&'v str> {
    let found = version.schema.table(table);
    let all = version.schema.tables();
    let of = all.filter(|other| found.is_none_or(|found| names_equal(&found.name, &other.name)));
    of.flat_map(|table| &table.columns)
        .map(|column| column.name.as_str())
        .collect()
}

/// What is wrong with the left side.
fn unknown_old(rename: &Rename, all: &[Rename], [old, new]: [Side<'_>; 2]) -> Option<Wrong> {
    if !has_table(old, &rename.table) {
        let message = format!("{} has no table `{}`", old.name, rename.table);
        let turned = rename.turned_around(&[]);
        let is_turned =
            rename.column.is_none() && has_table(old, &rename.to) && has_table(new, &rename.table);
        let before = (all.iter())
            .find(|other| other.column.is_none() && names_equal(&other.to, &rename.table));
        let meant = before.map(|before| before.table.as_str());
        let meant = meant.or_else(|| nearest(tables(old.schema), &rename.table));
        let with_table = |table: &str| Rename {
            table: table.to_owned(),
            ..rename.clone()
        };
        return Some((
            message,
            match meant {
                _ if is_turned => format!("{SIDES}: {}", write(&turned)),
                Some(table) => format!("it has `{table}`: {}", write(&with_table(table))),
                None => SIDES.to_owned(),
            },
        ));
    }
    let column = rename.column.as_ref()?;
    let table = &rename.table;
    let Some(found) = old.schema.table(table) else {
        let message = format!("the columns of `{table}` cannot be renamed: it is a virtual table");
        return Some((
            message,
            "write the step yourself, in SQL or in Rust".to_owned(),
        ));
    };
    if found.column(column).is_some() {
        return None;
    }
    let message = format!("{} has no column `{table}.{column}`", old.name);
    let names = found.columns.iter().map(|column| column.name.as_str());
    let meant = nearest(names, column);
    let with_column = |column: &str| Rename {
        column: Some(column.to_owned()),
        ..rename.clone()
    };
    Some((
        message,
        match meant {
            _ if found.column(&rename.to).is_some() => {
                let turned = Rename {
                    column: Some(rename.to.clone()),
                    to: column.clone(),
                    ..rename.clone()
                };
                format!("{SIDES}: {}", write(&turned))
            }
            Some(near) => format!("it has `{table}.{near}`: {}", write(&with_column(near))),
            None => SIDES.to_owned(),
        },
    ))
}

/// What is wrong with the right side.
fn unknown_new(rename: &Rename, all: &[Rename], [_, new]: [Side<'_>; 2]) -> Option<Wrong> {
    let version = new.name;
    let (message, near) = if rename.column.is_none() {
        if has_table(new, &rename.to) {
            return None;
        }
        let message = format!("{version} has no table `{}`", rename.to);
        (message, nearest(tables(new.schema), &rename.to))
    } else {
        let table = table_now(all, &rename.table);
        let columns = columns(new, table);
        if columns.iter().any(|column| names_equal(column, &rename.to)) {
            return None;
        }
        let message = match new.schema.table(table) {
            Some(_) => format!("{version} has no column `{table}.{}`", rename.to),
            None => format!("{version} has no column `{}`", rename.to),
        };
        (message, nearest(columns, &rename.to))
    };
    let help = near.map_or_else(
        || SIDES.to_owned(),
        |near| {
            let meant = Rename {
                to: near.to_owned(),
                ..rename.clone()
            };
            format!("it has `{near}`: {}", write(&meant))
        },
    );
    Some((message, help))
}

/// Two renames of one thing, or to one name.
fn contradiction(rename: &Rename, before: &[Rename]) -> Option<Wrong> {
    let same_kind = |other: &&Rename| match (&rename.column, &other.column) {
        (None, None) => true,
        (Some(_), Some(_)) => names_equal(&rename.table, &other.table),
        _ => false,
    };
    let name = |rename: &Rename| {
        rename
            .column
            .clone()
            .unwrap_or_else(|| rename.table.clone())
    };
    let clash = |other: &&Rename| {
        names_equal(&name(rename), &name(other)) || names_equal(&rename.to, &other.to)
    };
    let other = before.iter().filter(same_kind).find(clash)?;
    let (one, two) = (other.shown(), rename.shown());
    let message = if names_equal(&rename.to, &other.to) {
        format!("`{one}` and `{two}` lead to one name")
    } else {
        format!("`{one}` and `{two}` rename one thing")
    };
    Some((message, "keep one of the two".to_owned()))
}
