//! Makes one row and puts it in its table.

use rusqlite::types::Value;
use rusqlite::{Statement, params_from_iter};

use super::evaluator::Evaluator;
use super::plan::Plan;
use super::search::Candidate;

/// Rows that are tried in place of one that SQLite refuses.
const TRIES: usize = 300;

/// Inserts the row, or another that differs in what SQLite objects to. The message is that of the
/// last refusal, or of the first one if that was by a CHECK: later candidates are odder.
pub(super) fn insert(
    plan: &Plan<'_>,
    row: usize,
    candidate: &mut Candidate<'_, '_>,
    evaluator: &mut Option<Evaluator<'_>>,
    statement: &mut Statement<'_>,
) -> Result<(), String> {
    if let Some(evaluator) = evaluator {
        evaluator.begin_row();
    }
    candidate.choose_first(evaluator);
    candidate.settle(&[], evaluator);
    let mut message = match execute(plan, row, candidate, statement) {
        Ok(()) => return Ok(()),
        Err(message) => message,
    };
    let first = message.clone();
    let mut choices = vec![0; plan.units.len()];
    for _ in 0..TRIES {
        let units = objected(plan, &message);
        if !advance(candidate, &units, &mut choices, evaluator) {
            break;
        }
        candidate.settle(&units, evaluator);
        match execute(plan, row, candidate, statement) {
            Ok(()) => return Ok(()),
            Err(other) => message = other,
        }
    }
    if message.starts_with("CHECK constraint failed") {
        let rule = candidate.refused_by(evaluator);
        let exact = rule.and_then(|rule| plan.rules[rule].message.clone());
        return Err(exact.unwrap_or(message));
    }
    let by_check = first.starts_with("CHECK constraint failed");
    Err(if by_check { first } else { message })
}

/// The units that the message is about, all where it does not say; the one to change first is last.
fn objected(plan: &Plan<'_>, message: &str) -> Vec<usize> {
    let known = plan.unique.iter().find(|(text, _)| text == message);
    let mut units = Vec::new();
    match known {
        Some((_, columns)) if !columns.is_empty() => {
            for column in columns {
                units.extend(plan.units_of(&[*column].into()));
            }
        }
        _ => units.extend(0..plan.units.len()),
    }
    // Rather a value than a parent.
    units.sort_by_key(|unit| plan.units[*unit].foreign_keys.is_empty());
    units.dedup();
    units
}

/// Chooses the next combination for these units.
fn advance(
    candidate: &mut Candidate<'_, '_>,
    units: &[usize],
    choices: &mut [usize],
    evaluator: &mut Option<Evaluator<'_>>,
) -> bool {
    for &unit in units.iter().rev() {
        choices[unit] += 1;
        if candidate.choose(unit, choices[unit], evaluator) {
            return true;
        }
        choices[unit] = 0;
        candidate.choose(unit, 0, evaluator);
    }
    false
}

fn execute(
    plan: &Plan<'_>,
    row: usize,
    candidate: &Candidate<'_, '_>,
    statement: &mut Statement<'_>,
) -> Result<(), String> {
    let rowid = plan.rowid.map(|_| {
        // Not one after the other, so that it is noticed when they are given anew.
        let gap = i64::try_from(row * 6).unwrap_or_default();
        let mut cell = plan.cell(0, row);
        cell.column_place = plan.table.columns.len();
        Value::Integer(cell.number() + gap)
    });
    let values = rowid.iter().chain(&candidate.values);
    match statement.execute(params_from_iter(values)) {
        Ok(_) => Ok(()),
        Err(error) => Err(message(&error)),
    }
}

/// What SQLite says.
pub(super) fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}
