//! The SQL of the parts of a schema, for differences.

use crate::schema::{
    Check, ConflictResolution, Expression, ForeignKey, ForeignKeyTiming, Generated,
    GeneratedStorage, Index, IndexTerm, KeyColumn, NotNull, PrimaryKey, SortOrder, Table, Unique,
    VirtualTable,
};
use crate::sql::{Lexeme, canonical_text, names_equal, quote_identifier};

/// The name, quoted where it has to be.
pub(super) fn name(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !crate::sql::is_reserved(name);
    if plain {
        name.to_owned()
    } else {
        quote_identifier(name)
    }
}

fn names(all: &[String]) -> String {
    let quoted: Vec<_> = all.iter().map(|one| name(one)).collect();
    quoted.join(", ")
}

fn on_conflict(resolution: ConflictResolution) -> &'static str {
    match resolution {
        ConflictResolution::Abort => "",
        ConflictResolution::Rollback => " ON CONFLICT ROLLBACK",
        ConflictResolution::Fail => " ON CONFLICT FAIL",
        ConflictResolution::Ignore => " ON CONFLICT IGNORE",
        ConflictResolution::Replace => " ON CONFLICT REPLACE",
    }
}

pub(super) fn not_null(constraint: &NotNull) -> String {
    format!("NOT NULL{}", on_conflict(constraint.on_conflict))
}

/// The two expressions as written, or in canonical form where only that tells them apart: a word
/// in double quotes is a name in one table and a text in another.
pub(super) fn expressions(expected: &Expression, found: &Expression) -> (String, String) {
    if expected.sql == found.sql {
        (
            canonical_text(&expected.lexemes),
            canonical_text(&found.lexemes),
        )
    } else {
        (expected.sql.clone(), found.sql.clone())
    }
}

pub(super) fn generated(expression: &str, column: &Generated) -> String {
    let storage = match column.storage {
        GeneratedStorage::Virtual => "VIRTUAL",
        GeneratedStorage::Stored => "STORED",
    };
    format!("AS ({expression}) {storage}")
}

fn order(order: SortOrder) -> &'static str {
    match order {
        SortOrder::Ascending => "",
        SortOrder::Descending => " DESC",
    }
}

/// A collation that is not the one that the column has anyway.
fn collation(collation: &str, of_column: Option<&str>) -> String {
    if names_equal(collation, of_column.unwrap_or("BINARY")) {
        String::new()
    } else {
        format!(" COLLATE {}", name(collation))
    }
}

fn column_collation<'t>(table: Option<&'t Table>, column: &str) -> Option<&'t str> {
    table?.column(column)?.collation.as_deref()
}

fn key_columns(table: &Table, columns: &[KeyColumn]) -> String {
    let parts: Vec<_> = columns
        .iter()
        .map(|column| {
            format!(
                "{}{}{}",
                name(&column.name),
                collation(
                    &column.collation,
                    column_collation(Some(table), &column.name)
                ),
                order(column.order)
            )
        })
        .collect();
    parts.join(", ")
}

pub(super) fn primary_key(table: &Table, key: &PrimaryKey) -> String {
    let columns = key_columns(table, &key.columns);
    format!("PRIMARY KEY ({columns}){}", on_conflict(key.on_conflict))
}

/// The type of the column and its PRIMARY KEY, which decide whether it is the rowid.
pub(super) fn rowid_key(table: &Table, key: &PrimaryKey) -> String {
    let Some(first) = key.columns.first() else {
        return primary_key(table, key);
    };
    let declared = table
        .column(&first.name)
        .map_or("", |column| column.declared_type.as_str());
    format!("{declared} PRIMARY KEY{}", order(first.order))
        .trim_start()
        .to_owned()
}

pub(super) fn unique(table: &Table, constraint: &Unique) -> String {
    let columns = key_columns(table, &constraint.columns);
    format!("UNIQUE ({columns}){}", on_conflict(constraint.on_conflict))
}

pub(super) fn check(constraint: &Check) -> String {
    format!("CHECK ({})", constraint.expression.sql)
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let parent_columns = key
        .parent_columns
        .as_deref()
        .map(|columns| format!(" ({})", names(columns)));
    let action = |event: &str, action: &str| {
        if action.eq_ignore_ascii_case("NO ACTION") {
            String::new()
        } else {
            format!(" ON {event} {action}")
        }
    };
    let timing = match key.timing {
        ForeignKeyTiming::Immediate => "",
        ForeignKeyTiming::Deferred => " DEFERRABLE INITIALLY DEFERRED",
    };
    format!(
        "FOREIGN KEY ({}) REFERENCES {}{}{}{}{timing}",
        names(&key.columns),
        name(&key.parent),
        parent_columns.unwrap_or_default(),
        action("DELETE", &key.on_delete),
        action("UPDATE", &key.on_update),
    )
}

/// A constraint with its name, where it has one.
pub(super) fn named(constraint: Option<&str>, sql: &str) -> String {
    match constraint {
        Some(constraint) => format!("CONSTRAINT {} {sql}", name(constraint)),
        None => sql.to_owned(),
    }
}

/// The terms of an index.
pub(super) fn index_columns(table: Option<&Table>, index: &Index, canonical: bool) -> String {
    let parts: Vec<_> = index
        .columns
        .iter()
        .map(|column| {
            let term = match &column.term {
                IndexTerm::Column(of) => {
                    let inherited = column_collation(table, of);
                    format!("{}{}", name(of), collation(&column.collation, inherited))
                }
                IndexTerm::Rowid => "rowid".to_owned(),
                IndexTerm::Expression(expression) if canonical => {
                    canonical_text(&expression.lexemes)
                }
                IndexTerm::Expression(expression) => expression.sql.clone(),
            };
            format!("{term}{}", order(column.order))
        })
        .collect();
    format!("({})", parts.join(", "))
}

/// The module and arguments of a virtual table.
pub(super) fn virtual_table(table: &VirtualTable) -> String {
    let arguments: Vec<_> = table
        .arguments
        .iter()
        .map(|argument| argument.sql.as_str())
        .collect();
    format!("USING {}({})", name(&table.module), arguments.join(", "))
}

/// The columns of a table by name.
pub(super) fn column_names<'n>(columns: impl Iterator<Item = &'n str>) -> String {
    let quoted: Vec<_> = columns.map(name).collect();
    format!("({})", quoted.join(", "))
}

/// Whether a canonical form is that of no value, which a column has without a default too.
pub(super) fn is_null(lexemes: &[Lexeme]) -> bool {
    matches!(lexemes, [Lexeme::Word(word)] if word == "null")
}
