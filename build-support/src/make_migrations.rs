//! The next snapshot, from `schema.sql`, and the draft of the step that leads to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use stepladder::schema::Schema;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::draft_steps::{DraftedStep, Drafter, Guess, Places};
use crate::error::Error;
use crate::fingerprint;
use crate::folder::{Location, snapshot_name, step_name};
use crate::foreign_keys;
use crate::fs::Changes;
use crate::history::Version;
use crate::load::{Checked, no_schema_sql, read_checked};
use crate::progress::{Counter, Watcher, Work, nobody};
use crate::refused_options;
use crate::rows_alone;
use crate::schema_sql::{differences, read_schema};
use crate::snapshot::{Parent, Snapshot};
use crate::source::SourceFile;
use crate::untouched::untouched_drafts;

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
    /// The steps that were drafted: the one to this version, and its rollback.
    pub steps: Vec<DraftedStep>,
    /// The steps of the version that was written anew, as they were.
    pub kept: Vec<String>,
    /// Why a step that was asked for could not be drafted.
    pub not_drafted: Vec<Diagnostic>,
}

/// What [`make_migrations_with`] is to write besides the snapshot.
#[derive(Debug, Clone, Default)]
pub struct MakeMigrationsOptions {
    /// The step.
    pub step: NewStep,
    /// Its rollback.
    pub rollback: NewStep,
    /// The tables and columns that have another name: `users=people`, `todos.owner_id=assignee_id`.
    pub renames: Vec<String>,
    /// Whether to look for more of them.
    pub guess: Guess,
    /// What to do where the author has to decide.
    pub places: Places,
    /// Which version to write.
    pub version: NewVersion,
    /// What is new in it.
    pub content: NewContent,
}

/// Whether to draft a step in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewStep {
    /// No.
    #[default]
    None,
    /// Yes, and prove it.
    Sql,
}

/// Which version a snapshot is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewVersion {
    /// The one after the newest.
    #[default]
    Next,
    /// The newest, which was not released yet. Its step is kept beside the new draft, as
    /// `from1_to2.sql.before`, unless it is a draft that nobody has changed.
    Amend,
}

/// What is new in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewContent {
    /// The schema; there is no new version where it has not moved on.
    #[default]
    Schema,
    /// Rows alone: the schema is that of the version before, and the draft of the step is empty and
    /// does not build until it is filled in.
    Rows,
}

/// Writes the snapshot of the next version if `schema.sql` is not the newest version.
///
/// The first snapshot is version 1. The file is written whole or not at all.
///
/// # Errors
/// All that is wrong in the folder, and a file that cannot be written. Nothing is written then.
pub fn make_migrations(dir: &Path) -> Result<MakeMigrations, Error> {
    make_migrations_with(dir, &MakeMigrationsOptions::default())
}

/// Writes the snapshot of the next version if `schema.sql` is not the newest version, and the draft
/// of the step that leads to it. The draft is proven before it is written.
///
/// # Errors
/// All that is wrong in the folder or with the options, and a file that cannot be written. A step
/// that cannot be drafted is no error: the snapshot is written then, and the reason given back.
pub fn make_migrations_with(
    dir: &Path,
    options: &MakeMigrationsOptions,
) -> Result<MakeMigrations, Error> {
    make_migrations_watched(dir, options, &nobody)
}

/// Does what [`make_migrations_with`] does, for one who waits for it.
///
/// # Errors
/// Those of [`make_migrations_with`].
pub fn make_migrations_watched(
    dir: &Path,
    options: &MakeMigrationsOptions,
    watcher: &Watcher<'_>,
) -> Result<MakeMigrations, Error> {
    let location = Location::new(dir);
    let mut checked = read_checked(&location)?;
    let Some((file, wanted)) = checked.wanted.take() else {
        return Err(no_schema_sql(&checked.folder).into());
    };
    let wanted = &wanted;
    let amended = match options.version {
        NewVersion::Next => None,
        NewVersion::Amend => checked.versions.pop(),
    };
    let newest = checked.versions.last();
    let differences = newest.map_or_else(Vec::new, |newest| differences_of(newest, wanted));
    refused_options::check(
        &checked.folder,
        options,
        (newest, amended.as_ref()),
        &differences,
    )?;
    if options.content == NewContent::Rows {
        rows_alone::check(&checked.folder, newest, &differences)?;
    }
    match newest {
        Some(newest) if differences.is_empty() && options.content == NewContent::Schema => {
            return Ok(MakeMigrations::Unchanged {
                version: newest.number,
            });
        }
        None => require_entities(&file, wanted)?,
        Some(_) => {}
    }
    let version = match &amended {
        Some(amended) => amended.number,
        None => next_version(&checked)?,
    };
    let snapshot = Snapshot::from_schema(version, parent(&checked), wanted);
    let name = snapshot_name(version);
    let shown = format!("{}/{name}", checked.folder.name);
    let new = Version {
        number: version,
        file: SourceFile::new(&*shown, snapshot.to_json()),
        snapshot,
        schema: wanted.clone(),
        // Only generated code needs them.
        views: BTreeMap::new(),
    };
    let mut drafted = Drafter::new(&location, &checked.settings, options.places)?
        .with_renames(&options.renames, options.guess);
    let mut not_drafted = Vec::new();
    let differences = match newest {
        Some(old) => drafted.differences([old, &new])?,
        None => differences,
    };
    if let Some(old) = newest {
        let wanted = [options.step, options.rollback];
        let count = wanted.iter().filter(|step| **step == NewStep::Sql).count();
        let counter = Counter::new(watcher, Work::Draft, count);
        if options.step == NewStep::Sql {
            counter.begin(old.number, version);
            not_drafted.extend(drafted.draft([old, &new])?);
        }
        if options.rollback == NewStep::Sql {
            counter.begin(version, old.number);
            not_drafted.extend(drafted.draft_rollback([&new, old]));
        }
    }
    let mut changes = Changes::new(&location);
    let untouched = match (&amended, newest) {
        (Some(amended), Some(old)) => untouched_drafts(
            (&location, &checked.settings),
            &options.renames,
            [old, amended],
            &checked.folder,
        ),
        _ => Vec::new(),
    };
    // One that is not written over is not thrown away.
    let is_kept = |name: &String| !(untouched.contains(name) && drafted.has(name));
    let kept = match (&amended, newest) {
        (Some(_), Some(old)) => keep_steps(&mut changes, [old.number, version], is_kept),
        _ => Vec::new(),
    };
    // The snapshot first: a step to a version that is not there is an error, a missing one is not.
    changes.write(&*name, &*new.file.text);
    let steps = drafted.write(&mut changes);
    changes.make()?;
    Ok(MakeMigrations::Written(Written {
        version,
        file: dir.join(name),
        shown,
        previous: newest.map(|newest| newest.number),
        differences,
        steps,
        kept,
        not_drafted,
    }))
}

/// The first snapshot of a schema that is described by `schema.sql`: the text that [`make_migrations`]
/// would write.
///
/// # Errors
/// All that is wrong in the text.
pub fn first_snapshot(schema_sql: &SourceFile) -> Result<String, Error> {
    let mut errors = Diagnostics::default();
    let wanted = read_schema(schema_sql, &mut errors);
    if let Some(wanted) = &wanted {
        foreign_keys::check_wanted((schema_sql, wanted), None, &mut errors);
    }
    errors.barrier()?;
    let wanted = wanted.unwrap_or_default();
    require_entities(schema_sql, &wanted)?;
    Ok(Snapshot::from_schema(1, None, &wanted).to_json())
}

fn require_entities(file: &SourceFile, wanted: &Schema) -> Result<(), Diagnostic> {
    if !wanted.entities.is_empty() {
        return Ok(());
    }
    let message = format!("`{}` creates nothing", file.path);
    let empty = Diagnostic::in_file(&*file.path, message);
    Err(empty.help("write your `CREATE TABLE` statements to it"))
}

/// The tables and columns of the newest version that look like new ones under another name, as
/// `users=people`: to ask about before [`make_migrations_with`].
///
/// # Errors
/// All that is wrong in the folder.
pub fn likely_renames(dir: &Path, version: NewVersion) -> Result<Vec<String>, Error> {
    let location = Location::new(dir);
    let mut checked = read_checked(&location)?;
    if version == NewVersion::Amend {
        checked.versions.pop();
    }
    let (Some((_, wanted)), Some(old)) = (&checked.wanted, checked.versions.last()) else {
        return Ok(Vec::new());
    };
    let drafter = Drafter::new(&location, &checked.settings, Places::Leave)?;
    Ok(drafter.likely_renames(&old.schema, wanted))
}

fn differences_of(version: &Version, wanted: &Schema) -> Vec<String> {
    differences(&version.schema, wanted)
}

/// Moves the steps of an amended version aside, in which somebody has written. Gives back where they
/// are.
fn keep_steps(
    changes: &mut Changes,
    [old, new]: [i32; 2],
    is_kept: impl Fn(&String) -> bool,
) -> Vec<String> {
    let names = [step_name(old, new), step_name(new, old)];
    names
        .iter()
        .filter(|name| is_kept(name))
        .filter_map(|name| changes.keep_before(name))
        .collect()
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
