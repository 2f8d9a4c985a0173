//! The passes in their order, with a barrier behind each.

use std::collections::HashSet;
use std::path::Path;

use stepladder::schema::Schema;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::folder::{Folder, Location, make_migrations_command, read_folder};
use crate::foreign_keys;
use crate::history::{History, Snapshots, Version, check_chain};
use crate::introspect::introspect_snapshot;
use crate::schema_sql::{differences, moved_on, read_schema};
use crate::settings::{Settings, check_names, read_settings};
use crate::snapshot::read_snapshot;
use crate::source::SourceFile;

/// Reads and checks a schemas folder.
///
/// # Errors
/// All that is wrong in the folder, as far as one mistake does not hide the others: first the
/// names of the files, then their texts, then the chain of the snapshots, then their SQL, then
/// whether `schema.sql` is the newest of them.
pub fn load(dir: &Path) -> Result<History, Error> {
    load_at(&Location::new(dir))
}

pub(crate) fn load_at(location: &Location) -> Result<History, Error> {
    let checked = read_checked(location)?;
    let mut errors = Diagnostics::default();
    match (&checked.wanted, checked.versions.last()) {
        (_, None) => errors.push(no_snapshot(&checked.folder)),
        (None, Some(_)) => errors.push(no_schema_sql(&checked.folder)),
        (Some((file, wanted)), Some(newest)) => {
            let differences = differences(&newest.schema, wanted);
            if !differences.is_empty() {
                errors.push(moved_on(file, newest, &checked.folder.name, &differences));
            }
        }
    }
    errors.barrier()?;
    Ok(checked.into_history())
}

/// A folder whose files are right, each by itself and as a chain.
pub(crate) struct Checked {
    pub(crate) folder: Folder,
    pub(crate) settings: Settings,
    pub(crate) versions: Vec<Version>,
    /// `schema.sql` and the schema that it describes.
    pub(crate) wanted: Option<(SourceFile, Schema)>,
}

impl Checked {
    /// Its versions with what is between them.
    pub(crate) fn into_history(self) -> History {
        let (steps, rollbacks) =
            (self.folder.steps.into_iter()).partition::<Vec<_>, _>(|((from, to), _)| from < to);
        let by_start = |steps: Vec<((i32, i32), SourceFile)>| {
            steps
                .into_iter()
                .map(|((from, _), file)| (from, file))
                .collect()
        };
        History {
            versions: self.versions,
            steps: by_start(steps),
            rollbacks: by_start(rollbacks),
            seed: self.folder.seed,
            settings: self.settings,
        }
    }
}

/// Everything that does not depend on whether `schema.sql` has moved on.
pub(crate) fn read_checked(location: &Location) -> Result<Checked, Error> {
    let mut errors = Diagnostics::default();
    let folder = read_folder(location, &mut errors).unwrap_or_default();
    errors.barrier()?;

    let settings = read_settings(folder.settings.as_ref(), &mut errors);
    let snapshots = read_snapshots(&folder, &mut errors);
    errors.barrier()?;

    check_chain(&folder, &snapshots, &mut errors);
    errors.barrier()?;

    let versions = read_versions(snapshots, &mut errors);
    let wanted = folder.schema.clone().and_then(|file| {
        let schema = read_schema(&file, &mut errors)?;
        foreign_keys::check_wanted((&file, &schema), versions.last(), &mut errors);
        Some((file, schema))
    });
    errors.barrier()?;

    let all = versions.iter().map(|version| &version.schema);
    let all = all.chain(wanted.iter().map(|(_, schema)| schema));
    check_names(&settings, all, &mut errors);
    errors.barrier()?;
    Ok(Checked {
        folder,
        settings,
        versions,
        wanted,
    })
}

fn read_snapshots(folder: &Folder, errors: &mut Diagnostics) -> Snapshots {
    let mut snapshots = Vec::new();
    for (version, file) in &folder.snapshots {
        if let Some(snapshot) = errors.ok(read_snapshot(file, *version)) {
            snapshots.push((file.clone(), snapshot));
        }
    }
    snapshots
}

fn read_versions(snapshots: Snapshots, errors: &mut Diagnostics) -> Vec<Version> {
    let mut known = HashSet::new();
    let schemas: Vec<_> = snapshots
        .iter()
        .map(|(file, snapshot)| introspect_snapshot(file, snapshot, &mut known, errors))
        .collect();
    let both = snapshots.into_iter().zip(schemas);
    both.filter_map(|((file, snapshot), introspected)| {
        let introspected = introspected?;
        Some(Version {
            number: snapshot.version,
            snapshot,
            file,
            schema: introspected.schema,
            views: introspected.views,
        })
    })
    .collect()
}

fn no_snapshot(folder: &Folder) -> Diagnostic {
    Diagnostic::in_file(
        &*folder.name,
        format!("the folder `{}` has no snapshot yet", folder.name),
    )
    .help(format!(
        "run `{}` to make version 1 from `schema.sql`",
        make_migrations_command(&folder.name)
    ))
}

pub(crate) fn no_schema_sql(folder: &Folder) -> Diagnostic {
    let path = format!("{}/schema.sql", folder.name);
    Diagnostic::in_file(
        path.as_str(),
        format!("`{path}` is missing, and there are snapshots"),
    )
    .note("it is the schema as it is wanted now, from which the next version is made")
    .help(format!("restore it: `git checkout -- {path}`"))
}
