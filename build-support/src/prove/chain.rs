//! Steps in a row, on the rows that the steps before them have made: an upgraded table is not laid
//! out as a new one, and its rows are older than the step.

use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::synthesis::{Rows, Scenario, Values, fill};

use super::allow::read_allowances;
use super::finding::Judge;
use super::loss::Lost;
use super::orphan::Orphan;
use super::proven::{Fingerprints, Proven, chain};
use super::rows::{Outcome, Step, try_step};
use super::run::{database, rejected, unreadable};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::History;
use crate::rule::Rule;
use crate::script::Script;

/// Proves each row of steps in SQL.
pub(super) fn prove_chains(
    history: &History,
    fingerprints: &Fingerprints,
    proven: &mut Proven,
    errors: &mut Diagnostics,
) {
    let mut row: Vec<usize> = Vec::new();
    for (index, version) in history.versions.iter().enumerate() {
        if history.steps.contains_key(&version.number) && index + 1 < history.versions.len() {
            row.push(index);
        } else {
            prove_chain(history, &row, fingerprints, proven, errors);
            row.clear();
        }
    }
}

/// Proves the steps that start at these places of the history, one behind the other.
fn prove_chain(
    history: &History,
    row: &[usize],
    fingerprints: &Fingerprints,
    proven: &mut Proven,
    errors: &mut Diagnostics,
) {
    if row.len() < 2 {
        return;
    }
    let steps = row.iter().filter_map(|index| {
        let file = history.steps.get(&history.versions[*index].number)?;
        Some((
            &history.versions[*index],
            &history.versions[*index + 1],
            file,
        ))
    });
    let proofs = (row.iter().zip(steps.clone()))
        .map(|(index, (_, _, file))| fingerprints.step(*index, *index + 1, &file.text));
    let proof = chain(&proofs.collect::<Vec<_>>());
    if proven.knows(&proof) {
        return;
    }
    let mut found = Diagnostics::default();
    let mut connection = None;
    for (old, new, file) in steps {
        let script = Script::new(&file.path, &file.text);
        let step = Step {
            file,
            script: &script,
            old,
            new,
            judge: Judge {
                levels: &history.settings.lints,
                allowances: &read_allowances(file, [old, new], &mut Diagnostics::default()),
            },
        };
        match next_of_chain(&step, connection.take(), &mut found) {
            Ok(next) => connection = next,
            Err(error) => found.push(unreadable(file, &error)),
        }
    }
    let found = found.take();
    if found.is_empty() {
        proven.add(proof);
    }
    for diagnostic in found {
        errors.push(diagnostic);
    }
}

/// A few ordinary rows in each table.
const ORDINARY: Scenario = Scenario {
    rows: Rows::Many,
    values: Values::Recognisable,
    seed: 1,
};

/// Runs a step on the database of the chain, or on a new one with rows.
fn next_of_chain(
    step: &Step<'_>,
    before: Option<Connection>,
    errors: &mut Diagnostics,
) -> rusqlite::Result<Option<Connection>> {
    let is_first = before.is_none();
    let connection = if let Some(connection) = before {
        connection
    } else if let Some(connection) = errors.ok(database(step.file, &step.old.schema)) {
        fill(&connection, &step.old.schema, &ORDINARY)?;
        connection
    } else {
        return Ok(None);
    };
    match try_step(step, &connection)? {
        Outcome::Rejected(refused) => {
            if !is_first {
                let diagnostic = rejected(step.file, &refused, step.old, &connection);
                errors.push(diagnostic.note(
                    "it works on a new database of that version, and fails on one that was upgraded to it",
                ));
            }
            Ok(None)
        }
        // Rows that are said not to be there: the chain ends.
        Outcome::Orphan(orphan)
            if orphan.is_of_new_key(&step.old.schema, &step.new.schema)
                && step.judge.allows(Rule::ForeignKeyOnExisting, &orphan.table) =>
        {
            Ok(None)
        }
        Outcome::Orphan(Orphan { message, .. }) | Outcome::Damaged(message) => {
            errors.push(Diagnostic::in_file(&*step.file.path, message));
            Ok(None)
        }
        Outcome::Done(lost) => {
            for loss in lost {
                if !is_first && !step.judge.allows(loss.rule, &loss.object) {
                    errors.push(in_chain(step, loss));
                }
            }
            let found = introspect(&connection)?;
            let same = compare(&step.new.schema, &found, &CompareOptions::default()).is_empty();
            Ok(same.then_some(connection))
        }
    }
}

fn in_chain(step: &Step<'_>, loss: Lost) -> Diagnostic {
    Diagnostic::in_file(&*step.file.path, loss.message)
        .note(format!(
            "found on a database that was upgraded to version {}, and not on a new one: the columns \
             of an upgraded table may stand in another order",
            step.old.number
        ))
        .help("name the columns: `INSERT INTO t (a, b) SELECT a, b FROM ..`, never `SELECT *`")
}
