//! What a schema can be read from: a version, a snapshot, a file of SQL, or a database.

use std::path::Path;

use stepladder::schema::Schema;

use crate::database_file::{is_database, read_database};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::draft::{
    Alter, Draft, Fill, Guess, Rename, Renames, Side, Splits, draft, renamed, write_draft,
};
use crate::error::Error;
use crate::folder::Location;
use crate::fs::read;
use crate::history::Version;
use crate::introspect::introspect_snapshot;
use crate::load::read_checked;
use crate::plan::Scratch;
use crate::prove::prove_file;
use crate::schema_sql::{differences, read_schema};
use crate::snapshot::read_any_snapshot;

/// What differs between two schemas.
#[derive(Debug)]
pub struct SchemaDiff {
    /// In words, one line each; empty where nothing does.
    pub differences: Vec<String>,
    /// SQL that leads from the first to the second; why there is none.
    pub sql: Result<String, String>,
}

/// What differs between two schemas, each a version (`v3`), a snapshot, a file of SQL or a database;
/// `renames` are what the author knows to have another name, as `users=people`.
///
/// # Errors
/// What cannot be read, and a rename that is none.
pub fn diff_schemas(
    [a, b]: [&str; 2],
    renames: &[String],
    schemas: &Path,
) -> Result<SchemaDiff, Error> {
    let (old, new) = (read_endpoint(a, schemas)?, read_endpoint(b, schemas)?);
    let names = [a, b].map(|word| format!("`{word}`"));
    let sides = [(&names[0], &old), (&names[1], &new)];
    let sides = sides.map(|(name, schema)| Side { name, schema });
    let renames = Renames::read_between(renames, Guess::Yes, b, sides)?;
    let scratch = Scratch::new().map_err(|error| error.to_string());
    // Whatever SQLite it is run with.
    let means = (Alter::Columns, Splits::Offer);
    let drafted = scratch.and_then(|scratch| draft(&scratch, &old, &new, &renames, means));
    let step = || proven_step([a, b], schemas);
    Ok(SchemaDiff {
        sql: drafted.map(|draft| header(&draft, step) + &write_draft(&draft, Fill::Accept)),
        differences: differences_with(&renames.given, &old, &new),
    })
}

/// The differences, where what has another name is no other thing.
fn differences_with(given: &[Rename], old: &Schema, new: &Schema) -> Vec<String> {
    match renamed(given, old, new) {
        Ok((named, asides)) if !given.is_empty() => {
            let others = differences(&named, new);
            let others = others.iter().map(|difference| asides.told(difference));
            given.iter().map(Rename::told).chain(others).collect()
        }
        _ => differences(old, new),
    }
}

/// What is to be read before SQL is run in which nobody has decided anything.
fn header(draft: &Draft, step: impl FnOnce() -> Option<String>) -> String {
    let places = draft.statements.iter().map(|drafted| drafted.places.len());
    let filled = match places.sum() {
        0 => return String::new(),
        1 => "1 place is filled with a default: read it".to_owned(),
        count => format!("{count} places are filled with defaults: read them"),
    };
    let instead = step().map_or_else(String::new, |step| {
        format!(", or use the proven step {step}")
    });
    format!("-- {filled}{instead}\n\n")
}

/// The step between two words that are a version and the next one, if it is in SQL and holds.
fn proven_step(words: [&str; 2], schemas: &Path) -> Option<String> {
    let [from, to] = words.map(|word| version_number(word).filter(|_| !Path::new(word).is_file()));
    let checked = read_checked(&Location::new(schemas)).ok()?;
    let file = checked.folder.steps.get(&(from?, to?))?;
    let version = |number| (checked.versions.iter()).find(|version| Some(version.number) == number);
    // A rollback is proven behind its step.
    let up = checked
        .folder
        .steps
        .get(&(to?, from?))
        .filter(|_| to < from);
    let pair = [version(from)?, version(to)?];
    let mut found = Diagnostics::default();
    prove_file(file, pair, &checked.settings, up, &mut found);
    (!found.has_errors()).then(|| file.path.to_string())
}

/// The schema that a word stands for.
pub(crate) fn read_endpoint(word: &str, schemas: &Path) -> Result<Schema, Error> {
    let path = Path::new(word);
    if let Some(number) = version_number(word).filter(|_| !path.is_file()) {
        return Ok(version(number, schemas)?.schema);
    }
    if path.is_dir() {
        return Ok(read_database(path)?.schema);
    }
    if !path.is_file() {
        let message = format!("`{word}` is not there");
        return Err(Diagnostic::in_file(word, message)
            .help("name a version such as `v3`, a snapshot, a file of SQL, or a database")
            .into());
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    if is_database(path) || !matches!(extension, Some("sql" | "json")) {
        return Ok(read_database(path)?.schema);
    }
    let mut errors = Diagnostics::default();
    let file = read(path, word)?;
    let schema = if extension == Some("json") {
        let snapshot = read_any_snapshot(&file)?;
        introspect_snapshot(
            &file,
            &snapshot,
            &mut std::collections::HashSet::new(),
            &mut errors,
        )
        .map(|introspected| introspected.schema)
    } else {
        read_schema(&file, &mut errors)
    };
    errors.barrier()?;
    Ok(schema.unwrap_or_default())
}

fn version_number(word: &str) -> Option<i32> {
    word.strip_prefix('v').unwrap_or(word).parse().ok()
}

fn version(number: i32, schemas: &Path) -> Result<Version, Error> {
    let location = Location::new(schemas);
    let checked = read_checked(&location)?;
    let known: Vec<_> = checked
        .versions
        .iter()
        .map(|version| format!("v{}", version.number))
        .collect();
    let found = (checked.versions.into_iter()).find(|version| version.number == number);
    found.ok_or_else(|| {
        let message = format!("there is no version {number}");
        Diagnostic::in_file(location.shown.as_str(), message)
            .help(format!("the versions are {}", known.join(", ")))
            .into()
    })
}
