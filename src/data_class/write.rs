//! Rows that are written.

use rusqlite::{Connection, Error::StatementChangedRows, ToSql};

use super::reader::{Query, Reader};
use super::relation::{ReadRow, Relation};
use crate::error::Result;
use crate::sql::quote_identifier;

/// Columns with their values; `None` for one that is left out.
pub type Values<'v> = Vec<(&'static str, Option<&'v dyn ToSql>)>;

/// A value that is there.
pub fn given<T: ToSql>(value: &T) -> Option<&dyn ToSql> {
    Some(value)
}

/// A value that may be left out.
pub fn optional<T: ToSql>(value: &Option<T>) -> Option<&dyn ToSql> {
    value.as_ref().map(|value| value as &dyn ToSql)
}

/// Adds a row and gives back its rowid.
///
/// # Errors
/// What SQLite reports. A row that a constraint or trigger leaves out without an error, such as
/// `ON CONFLICT IGNORE`, is one too: `StatementChangedRows(0)`.
pub fn insert<R: ReadRow>(connection: &Connection, values: &Values<'_>) -> Result<i64> {
    let (sql, parameters) = insertion(R::RELATION, values);
    Ok(connection.prepare(&sql)?.insert(&*parameters)?)
}

/// Adds a row to a table that has no rowids.
///
/// # Errors
/// As [`insert`].
pub fn insert_without_rowid<R: ReadRow>(
    connection: &Connection,
    values: &Values<'_>,
) -> Result<()> {
    insert::<R>(connection, values).map(drop)
}

/// Adds a row and gives it back as it is in the table.
///
/// # Errors
/// As [`insert`]; or a value does not fit, and the row is in the table.
pub fn insert_returning<R: ReadRow>(connection: &Connection, values: &Values<'_>) -> Result<R> {
    let relation = R::RELATION;
    let (sql, parameters) = insertion(relation, values);
    let sql = format!("{sql} RETURNING {}", relation.columns());
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(&*parameters)?;
    let Some(row) = rows.next()? else {
        return Err(StatementChangedRows(0).into());
    };
    let row = R::read(&Reader::new(row, relation, Query::Ours));
    // Deferred constraints are checked when the statement ends.
    while rows.next()?.is_some() {}
    Ok(row?)
}

type Parameters<'v> = Vec<&'v dyn ToSql>;

fn insertion<'v>(relation: &Relation, values: &Values<'v>) -> (String, Parameters<'v>) {
    let mut columns = Vec::new();
    let mut places = Vec::new();
    let mut parameters = Vec::new();
    for (column, value) in present(values) {
        columns.push(quote_identifier(column));
        parameters.push(value);
        places.push(format!("?{}", parameters.len()));
    }
    let table = relation.table();
    if columns.is_empty() {
        return (format!("INSERT INTO {table} DEFAULT VALUES"), parameters);
    }
    let (columns, places) = (columns.join(", "), places.join(", "));
    let sql = format!("INSERT INTO {table} ({columns}) VALUES ({places})");
    (sql, parameters)
}

fn present<'v>(values: &Values<'v>) -> impl Iterator<Item = (&'static str, &'v dyn ToSql)> {
    (values.iter()).filter_map(|(column, value)| Some((*column, (*value)?)))
}

/// Changes the row with this primary key, and tells whether there is one.
///
/// # Errors
/// What SQLite reports. A row that is there and stays as it is, because a constraint or trigger says
/// so without an error, is one too: `StatementChangedRows(0)`.
pub fn update<R: ReadRow>(
    connection: &Connection,
    key: &[&dyn ToSql],
    values: &Values<'_>,
) -> Result<bool> {
    let relation = R::RELATION;
    let mut terms = Vec::new();
    let mut parameters = key.to_vec();
    for (column, value) in present(values) {
        parameters.push(value);
        terms.push(format!(
            "{} = ?{}",
            quote_identifier(column),
            parameters.len()
        ));
    }
    if terms.is_empty() {
        return is_there(connection, relation, key);
    }
    let (table, terms) = (relation.table(), terms.join(", "));
    let sql = format!("UPDATE {table} SET {terms}{}", relation.is_row(1));
    let changed = connection.execute(&sql, &*parameters)?;
    if changed == 0 && is_there(connection, relation, key)? {
        return Err(StatementChangedRows(0).into());
    }
    Ok(changed != 0)
}

fn is_there(connection: &Connection, relation: &Relation, key: &[&dyn ToSql]) -> Result<bool> {
    let sql = format!("SELECT 1 FROM {}{}", relation.table(), relation.is_row(1));
    let mut statement = connection.prepare(&sql)?;
    Ok(statement.exists(key)?)
}
