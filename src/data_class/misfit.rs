//! A value that does not fit the type of its field.

use std::error::Error as StdError;
use std::fmt;

use rusqlite::types::Type;

use crate::shown_value::storage_class;

/// A value in a database that does not fit the type that the data class has for its column: SQLite
/// stores a text in an `INTEGER` column, unless the table is `STRICT`.
///
/// It is in [`Error::ValueMisfit`](crate::Error::ValueMisfit), and in the error of a query with
/// `Row::from_row`.
#[derive(Debug)]
#[non_exhaustive]
pub struct ValueMisfit {
    /// The table or view.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The columns that tell the row from the others, the primary key or else the rowid, each with
    /// its value as SQL; empty where the query has not got them.
    pub row: Vec<(&'static str, String)>,
    /// The type of the field.
    pub expected: String,
    /// The storage class of the value.
    pub found: Type,
    /// The value as SQL, shortened where it is long.
    pub value: String,
    /// What is wrong with it, where the type says more than that it does not fit.
    pub reason: Option<Box<dyn StdError + Send + Sync>>,
}

impl fmt::Display for ValueMisfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "column `{}.{}`: expected `{}`, found ",
            self.table, self.column, self.expected
        )?;
        match &self.found {
            Type::Null => f.write_str("NULL")?,
            found => write!(f, "{} `{}`", storage_class(found), self.value)?,
        }
        if !self.row.is_empty() {
            let key = self.row.iter();
            let key: Vec<_> = key
                .map(|(column, value)| format!("{column} = {value}"))
                .collect();
            write!(f, " in the row with `{}`", key.join(", "))?;
        }
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}

impl StdError for ValueMisfit {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let reason = self.reason.as_deref()?;
        Some(reason)
    }
}

impl From<ValueMisfit> for rusqlite::Error {
    fn from(misfit: ValueMisfit) -> Self {
        // As rusqlite does where the number of the column is not known.
        Self::FromSqlConversionFailure(usize::MAX, copied(&misfit.found), Box::new(misfit))
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "it is not `Copy` in every version of rusqlite"
)]
fn copied(class: &Type) -> Type {
    match class {
        Type::Null => Type::Null,
        Type::Integer => Type::Integer,
        Type::Real => Type::Real,
        Type::Text => Type::Text,
        Type::Blob => Type::Blob,
    }
}

/// `Option<State>` for `core::option::Option<app::db::State>`.
pub(super) fn short_type_name(full: &str) -> String {
    let mut short = String::new();
    let mut segment = 0;
    for c in full.chars() {
        short.push(c);
        if c == ':' {
            short.truncate(segment);
        } else if !(c.is_alphanumeric() || c == '_') {
            segment = short.len();
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::short_type_name;

    #[test]
    fn paths_are_left_out_of_types() {
        let short = |full| short_type_name(full);
        assert_eq!(short("i64"), "i64");
        assert_eq!(short("alloc::string::String"), "String");
        assert_eq!(
            short("core::option::Option<alloc::vec::Vec<u8>>"),
            "Option<Vec<u8>>"
        );
        assert_eq!(short("(app::a::B, [c::D; 2])"), "(B, [D; 2])");
    }
}
