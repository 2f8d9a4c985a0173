//! The part of a call: what Rust will do when the step runs, the proof can only play.
//!
//! A call is there to fill what the step has made room for, so each NULL or empty text in a column
//! that the step has added gets a value of its own. What comes after, such as a rebuild with NOT NULL
//! or UNIQUE, is then proven as if the method did its work. The method itself is not proven.

use std::collections::{BTreeMap, BTreeSet};

use stepladder::accounting::Value;
use stepladder::introspect::introspect;
use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::types::{ToSqlOutput, ValueRef};
use stepladder::rusqlite::{self, Connection, ToSql, params_from_iter};
use stepladder::schema::{Affinity, Column, Schema, Table};
use stepladder::sql::{TokenKind, fold, names_equal, quote_identifier, quote_string, tokens};

use crate::script::Script;

/// The columns of the old version, by their table, folded.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<String, BTreeSet<String>>);

impl Known {
    /// What a database has before a step; nothing where the step calls nothing.
    pub(super) fn before(connection: &Connection, script: &Script) -> Self {
        let schema = (script.has_calls())
            .then(|| introspect(connection).ok())
            .flatten();
        let tables = schema.iter().flat_map(Schema::tables).map(|table| {
            let columns = table.columns.iter().map(|column| fold(&column.name));
            (fold(&table.name), columns.collect())
        });
        Self(tables.collect())
    }

    /// Whether the step has added a column. A table under a new name may be an old one that the
    /// step rebuilds: its columns are new where no old table has one of that name.
    fn is_new(&self, table: &str, column: &str) -> bool {
        match self.0.get(&fold(table)) {
            Some(columns) => !columns.contains(&fold(column)),
            None => !self
                .0
                .values()
                .any(|columns| columns.contains(&fold(column))),
        }
    }
}

/// Fills what the step has added. What cannot be filled stays as it is, and the statements that
/// follow show whether that matters.
pub(super) fn play(connection: &Connection, known: &Known) {
    let Ok(schema) = introspect(connection) else {
        return;
    };
    // The rows are those of the proof, and so is what a trigger would do to them.
    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
    for table in schema.tables() {
        let is_new = |column: &&Column| {
            column.generated.is_none() && known.is_new(&table.name, &column.name)
        };
        let new: Vec<_> = table.columns.iter().filter(is_new).collect();
        if !new.is_empty() {
            let _ = play_table(connection, &schema, table, &new);
        }
    }
    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
}

fn play_table(
    connection: &Connection,
    schema: &Schema,
    table: &Table,
    new: &[&Column],
) -> rusqlite::Result<()> {
    let key = key(table);
    for (number, row) in (1..).zip(rows(connection, table, &key, new)?) {
        let columns: Vec<_> = (new.iter().zip(&row.empty))
            .filter_map(|(column, is_empty)| is_empty.then_some(*column))
            .collect();
        let candidates: Vec<_> = (columns.iter())
            .map(|column| candidates(schema, table, column, number))
            .collect();
        let first = columns.iter().zip(&candidates);
        let first: Vec<_> = first
            .filter_map(|(column, values)| Some((*column, values.first()?)))
            .collect();
        // Together first: a CHECK may be about two of them.
        if first.is_empty() || set(connection, table, &key, &row, &first).is_ok() {
            continue;
        }
        for (column, values) in columns.iter().zip(&candidates) {
            let mut values = values.iter();
            let _ =
                values.any(|value| set(connection, table, &key, &row, &[(column, value)]).is_ok());
        }
    }
    Ok(())
}

/// A row in which new columns are empty.
struct PlayedRow {
    key: Vec<KeyValue>,
    /// Which of the columns are.
    empty: Vec<bool>,
}

/// A value byte by byte: a text may hold what is no UTF-8.
struct KeyValue(Value);

impl ToSql for KeyValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match &self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(integer) => ValueRef::Integer(*integer),
            Value::Real(bits) => ValueRef::Real(f64::from_bits(*bits)),
            Value::Text(text) => ValueRef::Text(text),
            Value::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

/// The columns that identify a row; none where a table has hidden its rowid.
fn key(table: &Table) -> Vec<String> {
    if table.without_rowid {
        let key = table.primary_key.iter().flat_map(|key| &key.columns);
        return key.map(|column| quote_identifier(&column.name)).collect();
    }
    // A column can be named like the rowid and hide it.
    let names = ["rowid", "_rowid_", "oid"].into_iter();
    let free = names
        .map(str::to_owned)
        .find(|name| table.column(name).is_none());
    free.into_iter().collect()
}

/// The rows in which one of the columns is empty: NULL, or what `NOT NULL DEFAULT ''` has put there.
fn rows(
    connection: &Connection,
    table: &Table,
    key: &[String],
    columns: &[&Column],
) -> rusqlite::Result<Vec<PlayedRow>> {
    if key.is_empty() {
        return Ok(Vec::new());
    }
    let empty: Vec<_> = (columns.iter())
        .map(|column| {
            format!(
                "ifnull({}, '') IN ('', x'')",
                quote_identifier(&column.name)
            )
        })
        .collect();
    let mut statement = connection.prepare(&format!(
        "SELECT {}, {} FROM main.{} WHERE {}",
        key.join(", "),
        empty.join(", "),
        quote_identifier(&table.name),
        empty.join(" OR ")
    ))?;
    let rows = statement.query_map([], |row| {
        let key_values = (0..key.len()).map(|index| Ok(KeyValue(row.get_ref(index)?.into())));
        let empty = (0..columns.len()).map(|index| row.get(key.len() + index));
        Ok(PlayedRow {
            key: key_values.collect::<rusqlite::Result<_>>()?,
            empty: empty.collect::<rusqlite::Result<_>>()?,
        })
    })?;
    rows.collect()
}

fn set(
    connection: &Connection,
    table: &Table,
    key: &[String],
    row: &PlayedRow,
    values: &[(&Column, &String)],
) -> rusqlite::Result<()> {
    let values = (values.iter())
        .map(|(column, value)| format!("{} = {value}", quote_identifier(&column.name)));
    let key = key.iter().map(|column| format!("{column} IS ?"));
    let sql = format!(
        // Rows that the clause of a constraint would delete are not ours to delete.
        "UPDATE OR ABORT main.{} SET {} WHERE {}",
        quote_identifier(&table.name),
        values.collect::<Vec<_>>().join(", "),
        key.collect::<Vec<_>>().join(" AND ")
    );
    connection.execute(&sql, params_from_iter(&row.key))?;
    Ok(())
}

/// Values for a column of a row, as SQL, the best first.
fn candidates(schema: &Schema, table: &Table, column: &Column, number: usize) -> Vec<String> {
    let is_it = |name: &String| names_equal(name, &column.name);
    let mut keys = (table.foreign_keys.iter()).filter(|key| key.columns.iter().any(is_it));
    if let Some(key) = keys.next() {
        // Of a key of several columns, one that is NULL refers to nothing.
        let alone = key.columns.len() == 1 && keys.next().is_none();
        let named = key
            .parent_columns
            .as_ref()
            .and_then(|columns| columns.first());
        let primary = || {
            let key = schema.table(&key.parent)?.primary_key.as_ref()?;
            key.columns.first().map(|column| &column.name)
        };
        let parent = alone.then(|| named.or_else(primary)).flatten();
        return (parent.iter())
            .map(|column| parent_of(&key.parent, column, number))
            .collect();
    }
    let label = quote_string(&format!("{}.{} by Rust {number}", table.name, column.name));
    let integer = 9_000_000_000_000 + number;
    let mut values = vec![match column.affinity {
        Affinity::Integer | Affinity::Numeric => integer.to_string(),
        Affinity::Real => format!("{integer}.5"),
        Affinity::Text => label,
        Affinity::Blob if column.declared_type.is_empty() => label,
        Affinity::Blob => format!("CAST({label} AS BLOB)"),
    }];
    let mut literals: Vec<String> = (table.checks.iter())
        .filter(|check| {
            let mut words = tokens(&check.expression.sql).into_iter();
            words.any(|token| token.unquoted().as_ref().is_some_and(is_it))
        })
        .flat_map(|check| literals(&check.expression.sql))
        .collect();
    if !literals.is_empty() {
        let turn = number % literals.len();
        literals.rotate_left(turn);
    }
    values.extend(literals);
    values.extend([number.to_string(), format!("'r{number}'"), "1".to_owned()]);
    values
}

/// The texts, numbers and blobs in an expression, as written.
fn literals(sql: &str) -> Vec<String> {
    let is_literal = |kind| {
        matches!(
            kind,
            TokenKind::String | TokenKind::Number | TokenKind::Blob
        )
    };
    (tokens(sql).iter())
        .filter(|token| is_literal(token.kind))
        .map(|token| token.text.to_owned())
        .collect()
}

/// The key of a row of a parent, another one for each number.
fn parent_of(parent: &str, column: &str, number: usize) -> String {
    let (parent, column) = (quote_identifier(parent), quote_identifier(column));
    let keys = format!("FROM main.{parent} WHERE {column} IS NOT NULL");
    format!(
        "(SELECT {column} {keys} ORDER BY {column} LIMIT 1 \
         OFFSET {number} % (SELECT max(1, count(*)) {keys}))"
    )
}
