//! The values for a cell, the best first.

use rusqlite::types::Value;

use super::cell::{Cell, Kind, kind};
use super::literals;
use super::odd;
use super::plan::{Plan, is_nullable, is_rowid_alias};
use super::scenario::{Scenario, Values};
use crate::schema::Table;

/// Rows of [`Values::Nulls`] in which everything nullable is NULL: two, for a new UNIQUE has to
/// let them in.
const ALL_NULL: usize = 2;

/// The rows of [`Values::Nulls`] behind those in which one nullable column in so many holds a value,
/// another one in each: a condition on one column loses what is in the next.
const ALONE: usize = 6;

/// Whether a nullable column is NULL in a row by choice.
pub(super) fn wants_null(scenario: Scenario, row: usize, column: usize) -> bool {
    match scenario.values {
        Values::Nulls if row < ALL_NULL => true,
        Values::Nulls if row < ALL_NULL + ALONE => column % ALONE != row - ALL_NULL,
        Values::Nulls => (row + column).is_multiple_of(2),
        Values::Recognisable | Values::Odd => false,
    }
}

/// The value that a cell should have.
pub(super) fn first(plan: &Plan<'_>, slot: usize, row: usize) -> Value {
    let column = &plan.columns[slot];
    let cell = plan.cell(slot, row);
    if column.nullable && wants_null(plan.scenario, row, column.place) {
        return Value::Null;
    }
    odd_at(
        plan.scenario,
        &column.odd,
        &cell,
        column.rowid_alias,
        plan.rows,
    )
    .unwrap_or_else(|| cell.recognisable(kind(column.column)))
}

/// What `first` will say of a column of a table that has not been filled yet.
pub(super) fn predicted(
    table: &Table,
    table_place: usize,
    column_place: usize,
    row: usize,
    (scenario, rows): (Scenario, usize),
) -> Value {
    let column = &table.columns[column_place];
    let cell = Cell {
        table: &table.name,
        table_place,
        column: &column.name,
        column_place,
        row,
    };
    let rowid_alias = is_rowid_alias(table, column);
    if is_nullable(table, column) && wants_null(scenario, row, column_place) {
        return Value::Null;
    }
    let odd = match scenario.values {
        Values::Odd => odd::values(odd::Place {
            kind: kind(column),
            strict: table.strict,
            rowid_alias,
        }),
        Values::Recognisable | Values::Nulls => Vec::new(),
    };
    odd_at(scenario, &odd, &cell, rowid_alias, rows)
        .unwrap_or_else(|| cell.recognisable(kind(column)))
}

/// The odd value for a row. The last row repeats the first.
fn odd_at(
    scenario: Scenario,
    odd: &[Value],
    cell: &Cell<'_>,
    rowid_alias: bool,
    rows: usize,
) -> Option<Value> {
    if scenario.values != Values::Odd {
        return None;
    }
    if rowid_alias || odd.is_empty() {
        return odd.get(cell.row).cloned();
    }
    let row = if cell.row + 1 == rows { 0 } else { cell.row };
    let turn = scenario.turn() * (5 + cell.column_place);
    odd.get((row + turn) % odd.len()).cloned()
}

/// The values to try when the first one is refused.
pub(super) fn others(plan: &Plan<'_>, slot: usize, row: usize) -> Vec<Value> {
    let column = &plan.columns[slot];
    let cell = plan.cell(slot, row);
    let recognisable = cell.recognisable(kind(column.column));
    let rules = || (plan.rules.iter()).filter(|rule| rule.columns.contains(&slot));
    let mut values = Vec::new();
    if rules().next().is_some() {
        let found = literals::suggestions(rules(), &cell);
        let literals_first = found.listed || plan.scenario.values == Values::Odd;
        let (early, late) = if literals_first {
            (found.literals, found.made)
        } else {
            (found.made, found.literals)
        };
        values.extend(if literals_first {
            [early, vec![recognisable], late].concat()
        } else {
            [vec![recognisable], early, late].concat()
        });
        for rule in rules().filter(|rule| rule.columns.len() > 1) {
            for other in rule.columns.iter().filter(|other| **other != slot) {
                values.extend(near(
                    &plan.cell(*other, row),
                    kind(plan.columns[*other].column),
                ));
            }
        }
        values.extend(literals::usual_forms(&cell));
    } else {
        values.push(recognisable);
        if column.odd.is_empty() {
            values.push(Value::Text(cell.label()));
        }
    }
    values.extend(column.odd.iter().cloned());
    values.retain(|value| *value != Value::Null);
    if column.nullable {
        values.push(Value::Null);
    }
    values
}

/// What is equal to another cell, a little more, a little less.
fn near(other: &Cell<'_>, kind: Kind) -> Vec<Value> {
    match kind {
        Kind::Integer => [0, 1, -1]
            .map(|step| Value::Integer(other.number() + step))
            .into(),
        Kind::Real => [0.0, 1.0, -1.0]
            .map(|step| Value::Real(other.real() + step))
            .into(),
        Kind::Text | Kind::Blob | Kind::Any => vec![other.recognisable(kind)],
    }
}
