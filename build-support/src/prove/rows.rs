//! A step with rows in the tables.

use std::cell::RefCell;
use std::collections::BTreeMap;

use stepladder::accounting::{account, contents};
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, EntityKind, Table};
use stepladder::synthesis::{Filled, Rows, Scenario, Values, fill, scenarios};

use super::allow::rule_of_message;
use super::asked::hold_what_is_asked_for;
use super::blame::Rerun;
use super::collide::collide;
use super::culprit::{Culprit, culprit};
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
use crate::time_limit::is_interrupted;

/// A step to be proven.
#[derive(Clone, Copy)]
pub(super) struct Step<'s> {
    pub(super) file: &'s SourceFile,
    pub(super) script: &'s Script,
    pub(super) old: &'s Version,
    pub(super) new: &'s Version,
    pub(super) judge: Judge<'s>,
}

/// Ordinary rows, and among them some that hold the values that the step asks for.
const ASKED: Scenario = Scenario {
    rows: Rows::Many,
    values: Values::Recognisable,
    seed: 1,
};

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
    let mut told: BTreeMap<(String, Rule), (Lost, Scenario)> = BTreeMap::new();
    let unfilled = RefCell::new(BTreeMap::new());
    for scenario in scenarios().into_iter().chain([ASKED]) {
        let make = |connection: &Connection| {
            let filled = make_rows(step, connection, &scenario)?;
            if scenario == ORDINARY {
                unfilled.borrow_mut().extend(without_rows(filled));
            }
            Ok(())
        };
        let rerun = Rerun::new(step, &connection, &make);
        let found = rerun.again(|connection| try_step(step, connection));
        match found {
            Err(error) => errors.push(unreadable(step.file, &error)),
            Ok(Outcome::Rejected(refused)) => {
                by_rows(&rerun, &refused, ON_ROWS, errors);
            }
            Ok(Outcome::Orphan(orphan)) => tell_orphan(&rerun, orphan, &scenario, errors),
            Ok(Outcome::Damaged(message)) => errors.push(damaged(&rerun, &message, &scenario)),
            Ok(Outcome::Done(lost)) => {
                for loss in lost.into_iter().filter(|loss| can_tell(loss, &scenario)) {
                    let key = (loss.object.clone(), loss.rule);
                    // Of one row, little can be told.
                    let known = told.get(&key).is_some_and(|(known, _)| known.of > 1);
                    if !known {
                        told.insert(key, (loss, scenario));
                    }
                }
            }
        }
        if errors.has_errors() {
            break;
        }
    }
    for scenario in scenarios().into_iter().chain([ASKED]) {
        let make = |connection: &Connection| {
            make_rows(step, connection, &scenario)?;
            Ok(())
        };
        let rerun = Rerun::new(step, &connection, &make);
        for (loss, _) in told.values().filter(|(_, found)| *found == scenario) {
            let note = format!(
                "found by running the step from version {} to {} on rows made for the proof",
                step.old.number, step.new.number
            );
            tell(&rerun, loss, |diagnostic| diagnostic.note(note), errors);
        }
    }
    tell_unfilled(step, unfilled.into_inner(), errors);
    tell_slow(step, &connection, errors);
}

/// A few rows in each table, with nothing odd about them.
const ORDINARY: Scenario = Scenario {
    rows: Rows::Many,
    values: Values::Recognisable,
    seed: 0,
};

/// The tables that got no row, and why.
fn without_rows(filled: Filled) -> impl Iterator<Item = (String, String)> {
    let tables = filled.tables.into_iter().filter(|table| table.rows == 0);
    tables.filter_map(|table| Some((table.table, table.unfilled?.to_string())))
}

fn tell_unfilled(step: &Step<'_>, tables: BTreeMap<String, String>, errors: &mut Diagnostics) {
    for (object, reason) in tables {
        let message = format!("no row could be made for `{object}`: {reason}");
        let diagnostic = Diagnostic::in_file(&*step.file.path, message)
            .note(format!(
                "so what the step does to the rows of `{object}` is not proven"
            ))
            .help("test the step with rows of your own");
        let rule = Rule::UnfilledTable;
        let finding = Finding {
            rule,
            object,
            diagnostic,
        };
        step.judge.tell(finding, errors);
    }
}

/// Whether a scenario can tell it: only where no value is in two places can a column that was dropped
/// be told from one that has another name.
pub(super) fn can_tell(loss: &Lost, scenario: &Scenario) -> bool {
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
) -> rusqlite::Result<Filled> {
    let filled = fill(connection, &step.old.schema, scenario)?;
    if scenario.rows == Rows::Many && scenario.values == Values::Odd {
        collide(connection, &step.old.schema, &step.new.schema)?;
    }
    if *scenario == ASKED {
        hold_what_is_asked_for(connection, &step.old.schema, step.script)?;
    }
    Ok(filled)
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
    if let Some(found) = damage(connection)? {
        return Ok(Outcome::Damaged(found));
    }
    let account = account(&before, &contents(connection, new)?);
    let mut lost = losses(&account, new);
    lost.extend(effects(&account, connection, old, new)?);
    lost.extend(detached(connection, (old, &agreed), new));
    Ok(Outcome::Done(lost))
}

/// What `integrity_check` finds.
pub(super) fn damage(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

/// What is said of a statement that fails in the proof of one step.
const ON_ROWS: &str = "it works on a database without rows, and fails on one with rows";

/// The message about a statement that fails only because of the rows.
pub(super) fn by_rows(
    rerun: &Rerun<'_>,
    refused: &Rejected<'_>,
    note: &str,
    errors: &mut Diagnostics,
) {
    let step = rerun.step;
    if is_interrupted(&refused.error) {
        // It would take as long for each row that is tried.
        let diagnostic = rejected(step.file, refused, step.old, rerun.connection);
        return errors.push(diagnostic.note(note));
    }
    let message = refused.error.to_string();
    let rule = rule_of_message(&message);
    let is_allowed = |table: &Table| rule.is_some_and(|rule| step.judge.allows(rule, &table.name));
    if step.old.schema.tables().any(is_allowed) {
        return;
    }
    let mut diagnostic = rejected(step.file, refused, step.old, rerun.connection);
    diagnostic.helps.pop();
    diagnostic = diagnostic.note(note);
    let found = culprit(rerun, &message);
    if let Some(culprit) = &found {
        diagnostic = diagnostic.note(culprit.note());
    }
    match (rule, found) {
        (Some(rule), Some(Culprit { table, .. })) => {
            let object = table;
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

pub(super) fn tell_orphan(
    rerun: &Rerun<'_>,
    orphan: Orphan,
    scenario: &Scenario,
    errors: &mut Diagnostics,
) {
    let step = rerun.step;
    let is_new = orphan.is_of_new_key(&step.old.schema, &step.new.schema);
    let message = format!("after the step, {}", orphan.message);
    let diagnostic = Diagnostic::in_file(&*step.file.path, message);
    let diagnostic = rerun.at_orphan(diagnostic);
    if !is_new {
        return errors.push(diagnostic.note(rows_of(scenario)).help(
            "mend it in the same step: keep the row that is referred to, or change or delete the \
             row that refers to it",
        ));
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

pub(super) fn damaged(rerun: &Rerun<'_>, message: &str, scenario: &Scenario) -> Diagnostic {
    let message = format!("after the step, SQLite's integrity check says: {message}");
    let diagnostic = Diagnostic::in_file(&*rerun.step.file.path, message);
    rerun
        .at_damage(diagnostic)
        .note(rows_of(scenario))
        .help("make a new table, copy the rows, drop the old one and rename")
}

/// Says what is lost, at the statement that loses it.
pub(super) fn tell(
    rerun: &Rerun<'_>,
    loss: &Lost,
    with_notes: impl FnOnce(Diagnostic) -> Diagnostic,
    errors: &mut Diagnostics,
) {
    let step = rerun.step;
    if step.judge.allows(loss.rule, &loss.object) {
        return;
    }
    let diagnostic = Diagnostic::in_file(&*step.file.path, loss.message.as_str());
    let mut diagnostic = with_notes(rerun.at_loss(diagnostic, loss));
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

fn rows_of(scenario: &Scenario) -> &'static str {
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
    undone_or_new(step, (connection, &|| open_at(&step.old.schema)), work)
}

/// The same where a new database is made in another way.
pub(super) fn undone_or_new<T>(
    step: &Step<'_>,
    (connection, open): (&Connection, &dyn Fn() -> rusqlite::Result<Connection>),
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let is_virtual = |entity: &Entity| entity.kind() == EntityKind::VirtualTable;
    let (old, new) = (&step.old.schema, &step.new.schema);
    if old.entities.iter().chain(&new.entities).any(is_virtual) {
        return work(&open()?);
    }
    connection.execute_batch("SAVEPOINT proof")?;
    let result = work(connection);
    if connection.is_autocommit() {
        // An interruption and `OR ROLLBACK` undo the tables as well:
        // https://www.sqlite.org/c3ref/interrupt.html
        connection.execute_batch("BEGIN")?;
        for entity in &old.entities {
            connection.execute_batch(entity.sql())?;
        }
        return result;
    }
    connection.execute_batch("ROLLBACK TO proof; RELEASE proof")?;
    result
}
