//! Values that tell where they were put: nothing else in the database holds them.

use rusqlite::types::Value;

use crate::schema::{Affinity, Column};
use crate::sql::{is_reserved, quote_identifier};

/// The place of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'s> {
    pub(super) table: &'s str,
    pub(super) table_place: usize,
    pub(super) column: &'s str,
    pub(super) column_place: usize,
    /// From 0.
    pub(super) row: usize,
}

/// What is stored in a column when nothing else is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Real,
    Text,
    Blob,
    /// No type, or ANY: all are stored as they come.
    Any,
}

/// The kind of a column.
pub(super) fn kind(column: &Column) -> Kind {
    match column.affinity {
        Affinity::Integer | Affinity::Numeric => Kind::Integer,
        Affinity::Real => Kind::Real,
        Affinity::Text => Kind::Text,
        Affinity::Blob if column.declared_type.to_ascii_uppercase().contains("BLOB") => Kind::Blob,
        Affinity::Blob => Kind::Any,
    }
}

impl Cell<'_> {
    /// `todos.title 3`
    pub(super) fn label(&self) -> String {
        let (table, column) = (plain(self.table), plain(self.column));
        format!("{table}.{column} {}", self.row + 1)
    }

    /// Each column of each table has its thousand.
    pub(super) fn number(&self) -> i64 {
        let number = (self.table_place + 1) * 10_000_000 + self.column_place * 1000 + self.row + 1;
        i64::try_from(number).unwrap_or(i64::MAX)
    }

    /// Small numbers that differ between rows first, then between columns and tables.
    pub(super) fn small_number(&self) -> usize {
        (self.table_place * 40 + self.column_place) * 30 + self.row
    }

    /// The value that is only here.
    pub(super) fn recognisable(&self, kind: Kind) -> Value {
        match kind {
            Kind::Integer => Value::Integer(self.number()),
            Kind::Real => Value::Real(self.real()),
            Kind::Text | Kind::Any => Value::Text(self.label()),
            Kind::Blob => Value::Blob(self.label().into_bytes()),
        }
    }

    /// Not a whole number, so that it is no other column's integer.
    pub(super) fn real(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "the numbers are far below 2^53")]
        let number = self.number() as f64;
        number + 0.5
    }

    /// A text of this length, made of these characters.
    pub(super) fn token(&self, length: usize, alphabet: &[u8]) -> String {
        let mut rest = self.small_number();
        let mut text = vec![alphabet[0]; length];
        for place in text.iter_mut().rev() {
            *place = alphabet[rest % alphabet.len()];
            rest /= alphabet.len();
        }
        String::from_utf8(text).unwrap_or_default()
    }

    /// A day.
    pub(super) fn date(&self) -> String {
        let number = self.small_number();
        let (year, month, day) = (1000 + number / 336 % 9000, number / 28 % 12, number % 28);
        format!("{year:04}-{:02}-{:02}", month + 1, day + 1)
    }

    /// A time of day.
    pub(super) fn time(&self) -> String {
        let number = self.small_number();
        let (hours, minutes, seconds) = (number / 3600 % 24, number / 60 % 60, number % 60);
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}

/// The name, quoted where `a.b` could otherwise be read in two ways.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(is_plain) && !is_reserved(name) {
        name.to_owned()
    } else {
        quote_identifier(name)
    }
}
