//! Rows that are equal where a new version wants them unique.

use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, IndexTerm, Schema, Table};
use stepladder::sql::quote_identifier;

use super::asked::compared_with;
use super::culprit::rowid;

/// Makes the second row of a table equal to the first in the columns that become unique, where the
/// old version lets it.
pub(super) fn collide(connection: &Connection, old: &Schema, new: &Schema) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    for (table, columns, filter) in uniques(new) {
        let Some(before) = old.table(&table).filter(|before| !before.without_rowid) else {
            continue;
        };
        if columns.is_empty() || columns.iter().any(|column| before.column(column).is_none()) {
            continue;
        }
        let table = quote_identifier(&table);
        let columns: Vec<_> = columns
            .iter()
            .map(|column| quote_identifier(column))
            .collect();
        let columns = columns.join(", ");
        hold(connection, before, &table, filter.as_deref());
        let rowid = rowid(before);
        // Whatever keeps them apart in the old version keeps them apart.
        let _ = connection.execute_batch(&format!(
            "UPDATE OR IGNORE {table} SET ({columns}) = (SELECT {columns} FROM {table} ORDER BY \
             {rowid} LIMIT 1) WHERE {rowid} = (SELECT {rowid} FROM {table} ORDER BY {rowid} LIMIT 1 \
             OFFSET 1)"
        ));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    Ok(())
}

/// Puts the two rows into a partial index, by what its WHERE compares columns with.
fn hold(connection: &Connection, table: &Table, quoted: &str, filter: Option<&str>) {
    for (column, value) in filter.map(compared_with).unwrap_or_default() {
        if table.column(&column).is_some() {
            let (column, rowid) = (quote_identifier(&column), rowid(table));
            let _ = connection.execute_batch(&format!(
                "UPDATE OR IGNORE {quoted} SET {column} = {value} WHERE {rowid} IN (SELECT {rowid} FROM \
                 {quoted} ORDER BY {rowid} LIMIT 2)"
            ));
        }
    }
}

/// The table and columns of each unique constraint and index, and the WHERE of the index.
fn uniques(schema: &Schema) -> Vec<(String, Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    for table in schema.tables() {
        for unique in &table.unique {
            let columns = unique.columns.iter().map(|column| column.name.clone());
            found.push((table.name.clone(), columns.collect(), None));
        }
    }
    for entity in &schema.entities {
        let Entity::Index(index) = entity else {
            continue;
        };
        let columns = index.columns.iter().map(|column| match &column.term {
            IndexTerm::Column(name) => Some(name.clone()),
            IndexTerm::Rowid | IndexTerm::Expression(_) => None,
        });
        if let (true, Some(columns)) = (index.unique, columns.collect::<Option<Vec<_>>>()) {
            let filter = index.filter.as_ref().map(|filter| filter.sql.clone());
            found.push((index.table.clone(), columns, filter));
        }
    }
    found
}
