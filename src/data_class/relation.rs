//! The table or view of a class, and the SQL that names it.

use super::reader::{ReadResult, Reader};
use crate::sql::quote_identifier;

/// A table or view, as far as its classes need to know it.
#[derive(Debug)]
pub struct Relation {
    /// Its name.
    pub name: &'static str,
    /// The columns of the class `Row`, in order.
    pub columns: &'static [&'static str],
    /// The primary key in its order: places in `columns`, and the collation of the key where the
    /// column has another one.
    pub key: &'static [(usize, Option<&'static str>)],
    /// The name of the rowid, where there is no primary key that tells one row from another.
    pub rowid: Option<&'static str>,
}

/// The class `Row`.
pub trait ReadRow: Sized {
    /// What it is a row of.
    const RELATION: &'static Relation;

    /// The row that a query is at.
    ///
    /// # Errors
    /// A value does not fit.
    fn read(row: &Reader<'_, '_>) -> ReadResult<Self>;
}

/// The columns of the class that are not the same.
pub fn changed_fields<R: ReadRow>(same: &[bool]) -> Vec<&'static str> {
    let columns = R::RELATION.columns.iter().zip(same);
    let changed = columns.filter(|(_, same)| !**same);
    changed.map(|(column, _)| *column).collect()
}

// Columns are written with their table: SQLite takes a lone name in double quotes that is no column
// for a text, and would read the name as the value. <https://www.sqlite.org/quirks.html#dblquote>
// Tables are written with `main`: a temporary table of the same name would hide it.
impl Relation {
    /// `main."todos"`
    pub(super) fn table(&self) -> String {
        format!("main.{}", quote_identifier(self.name))
    }

    /// `"todos"."title"`
    fn column(&self, name: &str) -> String {
        let (table, column) = (quote_identifier(self.name), quote_identifier(name));
        format!("{table}.{column}")
    }

    /// The columns of the class, separated by commas.
    pub(super) fn columns(&self) -> String {
        let columns = self.columns.iter().map(|name| self.column(name));
        columns.collect::<Vec<_>>().join(", ")
    }

    /// `SELECT` the columns of the class, and behind them the rowid where only that tells the rows
    /// apart.
    pub(super) fn select(&self) -> String {
        let rowid = self.rowid.map(|rowid| format!(", {}", self.column(rowid)));
        format!(
            "SELECT {}{} FROM {}",
            self.columns(),
            rowid.unwrap_or_default(),
            self.table()
        )
    }

    /// `ORDER BY` the primary key, or else the rowid; nothing for a view.
    pub(super) fn order(&self) -> String {
        let key = self
            .key_columns()
            .chain(self.rowid.map(|rowid| self.column(rowid)));
        let key: Vec<_> = key.collect();
        if key.is_empty() {
            return String::new();
        }
        format!(" ORDER BY {}", key.join(", "))
    }

    /// `WHERE` the primary key has these values; `first` is the number of the first parameter.
    pub(super) fn is_row(&self, first: usize) -> String {
        let terms =
            (self.key_columns().zip(first..)).map(|(column, at)| format!("{column} = ?{at}"));
        format!(" WHERE {}", terms.collect::<Vec<_>>().join(" AND "))
    }

    /// A key may compare otherwise than its column does: two rows that are one to the column are
    /// not one to the key.
    fn key_columns(&self) -> impl Iterator<Item = String> {
        self.key.iter().map(|(place, collation)| {
            let column = self.column(self.columns[*place]);
            match collation {
                Some(collation) => format!("{column} COLLATE {}", quote_identifier(collation)),
                None => column,
            }
        })
    }
}
