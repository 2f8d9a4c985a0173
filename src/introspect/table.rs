//! An ordinary table: the facts of the PRAGMAs and of the text put together.

use super::create_table::{self, ColumnText, KeyText, TableText};
use super::expression::{default, expression, text_of};
use super::facts::{ColumnFact, Facts, IndexFact, IndexOrigin, SchemaRow};
use crate::schema::{
    Affinity, Check, Column, ForeignKey, Generated, GeneratedStorage, KeyColumn, PrimaryKey,
    SortOrder, Table, Unique,
};
use crate::sql::{names_equal, tokens};

const BINARY: &str = "BINARY";

/// The table of a row of `sqlite_schema`.
pub(super) fn table(facts: &Facts, row: &SchemaRow) -> Table {
    let tokens = tokens(&row.sql);
    let text = create_table::read(&tokens);
    let fact = facts.table(&row.name);
    let strict = fact.is_some_and(|fact| fact.strict);
    let without_rowid = fact.is_some_and(|fact| fact.without_rowid);
    let column_facts = facts.columns(&row.name);
    let names = column_names(facts, &row.name);
    let row_names = row_names(facts, &row.name);
    let no_text = ColumnText::default();
    let columns: Vec<_> = column_facts
        .iter()
        .enumerate()
        .map(|(at, fact)| {
            let text = text.columns.get(at).unwrap_or(&no_text);
            column(fact, text, strict, &names)
        })
        .collect();
    let indexes = facts.indexes(&row.name);
    Table {
        name: row.name.clone(),
        primary_key: primary_key(&text, column_facts, &columns, indexes, without_rowid),
        unique: unique(&text, &columns, indexes),
        foreign_keys: foreign_keys(&text, facts, &row.name),
        checks: text
            .checks
            .iter()
            .map(|check| Check {
                expression: expression(check.expression, &row_names),
                name: check.name.clone(),
            })
            .collect(),
        columns,
        without_rowid,
        strict,
        sql: row.sql.clone(),
    }
}

fn column(fact: &ColumnFact, text: &ColumnText<'_, '_>, strict: bool, names: &[String]) -> Column {
    let storage = match fact.hidden {
        2 => Some(GeneratedStorage::Virtual),
        3 => Some(GeneratedStorage::Stored),
        _ => None,
    };
    // ANY is no affinity in a STRICT table: <https://www.sqlite.org/stricttables.html>
    let any = strict && fact.declared_type.eq_ignore_ascii_case("ANY");
    Column {
        name: fact.name.clone(),
        declared_type: declared_type(&fact.declared_type),
        affinity: if any {
            Affinity::Blob
        } else {
            Affinity::of(&fact.declared_type)
        },
        not_null: text.not_null.clone(),
        default: fact.default.as_deref().map(default),
        collation: text
            .collation
            .clone()
            .filter(|name| !names_equal(name, BINARY)),
        generated: storage.map(|storage| Generated {
            expression: expression(text.generated, names),
            storage,
        }),
        definition: text.definition.clone(),
    }
}

/// The type as SQLite reports it: a comment between the type and `GENERATED ALWAYS` is a part of
/// it, which even counts for the affinity.
fn declared_type(reported: &str) -> String {
    if reported.contains("--") || reported.contains("/*") {
        text_of(&tokens(reported))
    } else {
        reported.to_owned()
    }
}

fn primary_key(
    text: &TableText<'_, '_>,
    facts: &[ColumnFact],
    columns: &[Column],
    indexes: &[IndexFact],
    without_rowid: bool,
) -> Option<PrimaryKey> {
    let mut members: Vec<_> = facts.iter().filter(|fact| fact.key_place > 0).collect();
    members.sort_by_key(|fact| fact.key_place);
    let first = members.first()?;
    let index = indexes
        .iter()
        .find(|index| index.origin == IndexOrigin::PrimaryKey);
    // SQLite makes an index for every primary key but the one that is the rowid.
    let rowid_alias = index.is_none() && !without_rowid && members.len() == 1;
    let key_columns = match index {
        Some(index) => key_columns(index),
        None => vec![KeyColumn {
            name: first.name.clone(),
            order: SortOrder::Ascending,
            collation: BINARY.to_owned(),
        }],
    };
    let written = text.primary_key.as_ref();
    // SQLite makes one index for a UNIQUE over the same columns, with either's ON CONFLICT.
    let same: Vec<_> = match index {
        Some(index) => text
            .unique
            .iter()
            .filter(|key| is_made_for(index, key, columns))
            .collect(),
        None => Vec::new(),
    };
    Some(PrimaryKey {
        columns: key_columns,
        rowid_alias,
        autoincrement: written.is_some_and(|key| key.autoincrement),
        on_conflict: written
            .into_iter()
            .chain(same)
            .map(|key| key.on_conflict)
            .find(|resolution| *resolution != crate::schema::ConflictResolution::Abort)
            .unwrap_or_default(),
        name: written.and_then(|key| key.name.clone()),
    })
}

/// The UNIQUE constraints for which SQLite made an index: the repeated ones are one.
fn unique(text: &TableText<'_, '_>, columns: &[Column], indexes: &[IndexFact]) -> Vec<Unique> {
    let mut found: Vec<(usize, Unique)> = indexes
        .iter()
        .rev()
        .filter(|index| index.origin == IndexOrigin::Unique)
        .map(|index| {
            let written: Vec<(usize, &KeyText)> = text
                .unique
                .iter()
                .enumerate()
                .filter(|(_, key)| is_made_for(index, key, columns))
                .collect();
            let constraint = Unique {
                columns: key_columns(index),
                on_conflict: written
                    .iter()
                    .map(|(_, key)| key.on_conflict)
                    .find(|resolution| *resolution != crate::schema::ConflictResolution::Abort)
                    .unwrap_or_default(),
                name: written.iter().find_map(|(_, key)| key.name.clone()),
            };
            let place = written.first().map_or(usize::MAX, |(place, _)| *place);
            (place, constraint)
        })
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found
        .into_iter()
        .map(|(_, constraint)| constraint)
        .collect()
}

/// Whether SQLite made the index for this constraint: same columns, same collations.
fn is_made_for(index: &IndexFact, key: &KeyText, columns: &[Column]) -> bool {
    index.columns.len() == key.columns.len()
        && index
            .columns
            .iter()
            .zip(&key.columns)
            .all(|(fact, (name, collation))| {
                let of_column = columns
                    .iter()
                    .find(|column| names_equal(&column.name, name))
                    .and_then(|column| column.collation.as_deref());
                let collation = collation.as_deref().or(of_column).unwrap_or(BINARY);
                fact.name
                    .as_deref()
                    .is_some_and(|fact| names_equal(fact, name))
                    && names_equal(&fact.collation, collation)
            })
}

fn key_columns(index: &IndexFact) -> Vec<KeyColumn> {
    index
        .columns
        .iter()
        .map(|column| KeyColumn {
            name: column.name.clone().unwrap_or_default(),
            order: if column.descending {
                SortOrder::Descending
            } else {
                SortOrder::Ascending
            },
            collation: column.collation.clone(),
        })
        .collect()
}

fn foreign_keys(text: &TableText<'_, '_>, facts: &Facts, table: &str) -> Vec<ForeignKey> {
    facts
        .foreign_keys(table)
        .enumerate()
        .map(|(at, fact)| {
            let written = text.foreign_keys.get(at);
            ForeignKey {
                columns: fact.columns.clone(),
                parent: fact.parent.clone(),
                parent_columns: fact.parent_columns.iter().cloned().collect(),
                on_delete: fact.on_delete.clone(),
                on_update: fact.on_update.clone(),
                timing: written.map(|key| key.timing).unwrap_or_default(),
                name: written.and_then(|key| key.name.clone()),
            }
        })
        .collect()
}

/// The names of a table's columns, as its generated columns and index terms can use them.
pub(super) fn column_names(facts: &Facts, table: &str) -> Vec<String> {
    let columns = facts.columns(table);
    columns.iter().map(|fact| fact.name.clone()).collect()
}

/// The names that a CHECK or the WHERE of an index can use: those of the rowid too, which are no
/// names in index terms and generated columns.
pub(super) fn row_names(facts: &Facts, table: &str) -> Vec<String> {
    let mut names = column_names(facts, table);
    if facts.table(table).is_some_and(|fact| !fact.without_rowid) {
        names.extend(["rowid", "oid", "_rowid_"].map(str::to_owned));
    }
    names
}
