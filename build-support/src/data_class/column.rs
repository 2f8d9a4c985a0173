//! A column as a field.

use stepladder::schema::{Affinity, Column, Table};
use stepladder::sql::{Lexeme, names_equal};

use super::rust_type::RustType;
use crate::settings::Settings;
use crate::view_columns::ViewColumn;

/// A column as a field of the classes.
#[derive(Debug)]
pub(crate) struct Field {
    /// The column.
    pub(crate) column: String,
    /// How it is declared.
    pub(crate) definition: String,
    /// The type of a value that is not NULL.
    pub(crate) rust_type: RustType,
    /// Whether the value is an `Option`.
    pub(crate) nullable: bool,
    /// What an `INSERT` does with it.
    pub(crate) given: Given,
}

/// What an `INSERT` does with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    /// It names it.
    Required,
    /// It may leave it out: then it is NULL, or the next rowid.
    Optional,
    /// It may leave it out: then it is the default.
    Default,
    /// It cannot name it, because SQLite computes it.
    Never,
}

pub(super) fn of_table(table: &Table, column: &Column, settings: &Settings) -> Field {
    let chosen = settings.column_type(&table.name, &column.name);
    let rust_type = (chosen.and_then(|chosen| chosen.rust.clone()))
        .or_else(|| settings.declared_type(&column.declared_type))
        .unwrap_or_else(|| RustType::of_declared(&column.declared_type, column.affinity));
    let may_be_null = chosen
        .and_then(|chosen| chosen.nullable)
        .unwrap_or_else(|| is_nullable(table, column));
    let is_rowid = (table.rowid_alias()).is_some_and(|alias| alias.name == column.name);
    Field {
        column: column.name.clone(),
        definition: column.definition.clone(),
        given: if column.generated.is_some() {
            Given::Never
        } else if is_rowid {
            Given::Optional
        } else if has_default(column) {
            Given::Default
        } else if may_be_null {
            Given::Optional
        } else {
            Given::Required
        },
        nullable: may_be_null && rust_type != RustType::Value,
        rust_type,
    }
}

/// Whether SQLite lets NULL in. A primary key keeps it out only where it is the rowid, or the table
/// is WITHOUT ROWID or STRICT: <https://www.sqlite.org/lang_createtable.html#the_primary_key>
fn is_nullable(table: &Table, column: &Column) -> bool {
    if column.not_null.is_some() {
        return false;
    }
    let Some(key) = &table.primary_key else {
        return true;
    };
    let is_member = (key.columns.iter()).any(|member| names_equal(&member.name, &column.name));
    !(is_member && (key.rowid_alias || table.without_rowid || table.strict))
}

fn has_default(column: &Column) -> bool {
    let default = column.default.as_ref();
    default.is_some_and(|default| {
        let is_null = matches!(&*default.lexemes, [Lexeme::Word(word)] if word == "null");
        !is_null
    })
}

pub(super) fn of_virtual_table(table: &str, column: &str, settings: &Settings) -> Field {
    let chosen = settings.column_type(table, column);
    let rust_type = chosen
        .and_then(|chosen| chosen.rust.clone())
        .unwrap_or(RustType::Value);
    Field {
        column: column.to_owned(),
        definition: column.to_owned(),
        given: Given::Optional,
        nullable: rust_type != RustType::Value
            && chosen.and_then(|chosen| chosen.nullable).unwrap_or(true),
        rust_type,
    }
}

/// The rowid of a full-text index, which is what connects it with the rows.
pub(super) fn rowid() -> Field {
    Field {
        column: "rowid".to_owned(),
        definition: "rowid".to_owned(),
        rust_type: RustType::Integer,
        nullable: false,
        given: Given::Optional,
    }
}

pub(super) fn of_view(view: &str, column: &ViewColumn, settings: &Settings) -> Field {
    let chosen = settings.column_type(view, &column.name);
    let declared = &column.declared_type;
    let rust_type = (chosen.and_then(|chosen| chosen.rust.clone()))
        .or_else(|| settings.declared_type(declared))
        .unwrap_or_else(|| RustType::of_declared(declared, Affinity::of(declared)));
    Field {
        column: column.name.clone(),
        definition: format!("{} {declared}", column.name).trim_end().to_owned(),
        given: Given::Never,
        nullable: rust_type != RustType::Value
            && chosen.and_then(|chosen| chosen.nullable).unwrap_or(true),
        rust_type,
    }
}
