//! Two names in SQL that would be one identifier in Rust.

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::Ident;
use stepladder::schema::{Entity, EntityKind};
use stepladder::sql::{quote_string, tokens};
use unicode_normalization::UnicodeNormalization as _;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::{History, Version};
use crate::names::{Names, TABLE_ITEMS, VERSION_ITEMS};
use crate::snapshot::Places;

/// Reports the tables and views of a version, and the columns of one of them, that Rust could not tell
/// apart.
pub(crate) fn check_names(history: &History, names: &Names, errors: &mut Diagnostics) {
    let mut checked = Vec::new();
    for version in &history.versions {
        let mut tables = Vec::new();
        for (index, entity) in version.schema.entities.iter().enumerate() {
            if !matches!(
                entity.kind(),
                EntityKind::Table | EntityKind::VirtualTable | EntityKind::View
            ) {
                continue;
            }
            tables.push((names.table(entity.name()), index, entity));
            // A table that did not change was checked at the version before.
            let text = entity.sql();
            if !checked.contains(&text) {
                check_columns(version, names, index, entity, errors);
                checked.push(text);
            }
        }
        check_tables(version, &tables, errors);
    }
}

fn check_tables(version: &Version, tables: &[(Ident, usize, &Entity)], errors: &mut Diagnostics) {
    let mut first: BTreeMap<String, &Entity> = BTreeMap::new();
    for (ident, index, entity) in tables {
        let rust = ident.to_string();
        let taken = VERSION_ITEMS.contains(&rust.as_str());
        let other = first.insert(rust.clone(), entity);
        if other.is_none() && !taken {
            continue;
        }
        let places = Places::new(&version.file);
        let span = places.entity_field(*index, "name");
        let name = entity.name();
        let both = other.map(|other| both(other, entity));
        let names = (other.map(Entity::name), name, name);
        errors.push(collision(version, span, both, names, &rust));
    }
}

/// ``the tables `a` and `b` ``, ``the table `a` and the view `b` ``
fn both(one: &Entity, other: &Entity) -> String {
    let kind = |entity: &Entity| match entity.kind() {
        EntityKind::View => "view",
        _ => "table",
    };
    let (first, second) = (kind(one), kind(other));
    if first == second {
        return format!("the {first}s `{}` and `{}`", one.name(), other.name());
    }
    format!(
        "the {first} `{}` and the {second} `{}`",
        one.name(),
        other.name()
    )
}

fn check_columns(
    version: &Version,
    names: &Names,
    index: usize,
    entity: &Entity,
    errors: &mut Diagnostics,
) {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    for column in columns(version, entity) {
        let rust = names.column(entity.name(), column).to_string();
        let taken = TABLE_ITEMS.contains(&rust.as_str());
        let other = first.insert(rust.clone(), column);
        if other.is_none() && !taken {
            continue;
        }
        let sql = version.snapshot.entities[index].sql.as_str();
        let span = Places::new(&version.file).sql(index, sql, column_span(sql, column));
        let setting = format!("{}.{column}", entity.name());
        let both = other.map(|other| format!("the columns `{other}` and `{column}`"));
        errors.push(collision(
            version,
            span,
            both,
            (other, column, &setting),
            &rust,
        ));
    }
}

/// `names`: the one that had the identifier before, the one at hand, and its key in the settings.
fn collision(
    version: &Version,
    span: Range<usize>,
    both: Option<String>,
    names: (Option<&str>, &str, &str),
    rust: &str,
) -> Diagnostic {
    let (other, name, setting) = names;
    let message = match both {
        Some(both) => format!("{both} would both be `{rust}` in Rust"),
        None => {
            format!("`{name}` would be `{rust}` in Rust, which the generated code needs itself")
        }
    };
    let diagnostic = Diagnostic::at(&version.file, span, message, format!("`{rust}` in Rust"));
    let diagnostic = match other {
        Some(other) if other != name && other.nfc().eq(name.nfc()) => {
            diagnostic.note("the two differ only in the way in which Unicode writes an accent")
        }
        Some(_) | None => diagnostic,
    };
    diagnostic.help(format!(
        "give it another name in `stepladder.toml`:\n[names]\n{} = \"{rust}_2\"",
        toml_key(setting)
    ))
}

fn toml_key(name: &str) -> String {
    if name.contains('\'') {
        format!("{name:?}")
    } else {
        quote_string(name)
    }
}

fn columns<'v>(version: &'v Version, entity: &'v Entity) -> Vec<&'v str> {
    match entity {
        Entity::Table(table) => table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect(),
        Entity::VirtualTable(table) => table.columns.iter().map(String::as_str).collect(),
        Entity::View(view) => (version.view_columns(&view.name).iter())
            .map(|column| column.name.as_str())
            .collect(),
        Entity::Index(_) | Entity::Trigger(_) => Vec::new(),
    }
}

/// The first token behind the opening parenthesis that is this name.
fn column_span(sql: &str, column: &str) -> Range<usize> {
    (tokens(sql).into_iter())
        .skip_while(|token| !token.is_operator("("))
        .find(|token| token.unquoted().is_some_and(|name| name == column))
        .map_or(0..sql.len(), |token| token.start..token.end())
}
