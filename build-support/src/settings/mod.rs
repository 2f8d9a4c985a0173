//! `stepladder.toml`.

mod data_classes;
mod lints;
mod oldest_sqlite;
mod renames;

pub use data_classes::{ChosenType, ClassVersions, DataClasses, WrittenTwice};
pub(crate) use lints::unknown_rule;
pub use oldest_sqlite::SqliteVersion;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use stepladder::rusqlite;
use stepladder::schema::{Entity, Schema};
use stepladder::sql::fold;
use toml::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::folder::distance;
use crate::renames::Said;
use crate::rule::Levels;
use crate::source::SourceFile;

/// The settings of a schemas folder.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The Rust names that were chosen, by the SQL name in lower case: `todos` for a table,
    /// `todos.due date` for a column.
    pub names: BTreeMap<String, ChosenName>,
    /// How bad it is to break a rule.
    pub lints: Levels,
    /// The oldest SQLite that the app is to run with.
    pub oldest_sqlite: Option<SqliteVersion>,
    /// Whether each version has a rollback.
    pub rollback: Rollback,
    /// Which data classes there are.
    pub data_classes: DataClasses,
    /// The Rust types that were chosen for declared types, by the type in lower case.
    pub types: BTreeMap<String, ChosenType>,
    /// The Rust types that were chosen for columns, by `table.column` in lower case.
    pub column_types: BTreeMap<String, ChosenType>,
    /// What steps rename that do not say it themselves, in the order of the file.
    pub(crate) renames: Vec<Said>,
    /// The file; `None` where there is none.
    pub file: Option<SourceFile>,
}

/// Whether each version has a rollback: `rollback = "required"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rollback {
    /// Those that are files of SQL.
    #[default]
    Optional,
    /// Each one: what is no file of SQL is a method of the trait.
    Required,
}

/// A Rust name for an SQL name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenName {
    /// The SQL name as written.
    pub sql: String,
    /// The Rust identifier.
    pub rust: String,
    /// The place of the SQL name in the file.
    pub sql_span: Range<usize>,
    /// The place of the Rust name in the file.
    pub rust_span: Range<usize>,
}

impl Settings {
    /// The Rust name that was chosen for a table, view, index or trigger.
    pub fn entity_name(&self, entity: &str) -> Option<&str> {
        let name = self.names.get(&fold(entity))?;
        Some(&name.rust)
    }

    /// The Rust name that was chosen for a column.
    pub fn column_name(&self, table: &str, column: &str) -> Option<&str> {
        let name = self.names.get(&fold(&format!("{table}.{column}")))?;
        Some(&name.rust)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    #[serde(default)]
    names: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    lints: lints::Section,
    oldest_sqlite: Option<Spanned<String>>,
    #[serde(default)]
    rollback: Rollback,
    #[serde(default)]
    data_classes: data_classes::Section,
    #[serde(default)]
    types: data_classes::Types,
    #[serde(default)]
    column_types: data_classes::Types,
    #[serde(default)]
    renames: renames::Section,
}

/// Reads the settings; without a file they are the defaults.
pub(crate) fn read_settings(file: Option<&SourceFile>, errors: &mut Diagnostics) -> Settings {
    let Some(file) = file else {
        return Settings::default();
    };
    let mut settings = Settings {
        file: Some(file.clone()),
        ..Settings::default()
    };
    let read = toml::from_str::<SettingsFile>(&file.text).map_err(|error| syntax(file, &error));
    let Some(read) = errors.ok(read) else {
        return settings;
    };
    settings.rollback = read.rollback;
    settings.lints = lints::read(file, read.lints, errors);
    settings.renames = renames::read(file, read.renames, errors);
    settings.oldest_sqlite = read.oldest_sqlite.and_then(|text| {
        let proving = SqliteVersion::from_number(rusqlite::version_number());
        errors.ok(oldest_sqlite::read(file, &text, proving))
    });
    settings.data_classes = data_classes::read_classes(file, &read.data_classes, errors);
    settings.types = data_classes::read_types(file, read.types, errors);
    settings.column_types = data_classes::read_column_types(file, read.column_types, errors);
    let names = read.names.into_iter().map(|(sql, rust)| ChosenName {
        sql_span: sql.span(),
        rust_span: rust.span(),
        sql: sql.into_inner(),
        rust: rust.into_inner(),
    });
    let mut names: Vec<_> = names.collect();
    names.sort_by_key(|name| name.sql_span.start);
    for name in names {
        add_name(file, name, &mut settings, errors);
    }
    settings
}

fn syntax(file: &SourceFile, error: &toml::de::Error) -> Diagnostic {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let diagnostic = match error.span() {
        Some(span) => Diagnostic::at(file, span, message, ""),
        None => Diagnostic::in_file(&*file.path, message),
    };
    if error.message().contains("`optional`") {
        return diagnostic.help("write `rollback = \"required\"`, or leave the line out");
    }
    diagnostic.help(
        "what there is:\noldest_sqlite = \"3.39.0\"\nrollback = \"required\"\n[lints]\n\
         drop_table = \"deny\"\n[names]\n\"due dates\" = \"due_dates\"\n[data_classes]\n\
         versions = \"latest\"\nserde = true\n[types]\nUUID = \"uuid::Uuid\"\n[column_types]\n\
         \"todos.state\" = \"crate::State\"\n[renames]\n\"todos.assignee_id\" = \"owner_id\"",
    )
}

fn add_name(
    file: &SourceFile,
    name: ChosenName,
    settings: &mut Settings,
    errors: &mut Diagnostics,
) {
    if syn::parse_str::<syn::Ident>(&name.rust).is_err() {
        errors.push(
            Diagnostic::at(
                file,
                name.rust_span.clone(),
                format!("`{}` is not a Rust identifier", name.rust),
                "expected an identifier that is no keyword",
            )
            .help(format!("for instance `{}`", proposed(&name.rust))),
        );
    }
    let key = fold(&name.sql);
    if let Some(first) = settings.names.get(&key) {
        let same = Diagnostic::at(
            file,
            name.sql_span.clone(),
            format!("`{}` is named twice", name.sql),
            "SQLite does not tell capital letters from small ones",
        );
        let same = same.also_at(file, first.sql_span.clone(), "named here first");
        errors.push(same.help("keep one of the two"));
        return;
    }
    settings.names.insert(key, name);
}

/// Checks that each SQL name is one of some version.
pub(crate) fn check_names<'a>(
    settings: &Settings,
    schemas: impl Iterator<Item = &'a Schema>,
    errors: &mut Diagnostics,
) {
    let Some(file) = &settings.file else {
        return;
    };
    let known = schemas.flat_map(|schema| schema.entities.iter().flat_map(names_of));
    let known: BTreeSet<String> = known.collect();
    for (key, name) in &settings.names {
        // The columns of a view are not in the model.
        let is_known = known.contains(key)
            || known
                .iter()
                .any(|name| name.ends_with('.') && key.starts_with(name.as_str()));
        if is_known {
            continue;
        }
        let message = format!("no version has a table or column `{}`", name.sql);
        let wrong = Diagnostic::at(file, name.sql_span.clone(), message, "not found");
        let near = known.iter().filter(|known| distance(known, key) <= 2);
        errors.push(match near.min_by_key(|known| distance(known, key)) {
            Some(near) => wrong.help(format!("a similar name exists: `\"{near}\"`")),
            None => wrong.help("a column is written with its table: `\"table.column\"`"),
        });
    }
}

/// The names under which an entity and its columns are found; `view.` for all of a view.
fn names_of(entity: &Entity) -> Vec<String> {
    let name = fold(entity.name());
    let columns: Vec<String> = match entity {
        Entity::Table(table) => table.columns.iter().map(|c| fold(&c.name)).collect(),
        Entity::VirtualTable(table) => table.columns.iter().map(|c| fold(c)).collect(),
        Entity::View(_) => vec![String::new()],
        Entity::Index(_) | Entity::Trigger(_) => Vec::new(),
    };
    let columns = columns.into_iter().map(|column| format!("{name}.{column}"));
    columns.chain([name.clone()]).collect()
}

/// An identifier that looks like the text.
fn proposed(text: &str) -> String {
    let letters = text.chars().map(|c| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    });
    let mut name: String = letters.collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert(0, '_');
    }
    if syn::parse_str::<syn::Ident>(&name).is_err() {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::read_settings;
    use crate::diagnostic::Diagnostics;
    use crate::source::SourceFile;

    #[test]
    fn names_are_found_as_sqlite_finds_them() {
        let file = SourceFile::new(
            "stepladder.toml",
            "[names]\n\"Todos\" = \"tasks\"\n\"todos.due date\" = \"due\"\n",
        );
        let mut errors = Diagnostics::default();
        let settings = read_settings(Some(&file), &mut errors);
        assert!(!errors.has_errors());
        assert_eq!(settings.entity_name("tOdos"), Some("tasks"));
        assert_eq!(settings.column_name("Todos", "Due Date"), Some("due"));
        assert_eq!(settings.column_name("todos", "due"), None);
        assert_eq!(
            &file.text[settings.names["todos"].sql_span.clone()],
            "\"Todos\""
        );
    }
}
