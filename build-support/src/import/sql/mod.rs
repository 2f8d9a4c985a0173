//! Folders with numbered files of SQL: each file makes a version, and its text is the step to it.

mod adapt;
mod name;
mod run;
mod section;
mod seed;

use std::collections::BTreeMap;

use super::create::two_files;
use super::source::{Named, Source};
use super::{Read, Told, gaps};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::error::Error;
use crate::source::SourceFile;
use name::{Name, Number, Way, read_name, shown, versions};
use section::sections;

pub(super) use run::at;
pub(super) use seed::statements_as_seed;

/// Whether a path inside the folder is one of a migration.
pub(super) fn is_migration(path: &str) -> bool {
    read_name(path).is_some_and(|name| name.way != Way::Down)
}

/// A version of the history and its texts.
#[derive(Debug)]
struct Migration {
    version: i32,
    up: SourceFile,
    down: Option<SourceFile>,
}

/// The history in a folder.
pub(super) fn read(
    source: &Source,
    told: &mut Told,
    errors: &mut Diagnostics,
) -> Result<Read, Error> {
    let found = ways(source, told, errors);
    errors.barrier()?;
    let migrations = numbered(found, told);
    told.notes
        .extend(gaps(migrations.iter().map(|migration| migration.version)));
    let not_run: Vec<_> = told.left_out.iter().map(|out| out.path.clone()).collect();
    let read = run::run(&migrations, &not_run, told, errors);
    errors.barrier()?;
    Ok(read)
}

/// The files of a number.
#[derive(Debug, Default)]
struct Ways {
    up: Option<SourceFile>,
    down: Option<SourceFile>,
}

/// The files by their numbers. The pure part of the import: from names and texts to the history.
fn ways(source: &Source, told: &mut Told, errors: &mut Diagnostics) -> BTreeMap<Number, Ways> {
    let mut found: BTreeMap<Number, Ways> = BTreeMap::new();
    for other in &source.others {
        if let Some(rust) = other.strip_suffix(".rs")
            && is_migration(&format!("{rust}.sql"))
        {
            told.left_out
                .push(in_rust(&format!("{}/{other}", source.shown)));
        }
    }
    let names: Vec<_> = source
        .files
        .iter()
        .map(|named| read_name(&named.name))
        .collect();
    for (named, name) in source.files.iter().zip(&names) {
        let Some(Name { number, way }) = name else {
            told.left_out.push(no_number(named));
            continue;
        };
        let has_other = names
            .iter()
            .flatten()
            .any(|other| other.number == *number && other.way == Way::Up);
        let is_down = match way {
            Way::Up => false,
            Way::Down => true,
            Way::UpOrDown => has_other,
        };
        let (up, down) = if is_down {
            (None, Some(named.file.clone()))
        } else {
            divided(&named.file)
        };
        let ways = found.entry(number.clone()).or_default();
        for (place, file) in [(&mut ways.up, up), (&mut ways.down, down)] {
            match (&place, file) {
                (Some(first), Some(file)) => errors.push(two_files(first, &file, shown(number))),
                (None, Some(file)) => *place = Some(file),
                (_, None) => {}
            }
        }
    }
    found
}

/// The ways in a file that may hold both.
fn divided(file: &SourceFile) -> (Option<SourceFile>, Option<SourceFile>) {
    let sections = sections(&file.text);
    let part = |text: String| SourceFile::new(file.path.clone(), text);
    (Some(part(sections.up)), sections.down.map(part))
}

/// The history, with a version for each number.
fn numbered(found: BTreeMap<Number, Ways>, told: &mut Told) -> Vec<Migration> {
    let mut both = Vec::new();
    for (number, ways) in found {
        match (ways.up, ways.down) {
            (Some(up), down) => both.push((number, up, down)),
            (None, Some(down)) => told.left_out.push(only_down(&down)),
            (None, None) => {}
        }
    }
    let numbers: Vec<_> = both.iter().map(|(number, ..)| number.clone()).collect();
    let versions = versions(&numbers).unwrap_or_else(|too_large| {
        told.notes.push(format!(
            "the versions are counted from 1: a `user_version` is a number from 1 to {}, and not {too_large}",
            i32::MAX
        ));
        let counted: Vec<i32> = (1..).take(numbers.len()).collect();
        let lines = counted.iter().zip(&both);
        told.notes
            .extend(lines.map(|(version, (_, up, _))| format!("version {version} is {}", up.path)));
        counted
    });
    let migrations = versions.into_iter().zip(both);
    migrations
        .map(|(version, (_, up, down))| Migration { version, up, down })
        .collect()
}

fn in_rust(path: &str) -> Diagnostic {
    Diagnostic::in_file(path, format!("`{path}` is a migration in Rust"))
        .severity(Severity::Warning)
        .note("it cannot be run here: the history goes on as if it did nothing")
        .help("what it changes in the schema has to be in a file of SQL; write its data as a step")
}

fn no_number(named: &Named) -> Diagnostic {
    let path = &named.file.path;
    let diagnostic =
        Diagnostic::in_file(&**path, format!("`{path}` has no number")).severity(Severity::Warning);
    if named.name.starts_with("R__") {
        return diagnostic
            .note(
                "a file that is run again after each change has no place in a history of versions",
            )
            .help(
                "write what it creates to `schema.sql`, and run `cargo stepladder make-migrations`",
            );
    }
    diagnostic.help("give it the number of its version, `<number>_name.sql`, if it is a migration")
}

fn only_down(down: &SourceFile) -> Diagnostic {
    let message = format!("`{}` leads back from a version that has no file", down.path);
    Diagnostic::in_file(&*down.path, message)
        .severity(Severity::Warning)
        .help("nothing is to be done if the version was given up")
}
