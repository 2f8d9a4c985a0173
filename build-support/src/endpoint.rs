//! What a schema can be read from: a version, a snapshot, a file of SQL, or a database.

use std::path::Path;

use stepladder::schema::Schema;

use crate::database_file::{is_database, read_database};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::draft::{Alter, Fill, Renames, Splits, draft, write_draft};
use crate::error::Error;
use crate::folder::Location;
use crate::fs::read;
use crate::history::Version;
use crate::introspect::introspect_snapshot;
use crate::load::read_checked;
use crate::plan::Scratch;
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

/// What differs between two schemas, each a version (`v3`), a snapshot, a file of SQL or a database.
///
/// # Errors
/// What cannot be read.
pub fn diff_schemas(a: &str, b: &str, schemas: &Path) -> Result<SchemaDiff, Error> {
    let (old, new) = (read_endpoint(a, schemas)?, read_endpoint(b, schemas)?);
    let differences = differences(&old, &new);
    let scratch = Scratch::new().map_err(|error| error.to_string());
    let renames = Renames::default();
    // Whatever SQLite it is run with.
    let means = (Alter::Columns, Splits::Offer);
    let drafted = scratch.and_then(|scratch| draft(&scratch, &old, &new, &renames, means));
    Ok(SchemaDiff {
        sql: drafted.map(|draft| write_draft(&draft, Fill::Accept)),
        differences,
    })
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
