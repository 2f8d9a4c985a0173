//! The history of another tool as a schemas folder: `room`, `drift` and `sql` make versions of
//! texts, `create` and `sql::run` ask SQLite what they mean, `write` writes them whole or not at all.

mod create;
mod declare;
mod drift;
mod json_file;
pub(crate) mod layout;
mod quotes;
mod room;
mod source;
mod sql;
mod write;

use std::path::Path;

use stepladder::schema::Schema;

use crate::diagnostic::{Diagnostic, Diagnostics, sort};
use crate::draft_steps::Places;
use crate::error::Error;
use crate::folder::Location;
use crate::progress::{Watcher, nobody};
use create::{TextVersion, schemas_of};
use source::Source;

/// Where a history comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// The JSON files that Android's Room exports, `<version>.json`.
    Room,
    /// The JSON files that Drift exports, `drift_schema_v<version>.json`.
    Drift,
    /// Numbered files of SQL, as `rusqlite_migration`, refinery, sqlx and diesel keep them.
    Sql,
}

impl ImportKind {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Drift => "drift",
            Self::Sql => "sql",
        }
    }
}

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// The versions, the oldest first.
    pub versions: Vec<i32>,
    /// The steps in SQL, as the versions from which and to which they lead.
    pub steps: Vec<(i32, i32)>,
    /// The rollbacks in SQL, likewise.
    pub rollbacks: Vec<(i32, i32)>,
    /// The number of declarations that were added to steps and rollbacks.
    pub accepted: usize,
    /// The number of rows in `seed.sql`.
    pub seed_rows: usize,
    /// What was read in a way that has to be known, one line each: versions that are counted,
    /// versions that are not there.
    pub notes: Vec<String>,
    /// What could not be imported, or not as it was, and why.
    pub left_out: Vec<Diagnostic>,
}

/// Writes the history of another tool to a schemas folder.
///
/// The folder is made whole or not at all: what is written goes to a temporary folder next to it.
///
/// # Errors
/// All that is wrong in `from`, a folder `to` that holds something already, and one that cannot be
/// written.
pub fn import(kind: ImportKind, from: &Path, to: &Path) -> Result<Imported, Error> {
    import_with(kind, from, to, Places::Leave)
}

/// Does what [`import`] does; with [`Places::Accept`] the steps and rollbacks, which were released
/// long ago, declare what their proof finds.
///
/// # Errors
/// Those of [`import`].
pub fn import_with(
    kind: ImportKind,
    from: &Path,
    to: &Path,
    places: Places,
) -> Result<Imported, Error> {
    import_watched(kind, [from, to], places, &nobody)
}

/// Does what [`import_with`] does, for one who waits for it.
///
/// # Errors
/// Those of [`import`].
pub fn import_watched(
    kind: ImportKind,
    [from, to]: [&Path; 2],
    places: Places,
    watcher: &Watcher<'_>,
) -> Result<Imported, Error> {
    let target = Location::new(to);
    write::check_target(&target)?;
    let source = source::read_source(kind, &Location::new(from))?;
    let mut told = Told::default();
    let read = read(kind, &source, &mut told)?;
    let mut imported = write::write(&read, &target, places, watcher)?;
    told.notes.append(&mut imported.notes);
    imported.notes = told.notes;
    imported.left_out = told.left_out;
    sort(&mut imported.left_out);
    let unready = write::unready(&target);
    imported.left_out.extend(unready);
    Ok(imported)
}

fn read(kind: ImportKind, source: &Source, told: &mut Told) -> Result<Read, Error> {
    let mut errors = Diagnostics::default();
    let read = match kind {
        ImportKind::Room => of_texts(room::read(source, told, &mut errors), told, &mut errors)?,
        ImportKind::Drift => of_texts(drift::read(source, told, &mut errors), told, &mut errors)?,
        ImportKind::Sql => sql::read(source, told, &mut errors)?,
    };
    Ok(read)
}

/// The history of a tool that exports what each version is, and not how to get there.
fn of_texts(
    mut versions: Vec<TextVersion>,
    told: &mut Told,
    errors: &mut Diagnostics,
) -> Result<Read, Error> {
    versions.sort_by_key(|version| version.number);
    create::refuse_doubles(&versions, errors);
    errors.barrier()?;
    let schemas = schemas_of(&versions, errors);
    errors.barrier()?;
    told.notes.extend(gaps(versions.iter().map(|v| v.number)));
    let seed = versions.last().and_then(|newest| {
        let seed = sql::statements_as_seed(&newest.seed, schemas.last()?, &newest.file);
        match seed {
            Ok(seed) => seed,
            Err(why) => {
                told.left_out.push(why);
                None
            }
        }
    });
    let versions = versions.iter().zip(schemas).map(|(text, schema)| Made {
        number: text.number,
        schema,
        step: None,
        rollback: None,
    });
    Ok(Read {
        versions: versions.collect(),
        seed,
    })
}

/// What is to be said to the user beside the history.
#[derive(Debug, Default)]
struct Told {
    notes: Vec<String>,
    left_out: Vec<Diagnostic>,
}

/// A history as it is written.
#[derive(Debug)]
struct Read {
    /// The oldest first; at least one.
    versions: Vec<Made>,
    seed: Option<Seed>,
}

/// A version and what led to it.
#[derive(Debug)]
struct Made {
    number: i32,
    schema: Schema,
    /// The step from the version before.
    step: Option<String>,
    /// The way back to the version before.
    rollback: Option<String>,
}

/// The rows of a new database.
#[derive(Debug)]
struct Seed {
    text: String,
    rows: usize,
}

/// How many gaps are told one by one: the times by which some tools number are full of them.
const GAPS: usize = 5;

/// The lines about versions that are not there.
fn gaps(versions: impl Iterator<Item = i32>) -> Vec<String> {
    let versions: Vec<_> = versions.collect();
    let gaps: Vec<_> = versions
        .windows(2)
        .filter(|pair| pair[1] - pair[0] > 1)
        .map(|pair| {
            let (from, to) = (pair[0], pair[1]);
            let missing = match (from + 1, to - 1) {
                (first, last) if first == last => format!("version {first}"),
                (first, last) => format!("versions {first} to {last}"),
            };
            format!("there is no file for {missing}: the step leads from {from} to {to}")
        })
        .collect();
    if gaps.len() > GAPS {
        let line = format!(
            "the numbers of the versions have {} gaps; the steps lead over them",
            gaps.len()
        );
        return vec![line];
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::gaps;

    #[test]
    fn gaps_are_named() {
        assert!(gaps([5, 6, 7].into_iter()).is_empty());
        assert_eq!(
            gaps([1, 3, 4, 9].into_iter()),
            [
                "there is no file for version 2: the step leads from 1 to 3",
                "there is no file for versions 5 to 8: the step leads from 4 to 9"
            ]
        );
        assert_eq!(gaps((1..9).map(|n| n * 10)).len(), 1);
    }
}
