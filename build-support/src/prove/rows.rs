//! A step with rows in the tables.

use std::collections::BTreeMap;

use stepladder::accounting::{account, contents};
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Table;
use stepladder::synthesis::{Rows, Scenario, Values, fill, scenarios};

use super::allow::{Allowance, Rule, is_allowed, line};
use super::collide::collide;
use super::culprit::culprit;
use super::loss::{Lost, losses};
use super::orphan::orphan;
use super::run::{Rejected, database, rejected, run, unreadable};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::Version;
use crate::script::Script;
use crate::source::SourceFile;

/// A step to be proven.
pub(super) struct Step<'s> {
    pub(super) file: &'s SourceFile,
    pub(super) script: &'s Script,
    pub(super) old: &'s Version,
    pub(super) new: &'s Version,
    pub(super) allowances: &'s [Allowance],
}

/// Runs a step with the rows of each scenario, up to the first that it does not stand.
pub(super) fn prove_rows(step: &Step<'_>, errors: &mut Diagnostics) {
    let Some(connection) = errors.ok(database(step.file, &step.old.schema)) else {
        return;
    };
    let mut told: BTreeMap<(String, Rule), Lost> = BTreeMap::new();
    for scenario in scenarios() {
        let found = in_savepoint(&connection, || {
            make_rows(step, &connection, &scenario)?;
            try_step(step, &connection)
        });
        match found {
            Err(error) => return errors.push(unreadable(step.file, &error)),
            Ok(Outcome::Rejected(refused)) => {
                if let Some(diagnostic) = by_rows(step, &connection, &scenario, &refused) {
                    return errors.push(diagnostic);
                }
            }
            Ok(Outcome::Wrong(message)) => {
                return errors
                    .push(Diagnostic::in_file(&*step.file.path, message).help(help_of(&scenario)));
            }
            Ok(Outcome::Done(lost)) => {
                for loss in lost {
                    let key = (loss.object.clone(), loss.rule);
                    // Of one row, little can be told.
                    let known = told.get(&key).is_some_and(|known| known.of > 1);
                    if !known {
                        told.insert(key, loss);
                    }
                }
            }
        }
    }
    for loss in told.into_values() {
        tell(step, &loss, errors);
    }
}

/// The rows of a scenario, and among them some that are equal where the new version wants them
/// unique.
pub(super) fn make_rows(
    step: &Step<'_>,
    connection: &Connection,
    scenario: &Scenario,
) -> rusqlite::Result<()> {
    fill(connection, &step.old.schema, scenario)?;
    if scenario.rows == Rows::Many && scenario.values == Values::Odd {
        collide(connection, &step.old.schema, &step.new.schema)?;
    }
    Ok(())
}

/// What a step did with some rows.
pub(super) enum Outcome<'s> {
    Rejected(Rejected<'s>),
    Wrong(String),
    Done(Vec<Lost>),
}

pub(super) fn try_step<'s>(
    step: &Step<'s>,
    connection: &Connection,
) -> rusqlite::Result<Outcome<'s>> {
    let before = contents(connection, &step.old.schema)?;
    if let Some(refused) = run(connection, step.script) {
        return Ok(Outcome::Rejected(refused));
    }
    if let Some(message) = broken(connection)? {
        return Ok(Outcome::Wrong(message));
    }
    let after = contents(connection, &step.new.schema)?;
    let account = account(&before, &after);
    Ok(Outcome::Done(losses(&account, &step.new.schema)))
}

/// What `foreign_key_check` and `integrity_check` say.
fn broken(connection: &Connection) -> rusqlite::Result<Option<String>> {
    if let Some(orphan) = orphan(connection)? {
        return Ok(Some(format!("after the step, {orphan}")));
    }
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then(|| format!("after the step, SQLite's integrity check says: {found}")))
}

/// The message about a statement that fails only because of the rows.
fn by_rows(
    step: &Step<'_>,
    connection: &Connection,
    scenario: &Scenario,
    refused: &Rejected<'_>,
) -> Option<Diagnostic> {
    let message = refused.error.to_string();
    let rule = Rule::of_message(&message);
    let allowed =
        |table: &Table| rule.is_some_and(|rule| is_allowed(step.allowances, rule, &table.name));
    if step.old.schema.tables().any(allowed) {
        return None;
    }
    let mut diagnostic = rejected(step.file, refused, step.old, connection);
    diagnostic.helps.pop();
    diagnostic = diagnostic.note("it works on a database without rows, and fails on one with rows");
    let found = culprit(step, connection, scenario, &message);
    if let Some((table, row)) = &found {
        diagnostic = diagnostic.note(format!("it fails with this row in `{table}`: {row}"));
    }
    Some(match (rule, found) {
        (Some(rule), Some((table, _))) => diagnostic
            .help("change the rows that cannot stay as they are before this statement")
            .help(format!(
                "if there can be no such rows, declare it: `{}`",
                line(rule, &table)
            )),
        _ => diagnostic.help(
            "what SQLite can do to a table with rows: https://www.sqlite.org/lang_altertable.html; \
             for anything else create a new table, copy the rows, drop the old one and rename",
        ),
    })
}

fn tell(step: &Step<'_>, loss: &Lost, errors: &mut Diagnostics) {
    if is_allowed(step.allowances, loss.rule, &loss.object) {
        return;
    }
    let declared = line(loss.rule, &loss.object);
    let mut diagnostic =
        Diagnostic::in_file(&*step.file.path, loss.message.as_str()).note(format!(
            "found by running the step from version {} to {} on rows made for the proof",
            step.old.number, step.new.number
        ));
    diagnostic.helps.extend(loss.help.clone());
    errors.push(diagnostic.help(format!("if it is meant, declare it: `{declared}`")));
}

fn help_of(scenario: &Scenario) -> &'static str {
    match scenario.values {
        Values::Recognisable => "it was run with a few ordinary rows in each table",
        Values::Nulls => "it was run with NULL in every column that allows it",
        Values::Odd => "it was run with odd values: look at types, collations and duplicates",
    }
}

/// Runs the work and undoes what it did.
pub(super) fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.execute_batch("SAVEPOINT proof")?;
    let result = work();
    connection.execute_batch("ROLLBACK TO proof; RELEASE proof")?;
    result
}
