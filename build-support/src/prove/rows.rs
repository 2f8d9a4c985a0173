//! A step with rows in the tables.

use std::collections::BTreeMap;

use stepladder::accounting::{account, contents};
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, EntityKind, Table};
use stepladder::synthesis::{Rows, Scenario, Values, fill, scenarios};

use super::allow::rule_of_message;
use super::collide::collide;
use super::culprit::culprit;
use super::effect::effects;
use super::finding::{Finding, Judge};
use super::full_text::{detached, in_step};
use super::loss::{Lost, losses};
use super::orphan::{Orphan, orphan};
use super::relevant::relevant;
use super::run::{Rejected, database, open_at, rejected, run, unreadable};
use super::slow::rewrites;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::Version;
use crate::rule::{Level, Rule};
use crate::script::Script;
use crate::source::SourceFile;

/// A step to be proven.
#[derive(Clone, Copy)]
pub(super) struct Step<'s> {
    pub(super) file: &'s SourceFile,
    pub(super) script: &'s Script,
    pub(super) old: &'s Version,
    pub(super) new: &'s Version,
    pub(super) judge: Judge<'s>,
}

/// Runs a step with the rows of each scenario, up to the first that it does not stand. Tables that
/// it cannot reach are left out.
pub(super) fn prove_rows(step: &Step<'_>, errors: &mut Diagnostics) {
    let [old, new] = relevant(step.script, &step.old.schema, &step.new.schema);
    let (old, new) = (step.old.with_schema(old), step.new.with_schema(new));
    let step = &Step {
        old: &old,
        new: &new,
        ..*step
    };
    let Some(connection) = errors.ok(database(step.file, &step.old.schema)) else {
        return;
    };
    let mut told: BTreeMap<(String, Rule), Lost> = BTreeMap::new();
    for scenario in scenarios() {
        let found = undone(step, &connection, |connection| {
            make_rows(step, connection, &scenario)?;
            try_step(step, connection)
        });
        match found {
            Err(error) => errors.push(unreadable(step.file, &error)),
            Ok(Outcome::Rejected(refused)) => {
                by_rows(step, &connection, &scenario, &refused, errors);
            }
            Ok(Outcome::Orphan(orphan)) => tell_orphan(step, orphan, &scenario, errors),
            Ok(Outcome::Damaged(message)) => {
                let message = format!("after the step, SQLite's integrity check says: {message}");
                let diagnostic = Diagnostic::in_file(&*step.file.path, message);
                errors.push(diagnostic.help(help_of(&scenario)));
            }
            Ok(Outcome::Done(lost)) => {
                for loss in lost.into_iter().filter(|loss| can_tell(loss, &scenario)) {
                    let key = (loss.object.clone(), loss.rule);
                    // Of one row, little can be told.
                    let known = told.get(&key).is_some_and(|known| known.of > 1);
                    if !known {
                        told.insert(key, loss);
                    }
                }
            }
        }
        if errors.has_errors() {
            break;
        }
    }
    for loss in told.into_values() {
        tell(step, &loss, errors);
    }
    tell_slow(step, &connection, errors);
}

/// Whether a scenario can tell it: only where no value is in two places can a column that was dropped
/// be told from one that has another name.
fn can_tell(loss: &Lost, scenario: &Scenario) -> bool {
    match loss.rule {
        Rule::DropTable | Rule::DropColumn => scenario.values == Values::Recognisable,
        _ => true,
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
    /// A row without its parent.
    Orphan(Orphan),
    /// What `integrity_check` says.
    Damaged(String),
    Done(Vec<Lost>),
}

pub(super) fn try_step<'s>(
    step: &Step<'s>,
    connection: &Connection,
) -> rusqlite::Result<Outcome<'s>> {
    let (old, new) = (&step.old.schema, &step.new.schema);
    let before = contents(connection, old)?;
    let agreed = in_step(connection, old);
    if let Some(refused) = run(connection, step.script) {
        return Ok(Outcome::Rejected(refused));
    }
    if let Some(orphan) = orphan(connection)? {
        return Ok(Outcome::Orphan(orphan));
    }
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Ok(Outcome::Damaged(found));
    }
    let account = account(&before, &contents(connection, new)?);
    let mut lost = losses(&account, new);
    lost.extend(effects(&account, connection, old, new)?);
    lost.extend(detached(connection, (old, &agreed), new));
    Ok(Outcome::Done(lost))
}

/// The message about a statement that fails only because of the rows.
fn by_rows(
    step: &Step<'_>,
    connection: &Connection,
    scenario: &Scenario,
    refused: &Rejected<'_>,
    errors: &mut Diagnostics,
) {
    let message = refused.error.to_string();
    let rule = rule_of_message(&message);
    let is_allowed = |table: &Table| rule.is_some_and(|rule| step.judge.allows(rule, &table.name));
    if step.old.schema.tables().any(is_allowed) {
        return;
    }
    let mut diagnostic = rejected(step.file, refused, step.old, connection);
    diagnostic.helps.pop();
    diagnostic = diagnostic.note("it works on a database without rows, and fails on one with rows");
    let found = culprit(step, connection, scenario, &message);
    if let Some((table, row)) = &found {
        diagnostic = diagnostic.note(format!("it fails with this row in `{table}`: {row}"));
    }
    match (rule, found) {
        (Some(rule), Some((object, _))) => {
            let help = match rule {
                Rule::NotNullWithoutDefault => {
                    "give the column a default, or make a new table and copy the rows with a value for it"
                }
                _ => "change the rows that cannot stay as they are before this statement",
            };
            let diagnostic = diagnostic.help(help);
            step.judge.tell(
                Finding {
                    rule,
                    object,
                    diagnostic,
                },
                errors,
            );
        }
        _ => errors.push(diagnostic.help(
            "what SQLite can do to a table with rows: https://www.sqlite.org/lang_altertable.html; \
             for anything else create a new table, copy the rows, drop the old one and rename",
        )),
    }
}

fn tell_orphan(step: &Step<'_>, orphan: Orphan, scenario: &Scenario, errors: &mut Diagnostics) {
    let is_new = orphan.is_of_new_key(&step.old.schema, &step.new.schema);
    let message = format!("after the step, {}", orphan.message);
    let diagnostic = Diagnostic::in_file(&*step.file.path, message);
    if !is_new {
        return errors.push(diagnostic.help(help_of(scenario)));
    }
    let (rule, object) = (Rule::ForeignKeyOnExisting, orphan.table);
    let diagnostic = diagnostic
        .note(format!(
            "the foreign key is new in version {}, so nothing has held the rows of version {} to it",
            step.new.number, step.old.number
        ))
        .help(format!(
            "delete the rows without a parent, or set their columns to NULL, before they are copied \
             to the new `{object}`"
        ));
    step.judge.tell(
        Finding {
            rule,
            object,
            diagnostic,
        },
        errors,
    );
}

fn tell(step: &Step<'_>, loss: &Lost, errors: &mut Diagnostics) {
    let mut diagnostic =
        Diagnostic::in_file(&*step.file.path, loss.message.as_str()).note(format!(
            "found by running the step from version {} to {} on rows made for the proof",
            step.old.number, step.new.number
        ));
    diagnostic.helps.extend(loss.help.clone());
    let finding = Finding {
        rule: loss.rule,
        object: loss.object.clone(),
        diagnostic,
    };
    step.judge.tell(finding, errors);
}

fn tell_slow(step: &Step<'_>, connection: &Connection, errors: &mut Diagnostics) {
    if step.judge.levels.of(Rule::SlowRewrite) == Level::Allow {
        return;
    }
    match undone(step, connection, |connection| rewrites(step, connection)) {
        Ok(findings) => findings
            .into_iter()
            .for_each(|finding| step.judge.tell(finding, errors)),
        Err(error) => errors.push(unreadable(step.file, &error)),
    }
}

fn help_of(scenario: &Scenario) -> &'static str {
    match scenario.values {
        Values::Recognisable => "it was run with a few ordinary rows in each table",
        Values::Nulls => "it was run with NULL in every column that allows it",
        Values::Odd => "it was run with odd values: look at types, collations and duplicates",
    }
}

/// Runs the work on the database of a step and undoes what it did.
///
/// Not by a savepoint where there are virtual tables: SQLite does not undo the creation of an FTS4
/// table twice ("SQL logic error").
pub(super) fn undone<T>(
    step: &Step<'_>,
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let is_virtual = |entity: &Entity| entity.kind() == EntityKind::VirtualTable;
    let (old, new) = (&step.old.schema, &step.new.schema);
    if old.entities.iter().chain(&new.entities).any(is_virtual) {
        return work(&open_at(old)?);
    }
    connection.execute_batch("SAVEPOINT proof")?;
    let result = work(connection);
    connection.execute_batch("ROLLBACK TO proof; RELEASE proof")?;
    result
}
