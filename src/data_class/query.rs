//! Rows that are read.

use rusqlite::{Connection, Row, ToSql};

use super::reader::{Query, Reader};
use super::relation::ReadRow;
use crate::error::Result;

/// The row that a query of the app is at.
///
/// # Errors
/// A value does not fit, or the query has not got a column.
pub fn from_row<R: ReadRow>(row: &Row<'_>) -> rusqlite::Result<R> {
    Ok(R::read(&Reader::new(row, R::RELATION, Query::OfTheApp))?)
}

/// All rows.
///
/// # Errors
/// A value does not fit; or what SQLite reports, such as that there is no such table.
pub fn all<R: ReadRow>(connection: &Connection) -> Result<Vec<R>> {
    let relation = R::RELATION;
    let sql = relation.select() + &relation.order();
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(R::read(&Reader::new(row, relation, Query::Ours))?);
    }
    Ok(all)
}

/// The row with this primary key.
///
/// # Errors
/// As [`all`].
pub fn get<R: ReadRow>(connection: &Connection, key: &[&dyn ToSql]) -> Result<Option<R>> {
    let relation = R::RELATION;
    let sql = relation.select() + &relation.is_row(1);
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(key)?;
    match rows.next()? {
        Some(row) => Ok(Some(R::read(&Reader::new(row, relation, Query::Ours))?)),
        None => Ok(None),
    }
}

/// How many rows there are.
///
/// # Errors
/// What SQLite reports.
pub fn count<R: ReadRow>(connection: &Connection) -> Result<u64> {
    let sql = format!("SELECT count(*) FROM {}", R::RELATION.table());
    let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
