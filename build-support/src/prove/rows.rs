//! A step with rows in the tables.

use std::cell::RefCell;
use std::collections::BTreeMap;

use stepladder::accounting::{Exchanged, contents};
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, EntityKind};
use stepladder::synthesis::{Filled, Rows, Scenario, Values, fill, scenarios};

use super::asked::hold_what_is_asked_for;
use super::blame::Rerun;
use super::collide::collide;
use super::contentless::{forgotten, known_rows};
use super::effect::effects;
use super::finding::Judge;
use super::full_text::{detached, in_step};
use super::loss::{Lost, losses};
use super::mentioned::hold_what_is_mentioned;
use super::one_value::take_back;
use super::orphan::{Orphan, orphan};
use super::relevant::relevant;
use super::row_report::{ON_ROWS, by_rows, damaged, tell, tell_orphan, tell_slow, tell_unfilled};
use super::run::{Rejected, database, open_at, run, unreadable};
use super::taken::{Taken, emptied, take_out, try_without_declared};
use super::untried::{choosing, try_each, untried};
use crate::diagnostic::Diagnostics;
use crate::history::Version;
use crate::rule::Rule;
use crate::script::{Script, statements_of};
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

/// Ordinary rows, and among them some that hold the values that the step asks for.
const ASKED: Scenario = Scenario {
    rows: Rows::Many,
    values: Values::Recognisable,
    seed: 1,
};

/// Rows that hold what the step, or a new constraint, mentions.
const MENTIONED: Scenario = Scenario {
    rows: Rows::Many,
    values: Values::Recognisable,
    seed: 2,
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
    let mut all_taken: Vec<(Scenario, RefCell<Vec<Taken>>)> = Vec::new();
    let mut never_there: Option<Vec<String>> = None;
    for scenario in scenarios().into_iter().chain([ASKED, MENTIONED]) {
        let taken = RefCell::new(Vec::new());
        let make = |connection: &Connection| {
            let filled = make_rows(step, connection, &scenario)?;
            if scenario == ORDINARY {
                unfilled.borrow_mut().extend(without_rows(filled));
            }
            take_out(connection, &taken.borrow())
        };
        let rerun = Rerun::new(step, &connection, &make);
        let found = try_without_declared(&rerun, &scenario, &taken, errors);
        if scenario.rows != Rows::None {
            let here = rerun.again(|connection| Ok(emptied(connection, &taken.borrow())));
            let here = here.unwrap_or_default();
            never_there = Some(match never_there {
                None => here,
                Some(before) => before
                    .into_iter()
                    .filter(|table| here.contains(table))
                    .collect(),
            });
        }
        match found {
            Err(error) => errors.push(unreadable(step.file, &error)),
            Ok(Outcome::Rejected(refused)) => {
                by_rows(&rerun, &refused, ON_ROWS, errors);
            }
            Ok(Outcome::Orphan(orphan)) => tell_orphan(&rerun, &orphan, &scenario, errors),
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
        all_taken.push((scenario, taken));
        if errors.has_errors() {
            break;
        }
    }
    let taken_back = take_back(step, &connection, &mut told);
    errors.push_some(taken_back.err().map(|error| unreadable(step.file, &error)));
    let mut waiting = choosing(step);
    for (scenario, taken) in all_taken {
        let make = |connection: &Connection| {
            make_rows(step, connection, &scenario)?;
            take_out(connection, &taken.borrow())
        };
        let rerun = Rerun::new(step, &connection, &make);
        if !waiting.is_empty() && !errors.has_errors() {
            let tried = rerun.again(|connection| {
                try_each(step, connection, &mut waiting);
                Ok(())
            });
            errors.push_some(tried.err().map(|error| unreadable(step.file, &error)));
        }
        for (loss, _) in told.values().filter(|(_, found)| *found == scenario) {
            let note = format!(
                "found by running the step from version {} to {} on rows made for the proof",
                step.old.number, step.new.number
            );
            tell(&rerun, loss, |diagnostic| diagnostic.note(note), errors);
        }
    }
    let mut unfilled = unfilled.into_inner();
    for table in never_there.into_iter().flatten() {
        let reason = "each that was made is one of those that are declared not to be there";
        unfilled.entry(table).or_insert_with(|| reason.to_owned());
    }
    if !errors.has_errors() {
        for finding in untried(step, &waiting) {
            step.judge.tell(finding, errors);
        }
    }
    tell_unfilled(step, unfilled, errors);
    tell_slow(step, &connection, errors);
}

/// A few rows in each table, with nothing odd about them.
pub(super) const ORDINARY: Scenario = Scenario {
    rows: Rows::Many,
    values: Values::Recognisable,
    seed: 0,
};

/// The tables that got no row, and why.
fn without_rows(filled: Filled) -> impl Iterator<Item = (String, String)> {
    let tables = filled.tables.into_iter().filter(|table| table.rows == 0);
    tables.filter_map(|table| Some((table.table, table.unfilled?.to_string())))
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
    if *scenario == MENTIONED {
        let schemas = [&step.old.schema, &step.new.schema];
        hold_what_is_mentioned(connection, schemas, step.script)?;
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
    let known = known_rows(connection, old);
    if let Some(refused) = run(connection, step.script) {
        return Ok(Outcome::Rejected(refused));
    }
    if let Some(orphan) = orphan(connection)? {
        return Ok(Outcome::Orphan(orphan));
    }
    if let Some(found) = damage(connection)? {
        return Ok(Outcome::Damaged(found));
    }
    let exchanged = Exchanged::of(&statements_of(&step.script.parts), old);
    let account = exchanged.account(&before, &contents(connection, new)?);
    let mut lost = losses(&account, &exchanged, new);
    lost.extend(effects(&account, &exchanged, connection, [old, new])?);
    lost.extend(detached(connection, (old, &agreed), new));
    lost.extend(forgotten(connection, &known, new));
    Ok(Outcome::Done(lost))
}

/// What `integrity_check` finds.
pub(super) fn damage(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
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
