//! The row that breaks a step: it is the only one of its table, or the one without which the step
//! works.

use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::types::ValueRef;
use stepladder::rusqlite::{self, Connection, OptionalExtension};
use stepladder::schema::Table;
use stepladder::sql::quote_identifier;
use stepladder::synthesis::Scenario;

use super::rows::{Step, make_rows, undone};
use super::run::run;

/// How many rows of a table are tried.
const TRIED: usize = 30;

/// A table and a row of it that makes the step fail with this message.
pub(super) fn culprit(
    step: &Step<'_>,
    connection: &Connection,
    scenario: &Scenario,
    message: &str,
) -> Option<(String, String)> {
    let tables = step
        .old
        .schema
        .tables()
        .filter(|table| !table.without_rowid);
    for table in tables {
        let fails = |which: &str, rowid: i64| {
            undone(step, connection, |connection| {
                make_rows(step, connection, scenario)?;
                let row = shown(connection, table, rowid)?;
                delete(connection, table, which, rowid)?;
                let refused = run(connection, step.script);
                let same = refused.is_some_and(|refused| refused.error.to_string() == message);
                Ok((same, row))
            })
        };
        // Without any row of the table it works, or the table is not the one.
        if fails("IS NOT NULL OR 1 =", 1).is_ok_and(|(same, _)| same) {
            continue;
        }
        let rowids = rowids(step, connection, scenario, table).ok()?;
        let alone = rowids.iter().map(|rowid| fails("<>", *rowid));
        let without = rowids
            .iter()
            .map(|rowid| fails("=", *rowid).map(|(same, row)| (!same, row)));
        let found = alone.chain(without).find_map(|tried| match tried {
            Ok((true, row)) => row,
            Ok((false, _)) | Err(_) => None,
        });
        if let Some(row) = found {
            return Some((table.name.clone(), row));
        }
    }
    None
}

fn rowids(
    step: &Step<'_>,
    connection: &Connection,
    scenario: &Scenario,
    table: &Table,
) -> rusqlite::Result<Vec<i64>> {
    undone(step, connection, |connection| {
        make_rows(step, connection, scenario)?;
        let name = quote_identifier(&table.name);
        let mut rows = connection.prepare(&format!("SELECT _rowid_ FROM {name} LIMIT {TRIED}"))?;
        rows.query_map([], |row| row.get(0))?.collect()
    })
}

/// Deletes the rows but this one, or this one alone, without what a trigger would do.
fn delete(connection: &Connection, table: &Table, which: &str, rowid: i64) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let name = quote_identifier(&table.name);
    let deleted = connection.execute(
        &format!("DELETE FROM {name} WHERE _rowid_ {which} ?1"),
        [rowid],
    );
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    deleted.map(drop)
}

/// The row as `id = 1, title = 'todos.title 1'`.
fn shown(connection: &Connection, table: &Table, rowid: i64) -> rusqlite::Result<Option<String>> {
    let name = quote_identifier(&table.name);
    connection
        .query_row(
            &format!("SELECT * FROM {name} WHERE _rowid_ = ?1"),
            [rowid],
            |row| {
                let mut cells = Vec::new();
                for (index, column) in table.columns.iter().enumerate() {
                    cells.push(format!("{} = {}", column.name, value(row.get_ref(index)?)));
                }
                Ok(cells.join(", "))
            },
        )
        .optional()
}

fn value(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text).replace('\'', "''");
            let short: String = text.chars().take(40).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            format!("'{}{more}'", short.escape_debug())
        }
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
