//! A rollback behind its step: what the step has kept is back in its place afterwards, and the step
//! leads to the same rows again. Proven where both are files of SQL.

use std::collections::BTreeMap;

use stepladder::accounting::{
    Contents, Exchanged, Fault, Kept, LossRule, account, contents, faults,
};
use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Schema;
use stepladder::sql::names_equal;
use stepladder::synthesis::{Scenario, scenarios};

use super::allow::{line, read_allowances, rule_of};
use super::finding::{Finding, Judge};
use super::orphan::orphan;
use super::relevant::relevant;
use super::rows::{Step, make_rows, undone};
use super::run::{Rejected, database, rejected, run, unreadable};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::rule::Rule;
use crate::script::{Script, statements_of};
use crate::source::SourceFile;

/// Runs the step of a rollback, the rollback and the step again, with the rows of each scenario.
/// Tables that neither file can reach are left out.
pub(super) fn prove_round_trip(down: &Step<'_>, up: &SourceFile, errors: &mut Diagnostics) {
    let script = Script::new(&up.path, &up.text);
    let both = Script {
        file: script.file.clone(),
        parts: [&*script.parts, &*down.script.parts].concat(),
    };
    let [old, new] = relevant(&both, &down.new.schema, &down.old.schema);
    let (old, new) = (down.new.with_schema(old), down.old.with_schema(new));
    let versions = [down.new, down.old];
    let up = Step {
        file: up,
        script: &script,
        old: &old,
        new: &new,
        judge: Judge {
            levels: down.judge.levels,
            allowances: &read_allowances(up, versions, &mut Diagnostics::default()),
        },
    };
    let down = &Step {
        old: &new,
        new: &old,
        ..*down
    };
    let Some(connection) = errors.ok(database(up.file, &up.old.schema)) else {
        return;
    };
    let trip = RoundTrip { up: &up, down };
    let faults = match trip.made_with_all(&connection) {
        Ok(faults) => faults,
        Err(diagnostic) => return errors.push(*diagnostic),
    };
    let of = |leg: Leg| faults.iter().filter(move |(of, _)| *of == leg);
    let back = of(Leg::Back).map(|(_, fault)| fault);
    let (declared, lost): (Vec<_>, Vec<_>) =
        back.partition(|fault| trip.is_declared(Leg::Back, fault));
    // What does not come back is mostly another thing the second time, too; declared or not.
    let again = of(Leg::Again).map(|(_, fault)| fault).filter(|fault| {
        let same_table = |back: &&Fault| names_equal(&back.table, &fault.table);
        lost.is_empty() && !declared.iter().any(same_table) && !trip.is_declared(Leg::Again, fault)
    });
    for fault in again {
        trip.tell(Leg::Again, fault, errors);
    }
    for fault in lost {
        trip.tell(Leg::Back, fault, errors);
    }
}

/// A part of the way behind the step, which has a proof of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leg {
    /// The rollback.
    Back,
    /// The step, once more.
    Again,
}

/// What came of the way with some rows.
enum Made<'s> {
    Rejected(Leg, Rejected<'s>),
    Wrong(Leg, String),
    All(Vec<(Leg, Fault)>),
}

struct RoundTrip<'t, 's> {
    up: &'t Step<'s>,
    down: &'t Step<'s>,
}

impl<'t> RoundTrip<'t, '_> {
    /// What is not as it was with the rows of any scenario, once for each object.
    fn made_with_all(&self, connection: &Connection) -> Result<Vec<(Leg, Fault)>, Box<Diagnostic>> {
        let mut found: BTreeMap<(Leg, String, LossRule), Fault> = BTreeMap::new();
        for scenario in scenarios() {
            let made = undone(self.up, connection, |connection| {
                self.make(connection, &scenario)
            });
            let faults = match made.map_err(|error| unreadable(self.down.file, &error))? {
                Made::All(faults) => faults,
                Made::Rejected(leg, refused) => match self.rejected(leg, &refused, connection) {
                    Some(diagnostic) => return Err(Box::new(diagnostic)),
                    None => continue,
                },
                Made::Wrong(leg, message) => return Err(Box::new(self.wrong(leg, message))),
            };
            for (leg, fault) in faults {
                let key = (leg, fault.object.clone(), fault.rule);
                // Of one row, little can be told.
                let known = found.get(&key).is_some_and(|known| known.of > 1);
                if !known {
                    found.insert(key, fault);
                }
            }
        }
        Ok(found
            .into_iter()
            .map(|((leg, ..), fault)| (leg, fault))
            .collect())
    }

    fn make(&self, connection: &Connection, scenario: &Scenario) -> rusqlite::Result<Made<'t>> {
        let (old, new) = (&self.up.old.schema, &self.up.new.schema);
        make_rows(self.up, connection, scenario)?;
        let before = contents(connection, old)?;
        // The step does not stand these rows, and its own proof has said what there is to say.
        if run(connection, self.up.script).is_some() || orphan(connection)?.is_some() {
            return Ok(Made::All(Vec::new()));
        }
        let upgraded = contents(connection, new)?;
        let back = match leg(connection, self.down, old)? {
            Ok(back) => back,
            Err(stop) => return Ok(stop.on(Leg::Back)),
        };
        let exchanged = Exchanged::of(&statements_of(&self.up.script.parts), old);
        let kept = Kept::of(&exchanged.account(&before, &upgraded));
        let not_back = faults(&account(&before, &back), old);
        let not_back = not_back.into_iter().filter(|fault| kept.has(fault));
        let mut all: Vec<_> = not_back.map(|fault| (Leg::Back, fault)).collect();
        let again = match leg(connection, self.up, new)? {
            Ok(again) => again,
            Err(stop) => return Ok(stop.on(Leg::Again)),
        };
        let other = faults(&account(&upgraded, &again), new);
        all.extend(other.into_iter().map(|fault| (Leg::Again, fault)));
        Ok(Made::All(all))
    }

    /// `None` where it is declared that there can be no such rows.
    fn rejected(
        &self,
        leg: Leg,
        refused: &Rejected<'_>,
        connection: &Connection,
    ) -> Option<Diagnostic> {
        let step = self.step(leg);
        let rule = rule_of(refused);
        let is_declared = rule.is_some_and(|rule| {
            let mut tables = step.old.schema.tables();
            tables.any(|table| step.judge.allows(rule, &table.name))
        });
        // The first time, the step has stood these rows.
        if is_declared && leg == Leg::Back {
            return None;
        }
        let mut diagnostic = rejected(step.file, refused, step.old, connection);
        diagnostic.helps.pop();
        let (up, down) = (&self.up.file.path, &self.down.file.path);
        Some(match leg {
            Leg::Back => {
                let diagnostic = diagnostic
                    .note(format!(
                        "it works on rows made for version {}, and fails on rows that `{up}` has made",
                        step.old.number
                    ))
                    .help("change the rows that cannot stay as they are before this statement");
                match rule {
                    Some(rule) => diagnostic.rule(rule).help(format!(
                        "if there can be no such rows, declare it: `{}`",
                        line(rule, "<table>")
                    )),
                    None => diagnostic,
                }
            }
            Leg::Again => diagnostic
                .note(format!("it works, and fails once this file and `{down}` have run"))
                .help(format!(
                    "let `{down}` undo all that this file has done, or write the statement so that it \
                     stands what is left"
                )),
        })
    }

    fn wrong(&self, leg: Leg, message: String) -> Diagnostic {
        Diagnostic::in_file(&*self.step(leg).file.path, message)
            .note(self.way(leg))
            .help("name the columns: `INSERT INTO t (a, b) SELECT a, b FROM ..`, never `SELECT *`, and look at what the other file leaves behind")
    }

    fn is_declared(&self, leg: Leg, fault: &Fault) -> bool {
        let (up, down) = (self.up.judge, self.down.judge);
        let (rule, object) = (Rule::from(fault.rule), &fault.object);
        match leg {
            Leg::Back => down.allows(rule, object),
            // What is lost is lost in all that is made of it.
            Leg::Again => [object, &fault.table]
                .iter()
                .any(|object| down.allows(rule, object) || up.allows(rule, object)),
        }
    }

    fn tell(&self, leg: Leg, fault: &Fault, errors: &mut Diagnostics) {
        let up = &self.up.file.path;
        let help = match leg {
            Leg::Back => format!("bring it back: `{up}` keeps it, so the rollback can"),
            Leg::Again => format!(
                "let the rollback undo all that `{up}` does, so that it finds what it found before"
            ),
        };
        let diagnostic = Diagnostic::in_file(&*self.down.file.path, fault.message.as_str())
            .note(self.way(leg))
            .help(help);
        let finding = Finding {
            rule: fault.rule.into(),
            object: fault.object.clone(),
            diagnostic,
        };
        self.down.judge.tell(finding, errors);
    }

    fn step(&self, leg: Leg) -> &'t Step<'_> {
        match leg {
            Leg::Back => self.down,
            Leg::Again => self.up,
        }
    }

    fn way(&self, leg: Leg) -> String {
        let (old, new) = (self.up.old.number, self.up.new.number);
        match leg {
            Leg::Back => format!(
                "found by going from version {old} to {new} and back, on rows made for the proof"
            ),
            Leg::Again => format!(
                "found by going from version {old} to {new}, back, and to {new} again, on rows made for \
                 the proof: it is not as it was the first time"
            ),
        }
    }
}

/// Why a leg does not arrive.
enum Stop<'s> {
    Rejected(Rejected<'s>),
    Wrong(String),
    /// There can be no such rows.
    Declared,
}

impl<'s> Stop<'s> {
    fn on(self, leg: Leg) -> Made<'s> {
        match self {
            Self::Rejected(refused) => Made::Rejected(leg, refused),
            Self::Wrong(message) => Made::Wrong(leg, message),
            Self::Declared => Made::All(Vec::new()),
        }
    }
}

/// Runs a file, and reads what the database holds then.
fn leg<'s>(
    connection: &Connection,
    step: &Step<'s>,
    schema: &Schema,
) -> rusqlite::Result<Result<Contents, Stop<'s>>> {
    if let Some(refused) = run(connection, step.script) {
        return Ok(Err(Stop::Rejected(refused)));
    }
    let found = introspect(connection)?;
    if let Some(difference) = compare(schema, &found, &CompareOptions::default()).first() {
        let message = format!(
            "the database does not have the schema of version {}: {difference}",
            step.new.number
        );
        return Ok(Err(Stop::Wrong(message)));
    }
    if let Some(orphan) = orphan(connection)? {
        let rule = Rule::ForeignKeyOnExisting;
        return Ok(Err(if step.judge.allows(rule, &orphan.table) {
            Stop::Declared
        } else {
            Stop::Wrong(orphan.message)
        }));
    }
    contents(connection, schema).map(Ok)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::diagnostic::Diagnostics;
    use crate::load::load;
    use crate::make_migrations::make_migrations;
    use crate::prove::{Proven, prove};

    const UP: &str = "ALTER TABLE t RENAME a TO x; ALTER TABLE t RENAME b TO y;";
    const SWAPPED: &str = "ALTER TABLE t RENAME x TO b; ALTER TABLE t RENAME y TO a;";

    /// What is said, in one line each, and how many proofs are known.
    fn said(proven: &mut Proven, up: &str, down: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("steps")).unwrap();
        for columns in ["a TEXT, b TEXT", "x TEXT, y TEXT"] {
            let table = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, {columns});");
            fs::write(folder.path().join("schema.sql"), table).unwrap();
            make_migrations(folder.path()).unwrap();
        }
        fs::write(folder.path().join("steps/from1_to2.sql"), up).unwrap();
        fs::write(folder.path().join("steps/from2_to1.sql"), down).unwrap();
        let mut errors = Diagnostics::default();
        prove(&load(folder.path()).unwrap(), proven, &mut errors);
        let found = errors.take().into_iter();
        found.map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn what_only_the_round_trip_needs_is_needed() {
        let allow = |column: &str| {
            format!("-- stepladder: allow data_loss t.{column} because they are equal\n")
        };
        let both = format!("{}{}", allow("a"), allow("b"));
        let mut proven = Proven::default();
        assert_eq!(said(&mut proven, UP, SWAPPED).len(), 2);
        assert_eq!(
            said(&mut proven, UP, &format!("{}{SWAPPED}", allow("a"))).len(),
            1
        );
        let declared = format!("{both}{SWAPPED}");
        assert_eq!(said(&mut proven, UP, &declared), [""; 0]);
        let more = format!("{}{declared}", allow("id"));
        assert_eq!(
            said(&mut proven, UP, &more),
            ["`allow data_loss t.id` is not needed"]
        );
    }

    #[test]
    fn a_rollback_is_proven_again_when_its_step_changes() {
        let down = "ALTER TABLE t RENAME x TO a; ALTER TABLE t RENAME y TO b;";
        let mut proven = Proven::default();
        assert_eq!(said(&mut proven, UP, down), [""; 0]);
        let mut again = Proven::read(&proven.to_text());
        let up = format!("{UP} UPDATE t SET x = x || '!';");
        let found = said(&mut again, &up, down);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
