//! The next snapshot, from `schema.sql`.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::fingerprint;
use crate::folder::{Location, snapshot_name};
use crate::fs::{reason, write_atomically};
use crate::load::{Checked, no_schema_sql, read_checked};
use crate::schema_sql::differences;
use crate::snapshot::{Parent, Snapshot};

/// What [`make_migrations`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MakeMigrations {
    /// `schema.sql` is the newest version: nothing was written.
    Unchanged {
        /// The newest version.
        version: i32,
    },
    /// A snapshot was written.
    Written(Written),
}

/// The snapshot that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its version.
    pub version: i32,
    /// Its file.
    pub file: PathBuf,
    /// Its file as shown to the user.
    pub shown: String,
    /// The version before it; `None` for the first.
    pub previous: Option<i32>,
    /// What has changed since the version before it, one line each; empty for the first.
    pub differences: Vec<String>,
}

/// Writes the snapshot of the next version if `schema.sql` is not the newest version.
///
/// The first snapshot is version 1. The file is written whole or not at all.
///
/// # Errors
/// All that is wrong in the folder, and a file that cannot be written. Nothing is written then.
pub fn make_migrations(dir: &Path) -> Result<MakeMigrations, Error> {
    let checked = read_checked(&Location::new(dir))?;
    let Some((file, wanted)) = &checked.wanted else {
        return Err(no_schema_sql(&checked.folder).into());
    };
    let newest = checked.versions.last();
    let differences = newest.map_or_else(Vec::new, |newest| differences(&newest.schema, wanted));
    match newest {
        Some(newest) if differences.is_empty() => {
            return Ok(MakeMigrations::Unchanged {
                version: newest.number,
            });
        }
        None if wanted.entities.is_empty() => {
            let message = format!("`{}` creates nothing", file.path);
            let empty = Diagnostic::in_file(&*file.path, message);
            return Err(empty
                .help("write your `CREATE TABLE` statements to it")
                .into());
        }
        Some(_) | None => {}
    }
    let version = next_version(&checked)?;
    let snapshot = Snapshot::from_schema(version, parent(&checked), wanted);
    let name = snapshot_name(version);
    let shown = format!("{}/{name}", checked.folder.name);
    let file = dir.join(name);
    write_atomically(&file, &snapshot.to_json()).map_err(|error| {
        let message = format!("`{shown}` cannot be written: {}", reason(&error));
        Diagnostic::in_file(shown.as_str(), message)
    })?;
    Ok(MakeMigrations::Written(Written {
        version,
        file,
        shown,
        previous: newest.map(|newest| newest.number),
        differences,
    }))
}

fn next_version(checked: &Checked) -> Result<i32, Diagnostic> {
    let Some(newest) = checked.versions.last() else {
        return Ok(1);
    };
    newest.number.checked_add(1).ok_or_else(|| {
        let message = format!(
            "there is no version after {}: SQLite's `user_version` holds no greater number",
            newest.number
        );
        Diagnostic::in_file(&*newest.file.path, message)
    })
}

/// The newest version as parent. The step that led to it is pinned from now on.
fn parent(checked: &Checked) -> Option<Parent> {
    let newest = checked.versions.last()?;
    let step = newest.snapshot.parent.as_ref().and_then(|before| {
        let step = checked.folder.steps.get(&(before.version, newest.number))?;
        Some(fingerprint::step(&step.text))
    });
    Some(Parent {
        version: newest.number,
        fingerprint: newest.snapshot.fingerprint(),
        step,
    })
}
