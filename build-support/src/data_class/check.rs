//! Settings of types that no column has.

use std::collections::BTreeSet;

use stepladder::schema::Entity;
use stepladder::sql::fold;

use super::rust_type::{normal_declared_type, without_arguments};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::folder::distance;
use crate::history::{History, Version};
use crate::source::SourceFile;

/// Reports each entry of `[types]` and `[column_types]` that is about no column of any version.
pub(crate) fn check_types(history: &History, errors: &mut Diagnostics) {
    let settings = &history.settings;
    let Some(file) = &settings.file else {
        return;
    };
    let mut types = BTreeSet::new();
    let mut columns = BTreeSet::new();
    for version in &history.versions {
        for entity in &version.schema.entities {
            collect(version, entity, &mut types, &mut columns);
        }
    }
    for (key, chosen) in &settings.types {
        let is_used = (types.iter()).any(|found| found == key || without_arguments(found) == key);
        if !is_used {
            let message = format!("no version has a column of the type `{}`", chosen.sql);
            let wrong = Diagnostic::at(file, chosen.sql_span.clone(), message, "not found");
            errors.push(match nearest(key, &types) {
                Some(near) => wrong.help(format!("a similar type exists: `{near}`")),
                None => wrong.help(
                    "write the type as the columns are declared, or the column in \
                     `[column_types]`: `\"table.column\" = \"crate::State\"`",
                ),
            });
        }
    }
    for (key, chosen) in &settings.column_types {
        if !columns.contains(key) {
            errors.push(unknown_column(file, key, chosen.sql_span.clone(), &columns));
        }
    }
}

fn unknown_column(
    file: &SourceFile,
    key: &str,
    span: std::ops::Range<usize>,
    columns: &BTreeSet<String>,
) -> Diagnostic {
    let message = format!("no version has a column `{key}`");
    let wrong = Diagnostic::at(file, span, message, "not found");
    match nearest(key, columns) {
        Some(near) => wrong.help(format!("a similar name exists: `\"{near}\"`")),
        None => wrong.help("a column is written with its table or view: `\"table.column\"`"),
    }
}

fn nearest<'k>(key: &str, known: &'k BTreeSet<String>) -> Option<&'k String> {
    let near = known.iter().filter(|known| distance(known, key) <= 2);
    near.min_by_key(|known| distance(known, key))
}

fn collect(
    version: &Version,
    entity: &Entity,
    types: &mut BTreeSet<String>,
    columns: &mut BTreeSet<String>,
) {
    let mut add = |column: &str, declared: &str| {
        columns.insert(fold(&format!("{}.{column}", entity.name())));
        if !declared.is_empty() {
            types.insert(normal_declared_type(declared));
        }
    };
    match entity {
        Entity::Table(table) => {
            for column in &table.columns {
                add(&column.name, &column.declared_type);
            }
        }
        Entity::VirtualTable(table) => {
            for column in &table.columns {
                add(column, "");
            }
        }
        Entity::View(view) => {
            for column in version.view_columns(&view.name) {
                add(&column.name, &column.declared_type);
            }
        }
        Entity::Index(_) | Entity::Trigger(_) => {}
    }
}
