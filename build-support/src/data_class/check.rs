//! Settings of types that no column has.

use std::collections::BTreeMap;
use std::ops::Range;

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
    let mut types = BTreeMap::new();
    let mut columns = BTreeMap::new();
    for version in &history.versions {
        for entity in &version.schema.entities {
            collect(version, entity, &mut types, &mut columns);
        }
    }
    for (key, chosen) in &settings.types {
        let is_used = (types.keys()).any(|found| found == key || without_arguments(found) == key);
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
        if !columns.contains_key(key) {
            errors.push(unknown_column(file, key, chosen.sql_span.clone(), &columns));
        }
    }
}

fn unknown_column(file: &SourceFile, key: &str, span: Range<usize>, columns: &Known) -> Diagnostic {
    let message = format!("no version has a column `{key}`");
    let wrong = Diagnostic::at(file, span, message, "not found");
    if let Some(near) = nearest(key, columns) {
        return wrong.help(format!("a similar name exists: `\"{near}\"`"));
    }
    let of_table = key.rsplit_once('.').map(|(table, _)| format!("{table}."));
    let others = of_table.iter().flat_map(|table| {
        let others = (columns.iter()).filter(move |(key, _)| key.starts_with(table.as_str()));
        others.map(|(_, written)| format!("`\"{written}\"`"))
    });
    let others: Vec<_> = others.collect();
    if others.is_empty() {
        wrong.help("a column is written with its table or view: `\"table.column\"`")
    } else {
        wrong.help(format!("the columns are {}", others.join(", ")))
    }
}

/// Names in lower case, and as they are written.
type Known = BTreeMap<String, String>;

fn nearest<'k>(key: &str, known: &'k Known) -> Option<&'k String> {
    let near = known.iter().filter(|(known, _)| distance(known, key) <= 2);
    let near = near.min_by_key(|(known, _)| distance(known, key));
    near.map(|(_, written)| written)
}

fn collect(version: &Version, entity: &Entity, types: &mut Known, columns: &mut Known) {
    let mut add = |column: &str, declared: &str| {
        let column = format!("{}.{column}", entity.name());
        columns.insert(fold(&column), column);
        if !declared.is_empty() {
            types.insert(normal_declared_type(declared), declared.to_owned());
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
