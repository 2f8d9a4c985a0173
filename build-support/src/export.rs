//! The first version of an app that has databases already, from one of them.

use std::path::Path;

use crate::database_file::read_database;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::folder::{Location, snapshot_name};
use crate::fs::Changes;
use crate::snapshot::Snapshot;

/// What [`export`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The version.
    pub version: i32,
    /// The version that the database says, its `user_version`.
    pub found: i32,
    /// The files, as shown to the user.
    pub written: Vec<String>,
}

/// Writes the schema of a database file as the first snapshot of a folder, and as `schema.sql`. The
/// version is the database's `user_version` where none is given.
///
/// # Errors
/// A file that cannot be read or written, a database without a version, and a folder that has
/// snapshots already.
pub fn export(database: &Path, dir: &Path, version: Option<i32>) -> Result<Exported, Error> {
    let location = Location::new(dir);
    let found = read_database(database)?;
    let version = version.unwrap_or(found.version);
    if version < 1 {
        let shown = database.display();
        let message = format!("`{shown}` has the version {version}");
        return Err(Diagnostic::in_file(shown.to_string(), message)
            .note("`user_version` tells the version of a database, from 1")
            .help("say which one it is: `--version 1`")
            .help("and give it to the databases that are out there, before the app migrates them: `PRAGMA user_version = 1;`")
            .into());
    }
    refuse_snapshots(&location)?;
    let schema = &found.schema;
    let texts: Vec<_> = schema
        .entities
        .iter()
        .map(|entity| format!("{};\n", entity.sql()))
        .collect();
    let snapshot = Snapshot::from_schema(version, None, schema);
    let files = [
        (snapshot_name(version), snapshot.to_json()),
        ("schema.sql".to_owned(), texts.join("\n")),
    ];
    let mut changes = Changes::new(&location);
    let written = files
        .into_iter()
        .filter(|(name, _)| !dir.join(name).exists())
        .map(|(name, text)| changes.write(name, text))
        .collect();
    changes.make()?;
    Ok(Exported {
        version,
        found: found.version,
        written,
    })
}

/// A second history in a folder would not be one.
fn refuse_snapshots(location: &Location) -> Result<(), Diagnostic> {
    let Ok(entries) = std::fs::read_dir(&location.dir) else {
        return Ok(());
    };
    let names = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name());
    let mut snapshots = names.filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("schema_v") && name.ends_with(".json")
    });
    match snapshots.next() {
        None => Ok(()),
        Some(name) => {
            let message = format!("`{}` has `{}` already", location.shown, name.display());
            Err(Diagnostic::in_file(location.shown.as_str(), message)
                .help("export to an empty folder: `--schemas other`"))
        }
    }
}
