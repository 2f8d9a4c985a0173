//! `[data_classes]`, `[types]` and `[column_types]`: the classes `Row`, `Insert` and `Update`.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use stepladder::sql::fold;
use toml::{Spanned, Value};

use super::Settings;
use crate::data_class::{NotAType, RustType, normal_declared_type, without_arguments};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::SourceFile;

/// `[data_classes]`: which classes there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataClasses {
    /// Which versions have them.
    pub versions: ClassVersions,
    /// Whether they can be read and written by serde: `serde = true`.
    pub serde: bool,
    /// The columns that serde writes by their old name as well.
    pub write_both: Vec<WrittenTwice>,
}

/// A column that has two names for a while: `write_both = ["todos.assignee_id"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTwice {
    /// The column with its table, as written.
    pub name: String,
    /// The place of the name in the file.
    pub span: Range<usize>,
}

/// Which versions have data classes: `versions = "latest"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClassVersions {
    /// `all`: what tests of steps need.
    #[default]
    All,
    /// `latest`: what an app needs.
    Latest,
    /// `none`
    None,
}

/// The Rust type for a declared type or for a column.
#[derive(Debug, Clone)]
pub struct ChosenType {
    /// The declared type, or the column with its table, as written.
    pub sql: String,
    /// The type; `None` where only `nullable` is said.
    pub(crate) rust: Option<RustType>,
    /// Whether the column can be NULL, where SQLite does not know or knows too little.
    pub nullable: Option<bool>,
    /// The place of `sql` in the file.
    pub sql_span: Range<usize>,
}

impl Settings {
    /// What was chosen for a column.
    pub(crate) fn column_type(&self, table: &str, column: &str) -> Option<&ChosenType> {
        self.column_types.get(&fold(&format!("{table}.{column}")))
    }

    /// The type that was chosen for a declared type: for `VARCHAR(10)`, or else for `VARCHAR`.
    pub(crate) fn declared_type(&self, declared: &str) -> Option<RustType> {
        let declared = normal_declared_type(declared);
        let chosen =
            (self.types.get(&declared)).or_else(|| self.types.get(without_arguments(&declared)))?;
        chosen.rust.clone()
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    versions: Option<Spanned<String>>,
    #[serde(default)]
    serde: bool,
    #[serde(default)]
    write_both: Vec<Spanned<String>>,
}

pub(super) type Types = BTreeMap<Spanned<String>, Spanned<Value>>;

pub(super) fn read_classes(
    file: &SourceFile,
    section: &Section,
    errors: &mut Diagnostics,
) -> DataClasses {
    let versions = section.versions.as_ref().and_then(|versions| {
        errors.ok(match versions.get_ref().as_str() {
            "all" => Ok(ClassVersions::All),
            "latest" => Ok(ClassVersions::Latest),
            "none" => Ok(ClassVersions::None),
            other => {
                let message = format!("`{other}` says not which versions have data classes");
                Err(Diagnostic::at(file, versions.span(), message, "not known")
                    .help("write \"all\", \"latest\" or \"none\""))
            }
        })
    });
    DataClasses {
        versions: versions.unwrap_or_default(),
        serde: section.serde,
        write_both: (section.write_both.iter())
            .map(|name| WrittenTwice {
                name: name.get_ref().clone(),
                span: name.span(),
            })
            .collect(),
    }
}

/// Reads `[types]`.
pub(super) fn read_types(
    file: &SourceFile,
    types: Types,
    errors: &mut Diagnostics,
) -> BTreeMap<String, ChosenType> {
    let mut read = BTreeMap::new();
    for (sql, value) in types {
        let Some(text) = value.get_ref().as_str() else {
            let wrong = Diagnostic::at(file, value.span(), "expected a Rust type", "not a text");
            errors.push(wrong.help(format!(
                "write a path in quotes: `{} = \"crate::State\"`",
                sql.get_ref()
            )));
            continue;
        };
        let rust = rust_type(file, text, value.span(), errors);
        let key = normal_declared_type(sql.get_ref());
        add(file, key, chosen(&sql, rust, None), &mut read, errors);
    }
    read
}

/// Reads `[column_types]`.
pub(super) fn read_column_types(
    file: &SourceFile,
    types: Types,
    errors: &mut Diagnostics,
) -> BTreeMap<String, ChosenType> {
    let mut read = BTreeMap::new();
    for (sql, value) in types {
        if let Some((rust, nullable)) = column_type(file, &value, errors) {
            let key = fold(sql.get_ref());
            add(file, key, chosen(&sql, rust, nullable), &mut read, errors);
        }
    }
    read
}

fn chosen(sql: &Spanned<String>, rust: Option<RustType>, nullable: Option<bool>) -> ChosenType {
    ChosenType {
        sql: sql.get_ref().clone(),
        rust,
        nullable,
        sql_span: sql.span(),
    }
}

fn add(
    file: &SourceFile,
    key: String,
    chosen: ChosenType,
    read: &mut BTreeMap<String, ChosenType>,
    errors: &mut Diagnostics,
) {
    let Some(other) = read.get(&key) else {
        read.insert(key, chosen);
        return;
    };
    let mut spans = [other.sql_span.clone(), chosen.sql_span];
    spans.sort_by_key(|span| span.start);
    let [first, second] = spans;
    let twice = Diagnostic::at(
        file,
        second,
        format!("`{}` has two types", chosen.sql),
        "SQLite does not tell capital letters from small ones",
    );
    errors.push(
        twice
            .also_at(file, first, "the first is here")
            .help("keep one of the two"),
    );
}

/// `"crate::State"`, or a table with `type` and `nullable`.
fn column_type(
    file: &SourceFile,
    value: &Spanned<Value>,
    errors: &mut Diagnostics,
) -> Option<(Option<RustType>, Option<bool>)> {
    let wrong = |message: &str| {
        Diagnostic::at(file, value.span(), message, "not the type of a column").help(
            "write a Rust type, `\"crate::State\"`, or a table: `{ type = \"i64\", nullable = false }`",
        )
    };
    let table = match value.get_ref() {
        Value::String(text) => {
            return Some((rust_type(file, text, value.span(), errors), None));
        }
        Value::Table(table) if !table.is_empty() => table,
        _ => {
            errors.push(wrong("expected a Rust type"));
            return None;
        }
    };
    let mut found = (None, None);
    for (key, inner) in table {
        match (key.as_str(), inner) {
            ("type", Value::String(text)) => {
                found.0 = rust_type(file, text, value.span(), errors);
            }
            ("nullable", Value::Boolean(nullable)) => found.1 = Some(*nullable),
            ("type", _) => errors.push(wrong("`type` is not a text")),
            ("nullable", _) => errors.push(wrong("`nullable` is neither `true` nor `false`")),
            (other, _) => errors.push(wrong(&format!("a column has no setting `{other}`"))),
        }
    }
    Some(found)
}

fn rust_type(
    file: &SourceFile,
    text: &str,
    span: Range<usize>,
    errors: &mut Diagnostics,
) -> Option<RustType> {
    errors.ok(RustType::named(text).map_err(|reason| {
        let (message, label, help) = match reason {
            NotAType::Syntax => (
                format!("`{text}` is not a Rust type"),
                "expected a path",
                "write it as code of the app would, such as `chrono::NaiveDate` or `crate::State`",
            ),
            NotAType::Borrowed => (
                format!("`{text}` borrows its value"),
                "a row has to own it",
                "write a type that owns its value, such as `String` for `&str`",
            ),
            NotAType::Optional => (
                format!("`{text}` is an `Option`"),
                "a column that can be NULL gets its `Option` by itself",
                "write the type in the `Option`; where SQLite cannot know whether the column can be \
                 NULL, say it in `[column_types]`: `{ type = \"i64\", nullable = true }`",
            ),
        };
        Diagnostic::at(file, span, message, label).help(help)
    }))
}

#[cfg(test)]
mod tests {
    use super::ClassVersions;
    use crate::data_class::RustType;
    use crate::diagnostic::Diagnostics;
    use crate::settings::read_settings;
    use crate::source::SourceFile;

    #[test]
    fn types_are_found_as_sqlite_finds_them() {
        let file = SourceFile::new(
            "stepladder.toml",
            "[data_classes]\nversions = \"latest\"\n[types]\nVarChar = \"Box<str>\"\n\
             \"VARCHAR( 10 )\" = \"i64\"\n\"double  precision\" = \"f32\"\n[column_types]\n\
             \"Todos.State\" = \"crate::State\"\n\"v.n\" = { nullable = false }\n",
        );
        let mut errors = Diagnostics::default();
        let settings = read_settings(Some(&file), &mut errors);
        assert!(!errors.has_errors());
        assert_eq!(settings.data_classes.versions, ClassVersions::Latest);
        let declared = |text| settings.declared_type(text);
        let mapped = |text: &str| Some(RustType::Mapped(text.to_owned()));
        assert_eq!(declared("VARCHAR(255)"), mapped("Box<str>"));
        assert_eq!(declared("varchar( 10 )"), Some(RustType::Integer));
        assert_eq!(declared("Double Precision"), mapped("f32"));
        assert_eq!(declared("TEXT"), None);
        let state = settings.column_type("todos", "state").unwrap();
        assert_eq!(
            (&state.rust, state.nullable),
            (&mapped("crate::State"), None)
        );
        let n = settings.column_type("v", "n").unwrap();
        assert_eq!((&n.rust, n.nullable), (&None, Some(false)));
    }
}
