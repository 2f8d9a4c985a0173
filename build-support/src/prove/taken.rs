//! Rows that a declaration says are not there: they are taken out, so that the step is proven with
//! the others, and behind the statement that cannot stand them.

use std::cell::RefCell;
use std::collections::BTreeSet;

use stepladder::introspect::introspect_table;
use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Table;
use stepladder::sql::{fold, names_equal, quote_identifier};
use stepladder::synthesis::Scenario;

use super::allow::rule_of;
use super::blame::Rerun;
use super::culprit::{candidates, rowid, rows_to_take};
use super::orphan::orphan;
use super::row_report::{ON_ROWS, by_rows, tell_orphan};
use super::rows::{Outcome, try_step};
use crate::diagnostic::Diagnostics;
use crate::plan::rowid_of;
use crate::rule::{Level, Rule};

/// Rows of a table that are taken out.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    table: String,
    /// What its rowids are called.
    rowid: String,
    /// Their rowids; `None` for all of the table.
    rows: Option<Vec<i64>>,
}

/// More often than this nothing is taken out: some row that is left would be as wrong.
const MOST: usize = 40;

/// Runs the step, without the rows that it declares not to be there, and without those about which
/// there is only a warning. `taken` is what `make` of the rerun takes out.
pub(super) fn try_without_declared<'s>(
    rerun: &Rerun<'s>,
    scenario: &Scenario,
    taken: &RefCell<Vec<Taken>>,
    errors: &mut Diagnostics,
) -> rusqlite::Result<Outcome<'s>> {
    let mut outcome = rerun.again(|connection| try_step(rerun.step, connection))?;
    let mut told = BTreeSet::new();
    for _ in 0..MOST {
        let Some((rule, next)) = to_take(rerun, &outcome) else {
            break;
        };
        // Once for each table; nothing is said of what is declared.
        if told.insert((rule, fold(&next.table))) {
            match &outcome {
                Outcome::Rejected(refused) => by_rows(rerun, refused, ON_ROWS, errors),
                Outcome::Orphan(orphan) => tell_orphan(rerun, orphan, scenario, errors),
                Outcome::Damaged(_) | Outcome::Done(_) => {}
            }
        }
        taken.borrow_mut().push(next);
        outcome = rerun.again(|connection| try_step(rerun.step, connection))?;
    }
    Ok(outcome)
}

/// The rows with which the step went wrong, and the rule by which that is no error.
fn to_take(rerun: &Rerun<'_>, outcome: &Outcome<'_>) -> Option<(Rule, Taken)> {
    let step = rerun.step;
    let is_no_error = |rule: Rule, table: &str| {
        step.judge.allows(rule, table) || step.judge.levels.of(rule) != Level::Deny
    };
    match outcome {
        Outcome::Rejected(refused) => {
            let message = refused.error.to_string();
            let rule = rule_of(refused)?;
            let table = (candidates(rerun, &message).into_iter())
                .find(|table| is_no_error(rule, &table.name))?;
            let taken = Taken {
                table: table.name.clone(),
                rowid: rowid(table),
                rows: rows_to_take(rerun, table, &message),
            };
            Some((rule, taken))
        }
        Outcome::Orphan(orphan) => {
            let rule = Rule::ForeignKeyOnExisting;
            let [old, new] = [&step.old.schema, &step.new.schema];
            let no_error = orphan.is_of_new_key(old, new) && is_no_error(rule, &orphan.table);
            let table = old.table(&orphan.table).filter(|_| no_error)?;
            let is_there = |rowid: &i64| has_row(rerun, table, *rowid);
            let taken = Taken {
                table: table.name.clone(),
                rowid: rowid(table),
                rows: orphan.rowid.filter(is_there).map(|rowid| vec![rowid]),
            };
            Some((rule, taken))
        }
        Outcome::Damaged(_) | Outcome::Done(_) => None,
    }
}

fn has_row(rerun: &Rerun<'_>, table: &Table, row: i64) -> bool {
    let name = quote_identifier(&table.name);
    let sql = format!("SELECT count(*) FROM {name} WHERE {} = ?1", rowid(table));
    let count = rerun.again(|connection| connection.query_row(&sql, [row], |row| row.get(0)));
    rowid_of(table).is_some() && count.is_ok_and(|count: i64| count > 0)
}

/// Takes the rows out, and those that refer to them, without what a trigger would do.
pub(super) fn take_out(connection: &Connection, taken: &[Taken]) -> rusqlite::Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    for Taken { table, rowid, rows } in taken {
        let which = rows.as_ref().map_or_else(String::new, |rows| {
            let rows: Vec<_> = rows.iter().map(i64::to_string).collect();
            format!(" WHERE {rowid} IN ({})", rows.join(", "))
        });
        connection.execute_batch(&format!("DELETE FROM {}{which}", quote_identifier(table)))?;
    }
    while let Some((table, rowid)) = first_orphan(connection)? {
        let name = rowid_in(connection, &table)?;
        let which = match (rowid, name) {
            (Some(row), Some(name)) => format!(" WHERE {name} = {row}"),
            _ => String::new(),
        };
        connection.execute_batch(&format!("DELETE FROM {}{which}", quote_identifier(&table)))?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    Ok(())
}

/// What the rowids of a table are called where its columns leave a name.
fn rowid_in(connection: &Connection, table: &str) -> rusqlite::Result<Option<String>> {
    Ok(introspect_table(connection, table)?.and_then(|table| {
        let name = rowid_of(&table)?;
        Some(quote_identifier(&name))
    }))
}

fn first_orphan(connection: &Connection) -> rusqlite::Result<Option<(String, Option<i64>)>> {
    Ok(orphan(connection)?.map(|orphan| (orphan.table, orphan.rowid)))
}

/// The tables of which no row is left.
pub(super) fn emptied(connection: &Connection, taken: &[Taken]) -> Vec<String> {
    let is_empty = |table: &&Taken| {
        let name = quote_identifier(&table.table);
        let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM {name})");
        connection
            .query_row(&sql, [], |row| row.get(0))
            .unwrap_or(false)
    };
    let mut tables: Vec<String> = Vec::new();
    for table in taken.iter().filter(is_empty) {
        if !tables.iter().any(|known| names_equal(known, &table.table)) {
            tables.push(table.table.clone());
        }
    }
    tables
}
