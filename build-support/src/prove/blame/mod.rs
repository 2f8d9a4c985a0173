//! Which statement it was: what a step did wrong is looked for after each of its statements. The
//! step is run again for that, so it costs only a step that is wrong already.

pub(super) mod schema;
mod words;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use stepladder::accounting::{Account, Exchanged, LossKind, Value, contents};
use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, Schema};
use stepladder::sql::{fold, names_equal};

use super::effect::effects;
use super::full_text::{detached, in_step};
use super::loss::{Lost, losses};
use super::orphan::orphan;
use super::play::Known;
use super::rows::{Step, damage, undone, undone_or_new};
use super::run::run_part;
use crate::diagnostic::{Diagnostic, Label};
use crate::rule::Rule;
use crate::script::{ScriptPart, statements_of};
use words::{What, copied, gone_here, here};

/// A step that can be run again on the rows that it did something wrong to.
pub(super) struct Rerun<'r> {
    pub(super) step: &'r Step<'r>,
    pub(super) connection: &'r Connection,
    open: Open<'r>,
    make: Make<'r>,
    states: OnceCell<Option<Vec<State>>>,
}

/// Puts rows into a database.
type Make<'r> = &'r dyn Fn(&Connection) -> rusqlite::Result<()>;
/// Makes a database.
type Open<'r> = Option<&'r dyn Fn() -> rusqlite::Result<Connection>>;

/// The database after some of the statements.
struct State {
    /// Its tables, by folded names.
    tables: BTreeSet<String>,
    lost: BTreeMap<Key, What>,
    /// How many rows of each table before are there.
    found: BTreeMap<String, usize>,
}

/// What is lost: how it would be declared.
type Key = (Rule, String);

impl<'r> Rerun<'r> {
    /// `make` puts the rows into the database, which is at the version that the step starts from.
    pub(super) fn new(step: &'r Step<'r>, connection: &'r Connection, make: Make<'r>) -> Self {
        Self {
            step,
            connection,
            open: None,
            make,
            states: OnceCell::new(),
        }
    }

    /// The same on a database that has its rows, and that `open` makes once more.
    pub(super) fn on_rows(
        step: &'r Step<'r>,
        connection: &'r Connection,
        open: &'r dyn Fn() -> rusqlite::Result<Connection>,
    ) -> Self {
        Self {
            open: Some(open),
            ..Self::new(step, connection, &|_| Ok(()))
        }
    }

    /// Does the work on the database with the rows, and undoes it.
    pub(super) fn again<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let with_rows = |connection: &Connection| {
            (self.make)(connection)?;
            work(connection)
        };
        match self.open {
            Some(open) => undone_or_new(self.step, (self.connection, open), with_rows),
            None => undone(self.step, self.connection, with_rows),
        }
    }

    /// The diagnostic with the statements that lose this.
    pub(super) fn at_loss(&self, diagnostic: Diagnostic, loss: &Lost) -> Diagnostic {
        let labels = self.loss_labels(loss);
        self.labelled(diagnostic, labels.unwrap_or_default())
    }

    /// The diagnostic with the statement after which a row refers to nothing.
    pub(super) fn at_orphan(&self, diagnostic: Diagnostic) -> Diagnostic {
        let labels = self.orphan_labels();
        self.labelled(diagnostic, labels.unwrap_or_default())
    }

    /// The diagnostic with the statement after which `integrity_check` finds something.
    pub(super) fn at_damage(&self, diagnostic: Diagnostic) -> Diagnostic {
        let seen = self.look(damage);
        let at = seen.and_then(|seen| since(&seen, Option::is_some));
        let label = at.map(|at| (at, "the check fails after this statement".to_owned()));
        self.labelled(diagnostic, label.into_iter().collect())
    }

    /// What is to be seen before the first statement and after each.
    pub(super) fn look<T>(
        &self,
        mut look: impl FnMut(&Connection) -> rusqlite::Result<T>,
    ) -> Option<Vec<T>> {
        let seen = self.again(|connection| {
            let script = self.step.script;
            let known = Known::before(connection, script);
            let mut seen = vec![look(connection)?];
            for part in &script.parts {
                run_part(connection, part, &known)?;
                seen.push(look(connection)?);
            }
            Ok(seen)
        });
        seen.ok()
    }

    /// The first label is the primary one.
    pub(super) fn labelled(
        &self,
        mut diagnostic: Diagnostic,
        labels: Vec<(usize, String)>,
    ) -> Diagnostic {
        for (after, text) in labels {
            let Some(part) = self.step.script.parts.get(after - 1) else {
                continue;
            };
            let span = first_line(&self.step.file.text, part);
            if diagnostic.primary.is_some() {
                diagnostic = diagnostic.also_at(self.step.file, span, text);
            } else {
                diagnostic.primary = Some(Label {
                    file: self.step.file.clone(),
                    span,
                    text,
                });
            }
        }
        diagnostic
    }

    fn loss_labels(&self, loss: &Lost) -> Option<Vec<(usize, String)>> {
        let states = self.states()?;
        let key = (loss.rule, fold(&loss.object));
        let at = since(states, |state| state.lost.contains_key(&key))?;
        let what = *states[at].lost.get(&key)?;
        let table = self.table_of(&loss.object)?;
        let gone = match what {
            What::Counter => None,
            _ => drop_until(states, at, &fold(&table)),
        };
        let by_copy = gone.and_then(|dropped| self.copy(dropped, &key, what, &table, &loss.object));
        Some(by_copy.unwrap_or_else(|| vec![(at, here(what).to_owned())]))
    }

    /// The labels where the table was dropped after a copy of it: to a new table, or to one that was
    /// there before.
    fn copy(
        &self,
        dropped: usize,
        key: &Key,
        what: What,
        table: &str,
        object: &str,
    ) -> Option<Vec<(usize, String)>> {
        let states = self.states()?;
        let gone = &states[dropped - 1].tables - &states[dropped].tables;
        let stays = (states[..dropped].iter())
            .map(|state| state.tables.clone())
            .reduce(|stays, tables| &stays & &tables)?;
        [&gone | &stays, gone].iter().find_map(|without| {
            let mut copies = self.accounts(without)?;
            copies.truncate(dropped);
            let (copy, what) = lost_by_copy(&copies, key, what, &fold(table))?;
            if copy.is_lost_later {
                return Some(vec![(copy.at, here(what).to_owned())]);
            }
            let mut labels = vec![(copy.at, copied(what, table, object))];
            labels.extend(gone_here(what).map(|text| (dropped, text.to_owned())));
            Some(labels)
        })
    }

    fn orphan_labels(&self) -> Option<Vec<(usize, String)>> {
        let seen = self.look(orphan)?;
        let at = since(&seen, Option::is_some)?;
        let label = (
            at,
            "the row refers to nothing after this statement".to_owned(),
        );
        Some(self.orphan_copy(at).unwrap_or_else(|| vec![label]))
    }

    /// Where a table was dropped after a copy without all of its rows.
    fn orphan_copy(&self, at: usize) -> Option<Vec<(usize, String)>> {
        let states = self.states()?;
        let gone = &states[at - 1].tables - &states[at].tables;
        gone.iter().find_map(|table| {
            let table = self.table_of(table)?;
            let key = (Rule::DataLoss, fold(&table));
            self.copy(at, &key, What::Rows, &table, &table)
        })
    }

    fn states(&self) -> Option<&[State]> {
        let states = self.states.get_or_init(|| self.accounts(&BTreeSet::new()));
        states.as_deref()
    }

    /// What each state has of the rows before, without looking into some tables.
    fn accounts(&self, without: &BTreeSet<String>) -> Option<Vec<State>> {
        let old = &self.step.old.schema;
        let mut first = None;
        let mut done = 0;
        self.look(|connection| {
            let (before, agreed) = match &first {
                Some(first) => first,
                None => first.insert((contents(connection, old)?, in_step(connection, old))),
            };
            let mut schema = introspect(connection)?;
            schema
                .entities
                .retain(|entity| !without.contains(&fold(entity.name())));
            let exchanged = Exchanged::of(&statements_of(&self.step.script.parts[..done]), old);
            done += 1;
            let account = exchanged.account(before, &contents(connection, &schema)?);
            let mut lost = losses(&account, &exchanged, &schema);
            lost.extend(effects(&account, &exchanged, connection, [old, &schema])?);
            lost.extend(detached(connection, (old, agreed), &schema));
            Ok(State::new(&account, &lost, &schema))
        })
    }

    /// The table before that an object of a declaration is, or belongs to.
    fn table_of(&self, object: &str) -> Option<String> {
        let tables = self
            .step
            .old
            .schema
            .entities
            .iter()
            .filter(|entity| matches!(entity, Entity::Table(_) | Entity::VirtualTable(_)));
        let names = tables.map(|entity| entity.name().to_owned());
        let is_in = |name: &String| {
            let is_column = (object.get(..name.len())).is_some_and(|start| {
                names_equal(start, name) && object[name.len()..].starts_with('.')
            });
            names_equal(name, object) || is_column
        };
        names.filter(is_in).max_by_key(String::len)
    }
}

impl State {
    fn new(account: &Account, found: &[Lost], schema: &Schema) -> Self {
        let key = |loss: &Lost| (loss.rule, fold(&loss.object));
        let mut lost: BTreeMap<_, _> = (found.iter())
            .map(|loss| (key(loss), What::of(loss.rule)))
            .collect();
        for loss in account.losses() {
            let what = match &loss.kind {
                LossKind::Table(_) => What::Table,
                LossKind::Rows(_) => What::Rows,
                LossKind::Doubled(_) => What::Doubled,
                LossKind::Values(change) => match change.after {
                    None | Some(Value::Null) if loss.lost == loss.of => What::Values,
                    _ => What::Changed,
                },
                LossKind::Unlinked(..) => What::Unlinked,
                LossKind::Rewritten(_) => What::Rewritten,
            };
            lost.insert((Rule::DataLoss, fold(&loss.object())), what);
        }
        let tables = schema
            .entities
            .iter()
            .filter(|entity| matches!(entity, Entity::Table(_) | Entity::VirtualTable(_)));
        Self {
            tables: tables.map(|entity| fold(entity.name())).collect(),
            lost,
            found: (account.tables.iter())
                .map(|table| (fold(&table.table), table.rows.kept + table.rows.elsewhere))
                .collect(),
        }
    }
}

/// The statement since which it is so, up to the end.
pub(super) fn since<T>(states: &[T], is_so: impl Fn(&T) -> bool) -> Option<usize> {
    let last = states.iter().rposition(|state| !is_so(state))?;
    (last + 1 < states.len()).then_some(last + 1)
}

/// The statement that dropped tables: this one, or the one that dropped the table of which another
/// gets the name here.
fn drop_until(states: &[State], at: usize, table: &str) -> Option<usize> {
    let pair = |at: usize| (&states[at - 1].tables, &states[at].tables);
    let (before, after) = pair(at);
    if before.is_subset(after) {
        return None;
    }
    if after.is_subset(before) {
        return Some(at);
    }
    (1..at).rev().find(|at| {
        let (before, after) = pair(*at);
        before.contains(table) && !after.contains(table)
    })
}

/// The statement that brings most rows of the table to where they were not before. Some may be found
/// without it, where other rows are equal to them.
fn appears(states: &[State], table: &str) -> Option<usize> {
    let count = |at: usize| states[at].found.get(table).copied().unwrap_or(0);
    let gain = |at: usize| count(at).saturating_sub(count(at - 1));
    let most = (1..states.len()).map(gain).max().filter(|most| *most > 0)?;
    (1..states.len()).find(|at| gain(*at) == most)
}

/// A statement that copies a table, or one behind it that spoils the copy.
struct Copy {
    at: usize,
    is_lost_later: bool,
}

/// The statement that loses it on the way from the table to its copy, and how.
fn lost_by_copy(copies: &[State], key: &Key, what: What, table: &str) -> Option<(Copy, What)> {
    let copy = appears(copies, table)?;
    let is_lost = |state: &State| state.lost.contains_key(key);
    let at = match since(&copies[copy..], is_lost) {
        Some(later) => copy + later,
        None => copy,
    };
    let what = match what {
        // The copy has another name still, in which nothing is out of place.
        What::Misplaced => what,
        _ => *copies[at].lost.get(key)?,
    };
    let is_lost_later = at > copy;
    Some((Copy { at, is_lost_later }, what))
}

/// The statement or the call, as far as its first line goes.
fn first_line(text: &str, part: &ScriptPart) -> Range<usize> {
    match part {
        ScriptPart::Statement(statement) => {
            let line = statement.sql.lines().next().map_or(0, str::len);
            statement.start..(statement.start + line).min(text.len())
        }
        ScriptPart::Call(call) => {
            let before = usize::try_from(call.line).map_or(0, |line| line.saturating_sub(1));
            let start = text.split_inclusive('\n').take(before).map(str::len).sum();
            let line = text[start..].lines().next().map_or(0, str::len);
            start..start + line
        }
    }
}
