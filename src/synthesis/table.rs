//! Fills one table.

use rusqlite::Connection;

use super::evaluator::Evaluator;
use super::keys::Keys;
use super::parents::{Parents, Tuple};
use super::plan::{self, Plan};
use super::row;
use super::scenario::{FilledTable, Unfilled, Values};
use super::search::Candidate;
use crate::schema::{Schema, Table};
use crate::sql::quote_identifier;

/// Fills the table at this place.
pub(super) fn fill<'a>(
    connection: &'a Connection,
    schema: &Schema,
    parents: &mut Parents<'a>,
    place: usize,
) -> rusqlite::Result<FilledTable> {
    let table = parents.tables[place];
    let wanted = parents.rows_wanted(place);
    let mut filled = FilledTable {
        table: table.name.clone(),
        rows: 0,
        unfilled: None,
    };
    if wanted == 0 {
        return Ok(filled);
    }
    let mut plan = plan::plan(schema, table, place, parents.scenario, wanted);
    let mut statement = match connection.prepare(&insert_into(&plan)) {
        Ok(statement) => statement,
        Err(error) => {
            filled.unfilled = Some(Unfilled::Refused(row::message(&error)));
            return Ok(filled);
        }
    };
    let mut keys = Keys::new(parents, &plan)?;
    let mut evaluator = Evaluator::new(connection, &plan)?;
    let values = plan.scenario.values;
    for row in 0..wanted {
        let mut make = |plan: &Plan<'_>| -> rusqlite::Result<Option<Unfilled>> {
            let options = match options(&mut keys, parents, plan, row)? {
                Ok(options) => options,
                Err(parent) => return Ok(Some(Unfilled::NoParent(parent))),
            };
            let mut candidate = Candidate::new(plan, row, options);
            let made = row::insert(plan, row, &mut candidate, &mut evaluator, &mut statement);
            Ok(made.err().map(Unfilled::Refused))
        };
        let mut unfilled = make(&plan)?;
        if unfilled.is_some() && values != Values::Recognisable {
            // Rather a row without anything odd than none.
            plan.scenario.values = Values::Recognisable;
            unfilled = make(&plan)?;
            plan.scenario.values = values;
        }
        if unfilled.is_some() {
            filled.unfilled = unfilled;
            break;
        }
        filled.rows += 1;
    }
    if let Some(evaluator) = evaluator {
        evaluator.finish()?;
    }
    Ok(filled)
}

/// What each unit can hold: what its foreign keys refer to, `None` where it has none.
fn options(
    keys: &mut Keys<'_>,
    parents: &Parents<'_>,
    plan: &Plan<'_>,
    row: usize,
) -> rusqlite::Result<Result<Vec<Option<Vec<Tuple>>>, String>> {
    let mut options = Vec::with_capacity(plan.units.len());
    for unit in &plan.units {
        if unit.foreign_keys.is_empty() {
            options.push(None);
            continue;
        }
        match keys.options(parents, plan, unit, row)? {
            Ok(tuples) => options.push(Some(tuples)),
            Err(parent) => return Ok(Err(parent)),
        }
    }
    Ok(Ok(options))
}

/// `OR ABORT`, so that no constraint drops or replaces a row in silence.
fn insert_into(plan: &Plan<'_>) -> String {
    let columns = plan
        .columns
        .iter()
        .map(|slot| quote_identifier(&slot.column.name));
    let names: Vec<_> = (plan.rowid.map(str::to_owned).into_iter())
        .chain(columns)
        .collect();
    format!(
        "INSERT OR ABORT INTO main.{} ({}) VALUES ({})",
        quote_identifier(&plan.table.name),
        names.join(", "),
        vec!["?"; names.len()].join(", ")
    )
}

/// As if the rows with the highest rowids of a table with AUTOINCREMENT had been deleted; they are
/// never given again: <https://www.sqlite.org/autoinc.html>.
pub(super) fn leave_gap_behind_highest(
    connection: &Connection,
    table: &Table,
    place: usize,
) -> rusqlite::Result<()> {
    const GAP: i64 = 7;
    if !table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.autoincrement)
    {
        return Ok(());
    }
    let name = &table.name;
    let sql = "UPDATE main.sqlite_sequence SET seq = max(seq, 0) + ?2 WHERE name = ?1";
    if connection.execute(sql, (name, GAP))? == 0 {
        let sql = "INSERT INTO main.sqlite_sequence (name, seq) VALUES (?1, ?2)";
        let place = i64::try_from(place).unwrap_or_default();
        connection.execute(sql, (name, (place + 1) * 1000))?;
    }
    Ok(())
}
