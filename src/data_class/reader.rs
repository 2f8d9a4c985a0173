//! One row, column by column.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, ValueRef};

use super::misfit::{ValueMisfit, short_type_name};
use super::relation::Relation;
use crate::error::Error;
use crate::shown_value::shown_value;

/// The row that a query is at.
pub struct Reader<'r, 's> {
    row: &'r Row<'s>,
    relation: &'static Relation,
    query: Query,
}

// Not every version of rusqlite has it for `Row`.
impl fmt::Debug for Reader<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Reader");
        shown
            .field("relation", self.relation)
            .field("query", &self.query);
        shown.finish_non_exhaustive()
    }
}

/// Whose query it is, and with that where its columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Query {
    /// Ours: the columns of the class in order, and behind them the rowid if the relation names it.
    Ours,
    /// The app's: any columns in any order.
    OfTheApp,
}

/// A column, read or not.
pub type ReadResult<T> = Result<T, Unread>;

/// Why a row could not be read.
#[derive(Debug)]
pub enum Unread {
    /// SQLite reported an error, or the query has no such column.
    Sqlite(rusqlite::Error),
    /// A value does not fit.
    Misfit(Box<ValueMisfit>),
}

impl<'r, 's> Reader<'r, 's> {
    pub(super) fn new(row: &'r Row<'s>, relation: &'static Relation, query: Query) -> Self {
        Self {
            row,
            relation,
            query,
        }
    }

    /// The column at this place of the class.
    ///
    /// # Errors
    /// The value does not fit, or the query has no such column.
    pub fn get<T: FromSql>(&self, place: usize) -> ReadResult<T> {
        let value = self.value(place)?;
        let fits = match value {
            // Some versions of rusqlite panic where such a text is to be a `Value`.
            ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_err() => {
                Err(FromSqlError::Other("it is not UTF-8".into()))
            }
            value => T::column_result(value),
        };
        fits.map_err(|error| self.misfit(place, value, type_name::<T>(), error))
    }

    fn value(&self, place: usize) -> ReadResult<ValueRef<'_>> {
        let index = match self.query {
            Query::Ours => place,
            Query::OfTheApp => self.find(self.relation.columns[place], place)?,
        };
        Ok(self.row.get_ref(index)?)
    }

    /// Where a query of the app has a column. A `SELECT *` mostly has it where the class has it; a
    /// table that was upgraded has the same columns in another order. A name that is there twice, as
    /// in a join, may be that of another table.
    fn find(&self, column: &str, place: usize) -> rusqlite::Result<usize> {
        let statement = self.row.as_ref();
        let is_it = |at: &usize| {
            let name = statement.column_name(*at);
            name.is_ok_and(|name| name.eq_ignore_ascii_case(column))
        };
        let mut found = (0..statement.column_count()).filter(is_it);
        if let (Some(first), Some(second)) = (found.next(), found.next()) {
            let type_ = self.row.get_ref(first)?.data_type();
            let error = format!(
                "the query has two columns `{column}`, the places {first} and {second}: name the \
                 columns of `{0}` alone, such as `SELECT {0}.*`",
                self.relation.name
            );
            let error = rusqlite::Error::FromSqlConversionFailure(first, type_, error.into());
            return Err(error);
        }
        match statement.column_name(place) {
            Ok(name) if name.eq_ignore_ascii_case(column) => Ok(place),
            Ok(_) | Err(_) => statement.column_index(column),
        }
    }

    fn misfit(
        &self,
        place: usize,
        value: ValueRef<'_>,
        expected: &str,
        error: FromSqlError,
    ) -> Unread {
        Unread::Misfit(Box::new(ValueMisfit {
            table: self.relation.name,
            column: self.relation.columns[place],
            row: self.row().unwrap_or_default(),
            expected: short_type_name(expected),
            found: value.data_type(),
            value: shown_value(value),
            reason: reason(error),
        }))
    }

    /// What tells the row from the others, where the query has all of it.
    fn row(&self) -> Option<Vec<(&'static str, String)>> {
        let mut row = Vec::new();
        for (place, _) in self.relation.key {
            let value = self.value(*place).ok()?;
            row.push((self.relation.columns[*place], shown_value(value)));
        }
        if let Some(rowid) = self.relation.rowid {
            let behind = self.relation.columns.len();
            let index = match self.query {
                Query::Ours => behind,
                Query::OfTheApp => self.find(rowid, behind).ok()?,
            };
            row.push((rowid, shown_value(self.row.get_ref(index).ok()?)));
        }
        Some(row)
    }
}

/// What the type says of a value, beyond that it does not fit.
fn reason(error: FromSqlError) -> Option<Box<dyn StdError + Send + Sync>> {
    match error {
        FromSqlError::InvalidType => None,
        FromSqlError::Other(error) => Some(error),
        error => Some(Box::new(error)),
    }
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Unread> for rusqlite::Error {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Sqlite(error) => error,
            Unread::Misfit(misfit) => (*misfit).into(),
        }
    }
}

impl From<Unread> for Error {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Sqlite(error) => error.into(),
            Unread::Misfit(misfit) => Self::ValueMisfit(misfit),
        }
    }
}
