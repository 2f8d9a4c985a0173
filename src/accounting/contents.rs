//! What a database holds.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use super::Value;
use crate::schema::{Affinity, Entity, Schema, Table, VirtualTable};
use crate::sql::{fold, names_equal, quote_identifier};

/// All rows of a database: of its ordinary tables, and of its virtual tables with content of their
/// own (FTS and R*Tree; not full-text indexes over other tables).
#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub(super) tables: Vec<TableData>,
    /// The highest AUTOINCREMENT key of each table that has one, by folded name.
    pub(super) sequences: BTreeMap<String, i64>,
}

/// The rows of a table, column by column.
#[derive(Debug, Clone)]
pub(super) struct TableData {
    pub(super) name: String,
    pub(super) columns: Vec<ColumnData>,
    /// The places of its primary key's columns; empty where it has none.
    pub(super) key: Vec<usize>,
    /// The rowids, where they are not in a column anyway.
    pub(super) rowids: Option<Vec<i64>>,
    /// How many rows it has.
    pub(super) rows: usize,
}

/// The values of a column, row by row.
#[derive(Debug, Clone)]
pub(super) struct ColumnData {
    pub(super) name: String,
    pub(super) values: Vec<Value>,
    pub(super) origin: Origin,
    /// The storage class that its type says its values have, where it says one.
    pub(super) regular: Option<&'static str>,
}

/// Where the values of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// They are stored.
    Stored,
    /// They are computed from other columns, so that nothing is lost with them.
    Generated,
}

impl TableData {
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        (self.columns.iter()).position(|column| names_equal(&column.name, name))
    }

    pub(super) fn value(&self, column: usize, row: usize) -> &Value {
        &self.columns[column].values[row]
    }

    pub(super) fn is_key(&self, column: usize) -> bool {
        self.key.contains(&column)
    }

    /// The places of the columns that hold values of their own.
    pub(super) fn stored(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.columns.len()).filter(|column| self.columns[*column].origin == Origin::Stored)
    }
}

impl Contents {
    /// The same rows in tables and columns of other names; `None` leaves a name as it is. The
    /// second function gets the table as it was called before.
    #[must_use]
    pub fn renamed(
        &self,
        table_name: impl Fn(&str) -> Option<String>,
        column_name: impl Fn(&str, &str) -> Option<String>,
    ) -> Self {
        let mut renamed = self.clone();
        for table in &mut renamed.tables {
            for column in &mut table.columns {
                if let Some(name) = column_name(&table.name, &column.name) {
                    column.name = name;
                }
            }
            if let Some(name) = table_name(&table.name) {
                table.name = name;
            }
        }
        let sequences = self.sequences.iter().map(|(table, highest)| {
            let name = table_name(table).map_or_else(|| table.clone(), |name| fold(&name));
            (name, *highest)
        });
        renamed.sequences = sequences.collect();
        renamed
    }

    pub(super) fn table(&self, name: &str) -> Option<usize> {
        (self.tables.iter()).position(|table| names_equal(&table.name, name))
    }
}

/// Reads all rows of the main database, which has the given schema.
///
/// # Errors
/// What SQLite reports, such as a table that the schema has and the database has not.
pub fn contents(connection: &Connection, schema: &Schema) -> rusqlite::Result<Contents> {
    let mut contents = Contents::default();
    for entity in &schema.entities {
        let table = match entity {
            Entity::Table(table) => ordinary(table),
            Entity::VirtualTable(table) if has_content(table) => virtual_table(table),
            Entity::VirtualTable(_) | Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => {
                continue;
            }
        };
        contents.tables.push(read(connection, table)?);
    }
    let has_sequence =
        |table: &Table| (table.primary_key.as_ref()).is_some_and(|k| k.autoincrement);
    if schema.tables().any(has_sequence) {
        contents.sequences = sequences(connection)?;
    }
    Ok(contents)
}

/// An ordinary table without its rows.
fn ordinary(table: &Table) -> TableData {
    let column = |column: &crate::schema::Column| ColumnData {
        name: column.name.clone(),
        values: Vec::new(),
        origin: match column.generated {
            None => Origin::Stored,
            Some(_) => Origin::Generated,
        },
        regular: regular(column.affinity),
    };
    let mut data = TableData {
        name: table.name.clone(),
        columns: table.columns.iter().map(column).collect(),
        key: Vec::new(),
        rowids: (!table.without_rowid && table.rowid_alias().is_none()).then(Vec::new),
        rows: 0,
    };
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    data.key = key.filter_map(|column| data.column(&column.name)).collect();
    data
}

/// The storage class that values have in a column of this affinity. In one that is NUMERIC, which
/// `DATETIME` is too, it may be any: <https://www.sqlite.org/datatype3.html>
fn regular(affinity: Affinity) -> Option<&'static str> {
    match affinity {
        Affinity::Integer => Some("INTEGER"),
        Affinity::Text => Some("TEXT"),
        Affinity::Real => Some("REAL"),
        Affinity::Blob | Affinity::Numeric => None,
    }
}

/// A virtual table without its rows.
fn virtual_table(table: &VirtualTable) -> TableData {
    let column = |name: &String| ColumnData {
        name: name.clone(),
        values: Vec::new(),
        origin: Origin::Stored,
        regular: None,
    };
    let is_rtree = !table.module.to_ascii_lowercase().starts_with("fts");
    TableData {
        name: table.name.clone(),
        columns: table.columns.iter().map(column).collect(),
        // The first column of an R*Tree is its key: <https://www.sqlite.org/rtree.html>
        key: if is_rtree { vec![0] } else { Vec::new() },
        rowids: (!is_rtree).then(Vec::new),
        rows: 0,
    }
}

/// Whether the rows of a virtual table are nowhere else. What an unknown module shows is not known
/// to be kept in the database, and not read.
fn has_content(table: &VirtualTable) -> bool {
    let option = |argument: &str| argument.split('=').next().map(|name| fold(name.trim()));
    let elsewhere = (table.arguments.iter())
        .any(|a| a.sql.contains('=') && option(&a.sql).as_deref() == Some("content"));
    match fold(&table.module).as_str() {
        "fts3" | "fts4" | "fts5" => !elsewhere && !table.columns.is_empty(),
        "rtree" | "rtree_i32" => !table.columns.is_empty(),
        _ => false,
    }
}

fn read(connection: &Connection, mut table: TableData) -> rusqlite::Result<TableData> {
    // A column can be named like the rowid and hide it.
    let rowid = ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|name| table.column(name).is_none());
    let (Some(rowid), Some(_)) = (rowid, &table.rowids) else {
        table.rowids = None;
        return read_as(connection, table, None);
    };
    read_as(connection, table, Some(rowid))
}

fn read_as(
    connection: &Connection,
    mut table: TableData,
    rowid: Option<&str>,
) -> rusqlite::Result<TableData> {
    let names = (table.columns.iter()).map(|column| quote_identifier(&column.name));
    let columns: Vec<_> = rowid.map(str::to_owned).into_iter().chain(names).collect();
    let name = quote_identifier(&table.name);
    let sql = format!("SELECT {} FROM main.{name}", columns.join(", "));
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(rowids) = &mut table.rowids {
            rowids.push(row.get(0)?);
        }
        let first = usize::from(rowid.is_some());
        for (place, column) in table.columns.iter_mut().enumerate() {
            column.values.push(row.get_ref(first + place)?.into());
        }
        table.rows += 1;
    }
    Ok(table)
}

fn sequences(connection: &Connection) -> rusqlite::Result<BTreeMap<String, i64>> {
    let sql = "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'";
    if connection
        .query_row(sql, [], |_| Ok(()))
        .optional()?
        .is_none()
    {
        return Ok(BTreeMap::new());
    }
    // Anybody can write to `sqlite_sequence`, so the columns can hold anything.
    let mut statement = connection.prepare("SELECT name, seq FROM main.sqlite_sequence")?;
    let mut rows = statement.query([])?;
    let mut sequences = BTreeMap::new();
    while let Some(row) = rows.next()? {
        if let (ValueRef::Text(name), ValueRef::Integer(seq)) = (row.get_ref(0)?, row.get_ref(1)?) {
            let name = fold(&String::from_utf8_lossy(name));
            let highest = sequences.entry(name).or_insert(seq);
            *highest = seq.max(*highest);
        }
    }
    Ok(sequences)
}
