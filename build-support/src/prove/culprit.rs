//! The rows that break a step: one that is enough alone, or a few of which the step needs each to
//! fail.

use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::types::ValueRef;
use stepladder::rusqlite::{self, Connection, OptionalExtension};
use stepladder::schema::Table;
use stepladder::sql::quote_identifier;

use super::blame::Rerun;
use super::run::run;
use crate::plan::rowid_of;

/// How many rows of a table are tried.
const TRIED: usize = 30;
/// How many rows are shown. More are not about single rows.
const SHOWN: usize = 3;

/// Rows that make a step fail: each of them is needed for it.
pub(super) struct Culprit {
    pub(super) table: String,
    rows: Vec<String>,
}

impl Culprit {
    pub(super) fn note(&self) -> String {
        let (table, rows) = (&self.table, self.rows.join("; and "));
        if self.rows.is_empty() {
            return format!("it fails with the rows of `{table}`");
        }
        let these = if self.rows.len() == 1 {
            "this row"
        } else {
            "these rows"
        };
        format!("it fails with {these} in `{table}`: {rows}")
    }
}

/// The rows of a table that make the step fail with this message.
pub(super) fn culprit(rerun: &Rerun<'_>, message: &str) -> Option<Culprit> {
    let tables = candidates(rerun, message);
    for table in tables.iter().filter(|table| rowid_of(table).is_some()) {
        let all = rowids(rerun, table).ok()?;
        let needed = needed(&all, |kept| fails(rerun, table, kept, message));
        if needed.len() <= SHOWN {
            let rows = rerun.again(|connection| {
                let rows = needed.iter().map(|rowid| shown(connection, table, *rowid));
                rows.collect::<rusqlite::Result<Vec<_>>>()
            });
            let rows = rows.ok()?.into_iter().flatten().collect();
            let table = table.name.clone();
            return Some(Culprit { table, rows });
        }
    }
    // It is this table, and no few rows of it.
    let table = tables.first()?.name.clone();
    let rows = Vec::new();
    Some(Culprit { table, rows })
}

/// The tables without whose rows the step does not fail with this message.
pub(super) fn candidates<'s>(rerun: &Rerun<'s>, message: &str) -> Vec<&'s Table> {
    let step = rerun.step;
    let is_it = |table: &&Table| {
        let emptied = rerun.again(|connection| {
            delete(connection, table, "")?;
            let refused = run(connection, step.script);
            Ok(refused.is_some_and(|refused| refused.error.to_string() == message))
        });
        // Where another statement fails then, or none.
        emptied.is_ok_and(|fails| !fails)
    };
    step.old.schema.tables().filter(is_it).collect()
}

/// The rows of a table without which the step may go on; `None` for all of them.
pub(super) fn rows_to_take(rerun: &Rerun<'_>, table: &Table, message: &str) -> Option<Vec<i64>> {
    rowid_of(table)?;
    let all = rowids(rerun, table).ok()?;
    let fails = |kept: &[i64]| fails(rerun, table, kept, message);
    let alone: Vec<_> = all
        .iter()
        .copied()
        .filter(|rowid| fails(&[*rowid]))
        .collect();
    if !alone.is_empty() {
        return Some(alone);
    }
    // Of rows that go wrong together the first may stay.
    let taken: Vec<_> = needed(&all, fails).into_iter().skip(1).collect();
    (!taken.is_empty()).then_some(taken)
}

fn fails(rerun: &Rerun<'_>, table: &Table, kept: &[i64], message: &str) -> bool {
    let failed = rerun.again(|connection| {
        keep(connection, table, kept)?;
        let refused = run(connection, rerun.step.script);
        Ok(refused.is_some_and(|refused| refused.error.to_string() == message))
    });
    failed.unwrap_or(false)
}

/// One row that is enough, or rows of which none can be left out.
fn needed(all: &[i64], fails: impl Fn(&[i64]) -> bool) -> Vec<i64> {
    if let Some(alone) = all.iter().find(|rowid| fails(&[**rowid])) {
        return vec![*alone];
    }
    let mut kept = all.to_vec();
    // From the end: the first rows of a table are the ones that are easy to read.
    for rowid in all.iter().rev() {
        let without: Vec<_> = kept.iter().copied().filter(|kept| kept != rowid).collect();
        if fails(&without) {
            kept = without;
        }
    }
    kept
}

fn rowids(rerun: &Rerun<'_>, table: &Table) -> rusqlite::Result<Vec<i64>> {
    rerun.again(|connection| {
        let name = quote_identifier(&table.name);
        let rowid = rowid(table);
        let mut rows = connection.prepare(&format!("SELECT {rowid} FROM {name} LIMIT {TRIED}"))?;
        rows.query_map([], |row| row.get(0))?.collect()
    })
}

/// The rowid of a table that has a name for it. A column can be named like it and hide it.
pub(super) fn rowid(table: &Table) -> String {
    rowid_of(table).map_or_else(|| "_rowid_".to_owned(), |name| quote_identifier(&name))
}

/// Deletes all rows but these.
fn keep(connection: &Connection, table: &Table, kept: &[i64]) -> rusqlite::Result<()> {
    let kept: Vec<_> = kept.iter().map(i64::to_string).collect();
    let which = format!(" WHERE {} NOT IN ({})", rowid(table), kept.join(", "));
    delete(connection, table, &which)
}

/// Deletes rows without what a trigger would do.
fn delete(connection: &Connection, table: &Table, which: &str) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let name = quote_identifier(&table.name);
    let deleted = connection.execute(&format!("DELETE FROM {name}{which}"), []);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    deleted.map(drop)
}

/// The row as `id = 1, title = 'todos.title 1'`.
fn shown(connection: &Connection, table: &Table, row: i64) -> rusqlite::Result<Option<String>> {
    let name = quote_identifier(&table.name);
    // By name: an upgraded table may have them in another order.
    let columns = (table.columns.iter()).map(|column| quote_identifier(&column.name));
    let columns: Vec<_> = columns.collect();
    connection
        .query_row(
            &format!(
                "SELECT {} FROM {name} WHERE {} = ?1",
                columns.join(", "),
                rowid(table)
            ),
            [row],
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
