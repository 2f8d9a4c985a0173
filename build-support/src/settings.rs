//! `stepladder.toml`.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use stepladder::sql::fold;
use toml::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::SourceFile;

/// The settings of a schemas folder.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The Rust names that were chosen, by the SQL name in lower case: `todos` for a table,
    /// `todos.due date` for a column.
    pub names: BTreeMap<String, ChosenName>,
    /// The file; `None` where there is none.
    pub file: Option<SourceFile>,
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
}

/// Reads the settings; without a file they are the defaults.
pub(crate) fn read_settings(file: Option<&SourceFile>, errors: &mut Diagnostics) -> Settings {
    let Some(file) = file else {
        return Settings::default();
    };
    let read = toml::from_str::<SettingsFile>(&file.text).map_err(|error| syntax(file, &error));
    let mut settings = Settings {
        names: BTreeMap::new(),
        file: Some(file.clone()),
    };
    for (sql, rust) in errors.ok(read).into_iter().flat_map(|read| read.names) {
        let name = ChosenName {
            sql_span: sql.span(),
            rust_span: rust.span(),
            sql: sql.into_inner(),
            rust: rust.into_inner(),
        };
        add_name(file, name, &mut settings, errors);
    }
    settings
}

fn syntax(file: &SourceFile, error: &toml::de::Error) -> Diagnostic {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    match error.span() {
        Some(span) => Diagnostic::at(file, span, message, ""),
        None => Diagnostic::in_file(&*file.path, message),
    }
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
        errors.push(same.also_at(file, first.sql_span.clone(), "named here first"));
        return;
    }
    settings.names.insert(key, name);
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
