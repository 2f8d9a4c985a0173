//! What is said of a chain: the step that goes wrong is run once more, on the rows that it goes
//! wrong with.

use std::collections::BTreeSet;

use stepladder::compare::{CompareOptions, Difference, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Schema, Table};
use stepladder::sql::names_equal;
use stepladder::synthesis::{Scenario, fill};

use super::{Link, Mistake};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::prove::blame::Rerun;
use crate::prove::loss::Lost;
use crate::prove::orphan::orphan;
use crate::prove::row_report::{by_rows, damaged, tell, tell_orphan};
use crate::prove::rows::{Outcome, damage, try_step};
use crate::prove::run::{open_at, run};
use crate::prove::step::elsewhere;

/// The mistake that a check of the database fails.
pub(super) const CHECK: &str = "check";
/// The mistake that the schema is another one.
pub(super) const SCHEMA: &str = "schema";

/// What is looked at after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checks {
    /// The schema, the foreign keys and the integrity.
    All,
    /// The foreign keys.
    Orphans,
}

/// Steps in a row, up to the last of `links`, with rows that are there before the first of them.
pub(super) struct Chain<'c> {
    pub(super) links: &'c [Link<'c>],
    /// How many steps the row has.
    pub(super) row: usize,
    pub(super) start: usize,
    pub(super) scenario: Scenario,
    /// What there is at the first version: all, or as much as the steps can reach.
    pub(super) schema: &'c Schema,
}

impl Chain<'_> {
    /// Whether the database has all that its versions have, so that it can be compared with them.
    pub(super) fn is_whole(&self) -> bool {
        self.links.len() == self.row
    }

    /// The steps with their places.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &Link<'_>)> {
        self.links.iter().enumerate().skip(self.start)
    }

    /// A database at the first version, with rows.
    pub(super) fn filled(&self) -> rusqlite::Result<Connection> {
        let connection = open_at(self.schema)?;
        fill(&connection, self.schema, &self.scenario)?;
        Ok(connection)
    }

    /// The first step after which the database is not as it should be.
    pub(super) fn first_deviation(&self, checks: Checks) -> rusqlite::Result<Option<Mistake>> {
        let connection = &self.filled()?;
        for (at, link) in self.steps() {
            if run(connection, &link.script).is_some() {
                break;
            }
            if let Some(what) = deviation(connection, link, (checks, self.is_whole()))? {
                return Ok(Some(Mistake { at, what }));
            }
        }
        Ok(None)
    }

    /// The database that a step finds, in words.
    fn upgraded(&self, at: usize) -> String {
        format!(
            "that was created at version {} and upgraded to version {}",
            self.links[self.start].old.number, self.links[at].old.number
        )
    }

    /// A database as it is before a step.
    fn before(&self, at: usize) -> rusqlite::Result<Connection> {
        let connection = self.filled()?;
        for link in &self.links[self.start..at] {
            run(&connection, &link.script);
        }
        Ok(connection)
    }
}

impl Mistake {
    /// All that is wrong with what a step did.
    fn of(at: usize, outcome: &Outcome<'_>) -> BTreeSet<Self> {
        match outcome {
            Outcome::Rejected(refused) => BTreeSet::from([Self::refused(at, refused)]),
            Outcome::Orphan(_) | Outcome::Damaged(_) => {
                let what = CHECK.to_owned();
                BTreeSet::from([Self { at, what }])
            }
            Outcome::Done(lost) => lost.iter().map(|loss| Self::loss(at, loss)).collect(),
        }
    }

    pub(super) fn is_deviation(&self) -> bool {
        self.what == CHECK || self.what == SCHEMA
    }
}

/// What is not as it should be after a step.
pub(super) fn deviation(
    connection: &Connection,
    link: &Link<'_>,
    (checks, is_whole): (Checks, bool),
) -> rusqlite::Result<Option<String>> {
    let all = checks == Checks::All;
    if all && is_whole && !differences(connection, &link.new.schema)?.is_empty() {
        return Ok(Some(SCHEMA.to_owned()));
    }
    let is_broken = orphan(connection)?.is_some() || (all && damage(connection)?.is_some());
    Ok(is_broken.then(|| CHECK.to_owned()))
}

fn differences(connection: &Connection, schema: &Schema) -> rusqlite::Result<Vec<Difference>> {
    let found = introspect(connection)?;
    Ok(compare(schema, &found, &CompareOptions::default()))
}

/// Tells what was found at a step; whether there is something to be told.
pub(super) fn examine(
    chain: &Chain<'_>,
    at: usize,
    mistakes: &BTreeSet<Mistake>,
    errors: &mut Diagnostics,
) -> rusqlite::Result<bool> {
    // What a new database comes upon too has been said of the step.
    let known = found_on_new(chain, at)?;
    let mistakes: BTreeSet<_> = mistakes.difference(&known).cloned().collect();
    if !mistakes.iter().any(|mistake| mistake.at == at) {
        return Ok(false);
    }
    let link = &chain.links[at];
    let step = link.step();
    let open = || chain.before(at);
    let connection = open()?;
    let rerun = Rerun::on_rows(&step, &connection, &open);
    let mut found = Diagnostics::default();
    let other = rerun.again(|connection| match run(connection, &link.script) {
        Some(_) => Ok(Vec::new()),
        None => differences(connection, &link.new.schema),
    })?;
    if other.is_empty() {
        match rerun.again(|connection| try_step(&step, connection))? {
            Outcome::Rejected(refused) => {
                let (old, upgraded) = (link.old.number, chain.upgraded(at));
                let note = format!(
                    "it works on a new database of version {old}, and fails on one {upgraded}"
                );
                by_rows(&rerun, &refused, &note, &mut found);
            }
            Outcome::Orphan(orphan) => {
                tell_orphan(&rerun, &orphan, &chain.scenario, &mut found);
                found = noted(found, chain, at);
            }
            Outcome::Damaged(message) => {
                found.push(damaged(&rerun, &message, &chain.scenario));
                found = noted(found, chain, at);
            }
            Outcome::Done(lost) => tell_lost(&rerun, (chain, at), &mistakes, &lost, &mut found),
        }
    } else {
        found.push(elsewhere(&rerun, &other));
        found = noted(found, chain, at);
    }
    let found = found.take();
    let is_told = !found.is_empty();
    for diagnostic in found {
        errors.push(diagnostic);
    }
    Ok(is_told)
}

/// The diagnostics with the database that they are about.
fn noted(mut found: Diagnostics, chain: &Chain<'_>, at: usize) -> Diagnostics {
    let mut noted = Diagnostics::default();
    for diagnostic in found.take() {
        noted.push(diagnostic.note(format!("found on a database {}", chain.upgraded(at))));
    }
    noted
}

/// Tells what is lost.
fn tell_lost(
    rerun: &Rerun<'_>,
    (chain, at): (&Chain<'_>, usize),
    mistakes: &BTreeSet<Mistake>,
    lost: &[Lost],
    errors: &mut Diagnostics,
) {
    let old = rerun.step.old;
    for loss in lost {
        if !mistakes.contains(&Mistake::loss(at, loss)) {
            continue;
        }
        let with_notes = |diagnostic: Diagnostic| {
            let note = format!(
                "found on a database {}; on a new one of version {} it is not lost",
                chain.upgraded(at),
                old.number
            );
            in_other_order(diagnostic.note(note), rerun.connection, &old.schema, loss)
        };
        tell(rerun, loss, with_notes, errors);
    }
}

/// What goes wrong with the rows of a new database.
fn found_on_new(chain: &Chain<'_>, at: usize) -> rusqlite::Result<BTreeSet<Mistake>> {
    let link = &chain.links[at];
    let connection = open_at(&link.old.schema)?;
    fill(&connection, &link.old.schema, &chain.scenario)?;
    let outcome = try_step(&link.step(), &connection)?;
    Ok(Mistake::of(at, &outcome))
}

/// The diagnostic with the order of the columns, where it is not that of a new database.
fn in_other_order(
    diagnostic: Diagnostic,
    connection: &Connection,
    schema: &Schema,
    loss: &Lost,
) -> Diagnostic {
    let Ok(found) = introspect(connection) else {
        return diagnostic;
    };
    let is_of = |table: &&Table| {
        names_equal(&table.name, &loss.object)
            || (table.columns.iter())
                .any(|column| names_equal(&format!("{}.{}", table.name, column.name), &loss.object))
    };
    let Some(new) = schema.tables().find(is_of) else {
        return diagnostic;
    };
    let order = |table: &Table| {
        let names: Vec<_> = (table.columns.iter())
            .map(|column| column.name.as_str())
            .collect();
        names.join(", ")
    };
    let upgraded = found.table(&new.name).map(order).unwrap_or_default();
    if names_equal(&upgraded, &order(new)) {
        return diagnostic;
    }
    let mut diagnostic = diagnostic.note(format!(
        "the columns of `{}` stand there in the order {upgraded}, in a new database in the order {}",
        new.name,
        order(new)
    ));
    let name = "name the columns: `INSERT INTO t (a, b) SELECT a, b FROM ..`, never `SELECT *`";
    diagnostic.helps.insert(0, name.to_owned());
    diagnostic
}
