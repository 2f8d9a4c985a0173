//! Foreign keys that refer to nothing: in cycles a row is made before its parent, whose key is then
//! another one than expected.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::order::place_of;
use super::parents::{Tuple, read, select, target};
use super::plan::is_nullable;
use super::scenario::{FilledTable, Unfilled};
use crate::schema::{ForeignKey, Table};
use crate::sql::quote_identifier;

/// Rounds in which rows refer to another row: its key may become another value in the child, where
/// the types differ.
const REFER: usize = 6;
/// Until which NULL is tried.
const NULL: usize = 8;
/// Deleting a row can leave its children without a parent.
const ROUNDS: usize = 20;

/// A row whose foreign key refers to nothing.
#[derive(Debug)]
struct Violation {
    table: usize,
    /// `None` in a table without rowids.
    rowid: Option<i64>,
    key: usize,
}

/// Lets every foreign key refer to a row, or to nothing by NULL; rows for which neither is possible
/// are deleted.
pub(super) fn repair(
    connection: &Connection,
    tables: &[&Table],
    order: &[usize],
    filled: &mut [FilledTable],
) -> rusqlite::Result<()> {
    let mut shrunk = BTreeSet::new();
    for round in 0..ROUNDS {
        let violations = violations(connection, tables)?;
        if violations.is_empty() {
            break;
        }
        for violation in violations {
            let repaired = match round {
                0..REFER => refer(connection, tables, &violation, round)?,
                REFER..NULL => clear(connection, tables, &violation),
                _ => false,
            };
            if !repaired {
                delete(connection, tables, &violation)?;
                shrunk.insert((violation.table, violation.key));
            }
        }
    }
    for (table, key) in shrunk {
        let sql = format!(
            "SELECT count(*) FROM main.{}",
            quote_identifier(&tables[table].name)
        );
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        if let Some(place) = order.iter().position(|place| *place == table) {
            filled[place].rows = usize::try_from(count).unwrap_or_default();
            let parent = tables[table].foreign_keys[key].parent.clone();
            filled[place].unfilled = Some(Unfilled::NoParent(parent));
        }
    }
    Ok(())
}

fn violations(connection: &Connection, tables: &[&Table]) -> rusqlite::Result<Vec<Violation>> {
    let mut found = Vec::new();
    for table in tables.iter().filter(|table| !table.foreign_keys.is_empty()) {
        let name = quote_identifier(&table.name);
        let sql = format!("PRAGMA main.foreign_key_check({name})");
        // An error: the parent has no such key, so that nothing can be said of the rows. SQLite
        // says it at every change of the table too, as soon as foreign keys are on.
        let Ok(mut statement) = connection.prepare(&sql) else {
            continue;
        };
        let mut rows = statement.query([])?;
        while let Ok(Some(row)) = rows.next() {
            let number: i64 = row.get(3)?;
            let number = usize::try_from(number).unwrap_or_default();
            found.extend(place_of(&table.name, tables).map(|place| Violation {
                table: place,
                rowid: row.get(1).unwrap_or_default(),
                // SQLite numbers them in reverse.
                key: (table.foreign_keys.len() - 1).saturating_sub(number),
            }));
        }
    }
    Ok(found)
}

/// Changes the foreign key to one that refers to a row, or to NULL.
fn refer(
    connection: &Connection,
    tables: &[&Table],
    violation: &Violation,
    round: usize,
) -> rusqlite::Result<bool> {
    let Some(rowid) = violation.rowid else {
        return Ok(false);
    };
    let table = tables[violation.table];
    let key = &table.foreign_keys[violation.key];
    let mut choices: Vec<Tuple> = Vec::new();
    if let Some(target) = target(key, tables) {
        let sql = select(tables[target.table], &target.columns);
        choices = read(&mut connection.prepare(&sql)?)?;
        if !choices.is_empty() {
            let turn = usize::try_from(rowid.unsigned_abs() % 1000).unwrap_or_default();
            let start = (turn + round) % choices.len();
            choices.rotate_left(start);
        }
    }
    let sets: Vec<_> = (key.columns.iter())
        .map(|name| format!("{} = ?", quote_identifier(name)))
        .collect();
    let sql = update(table, &sets);
    // A generated column cannot be changed.
    if let Ok(mut statement) = connection.prepare(&sql) {
        for mut choice in choices {
            choice.push(Value::Integer(rowid));
            if statement.execute(params_from_iter(&choice)).is_ok() {
                return Ok(true);
            }
        }
    }
    Ok(clear(connection, tables, violation))
}

/// Changes what is nullable of the foreign key to NULL.
fn clear(connection: &Connection, tables: &[&Table], violation: &Violation) -> bool {
    let table = tables[violation.table];
    let key = &table.foreign_keys[violation.key];
    let nullable = |name: &&String| {
        let column = table.column(name);
        column.is_some_and(|column| is_nullable(table, column))
    };
    let nulls: Vec<_> = (key.columns.iter().filter(nullable))
        .map(|name| format!("{} = NULL", quote_identifier(name)))
        .collect();
    let sql = update(table, &nulls);
    !nulls.is_empty()
        && connection
            .execute(&sql, [violation.rowid])
            .is_ok_and(|rows| rows > 0)
}

fn update(table: &Table, sets: &[String]) -> String {
    let name = quote_identifier(&table.name);
    let rowid = rowid_name(table);
    format!(
        "UPDATE OR ABORT main.{name} SET {} WHERE {rowid} = ?",
        sets.join(", ")
    )
}

/// A name of the rowid that is not that of another column.
fn rowid_name(table: &Table) -> String {
    let alias = table
        .rowid_alias()
        .map(|column| quote_identifier(&column.name));
    let free = ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|name| table.column(name).is_none());
    alias.unwrap_or_else(|| free.unwrap_or("rowid").to_owned())
}

fn delete(
    connection: &Connection,
    tables: &[&Table],
    violation: &Violation,
) -> rusqlite::Result<()> {
    let table = tables[violation.table];
    let name = quote_identifier(&table.name);
    if let Some(rowid) = violation.rowid {
        let sql = format!("DELETE FROM main.{name} WHERE {} = ?", rowid_name(table));
        connection.execute(&sql, [rowid])?;
        return Ok(());
    }
    let key = &table.foreign_keys[violation.key];
    let sql = format!("DELETE FROM main.{name} AS child {}", orphans(key, tables));
    connection.execute(&sql, [])?;
    Ok(())
}

/// The condition for the rows whose foreign key refers to nothing.
fn orphans(key: &ForeignKey, tables: &[&Table]) -> String {
    let not_null: Vec<_> = (key.columns.iter())
        .map(|name| format!("child.{} IS NOT NULL", quote_identifier(name)))
        .collect();
    let not_null = not_null.join(" AND ");
    let Some(target) = target(key, tables) else {
        return format!("WHERE {not_null}");
    };
    let parent = tables[target.table];
    let equal: Vec<_> = (target.columns.iter().zip(&key.columns))
        .map(|(column, name)| {
            let column = quote_identifier(&parent.columns[*column].name);
            // SQLite gives the value of the child the affinity of the parent; without the plus sign
            // that of the child would count too.
            format!("parent.{column} = +child.{}", quote_identifier(name))
        })
        .collect();
    format!(
        "WHERE {not_null} AND NOT EXISTS (SELECT 1 FROM main.{} AS parent WHERE {})",
        quote_identifier(&parent.name),
        equal.join(" AND ")
    )
}
