//! The versions of a branch behind those of the other one.

use std::collections::{BTreeMap, HashSet};

use stepladder::schema::Schema;
use stepladder::sql::{canonical, tokens};

use super::branches::Leg;
use super::pool::Pool;
use super::schema_text::by_hand;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::draft::{Alter, Fill, Renames, Splits, draft, write_draft};
use crate::fingerprint;
use crate::folder::{Location, snapshot_name, step_name};
use crate::history::Version;
use crate::import::layout::{Parts, parts};
use crate::introspect::introspect_snapshot;
use crate::plan::Scratch;
use crate::prove::{prove_file, schemas_behind};
use crate::schema_sql::differences;
use crate::settings::Settings;
use crate::snapshot::{Parent, Snapshot, SnapshotEntity};
use crate::source::SourceFile;

/// A version with its new number.
pub(super) struct Moved {
    /// As it was.
    pub(super) leg: Leg,
    pub(super) version: Version,
    /// The number of the version before it.
    pub(super) before: i32,
    /// What is wrong with its step or rollback at its new place.
    pub(super) found: Vec<Diagnostic>,
}

/// The steps of a branch in SQL. For one in Rust stands what would be drafted in its place.
pub(super) fn files_of(base: &Version, legs: &[Leg]) -> Result<Vec<SourceFile>, Diagnostic> {
    let mut files = Vec::new();
    let mut before = base;
    for leg in legs {
        let version = &leg.node.version;
        files.push(match &leg.step {
            Some(step) => step.file.clone(),
            None => drafted([before, version])?,
        });
        before = version;
    }
    Ok(files)
}

fn drafted([old, new]: [&Version; 2]) -> Result<SourceFile, Diagnostic> {
    let scratch = Scratch::new().map_err(|error| error.to_string());
    let (renames, means) = (Renames::default(), (Alter::Columns, Splits::Leave));
    let found =
        scratch.and_then(|scratch| draft(&scratch, &old.schema, &new.schema, &renames, means));
    let path = format!("a draft of {}", step_name(old.number, new.number));
    match found {
        Ok(found) => Ok(SourceFile::new(path, write_draft(&found, Fill::Try))),
        Err(reason) => {
            let message = format!(
                "the step from version {} to {} is in Rust, and none in SQL could be drafted to try in its place: {reason}",
                old.number, new.number
            );
            Err(Diagnostic::in_file(&*new.file.path, message).help(
                "keep the files of the other branch, merge `schema.sql` by hand, and run `cargo stepladder make-migrations`",
            ))
        }
    }
}

/// Gives the second branch the numbers behind the first.
pub(super) fn moved(
    (location, base): (&Location, &Version),
    [first, second]: [&[Leg]; 2],
    files: &[SourceFile],
    pool: &Pool,
    settings: &Settings,
) -> Result<Vec<Moved>, Diagnostic> {
    let tip = first.last().expect("a branch has a version");
    let schemas = schemas_made(&tip.node.version, [first, second], files, pool)?;
    let step = |leg: &Leg| {
        leg.step
            .as_ref()
            .map(|step| fingerprint::step(&step.file.text))
    };
    let mut before = (tip.node.version.clone(), step(tip));
    let mut in_branch = &base.schema;
    let mut all: Vec<Moved> = Vec::new();
    for (leg, schema) in second.iter().zip(schemas) {
        let (old, pinned) = before;
        let number = next_number(&old)?;
        let parent = Parent {
            version: old.number,
            fingerprint: old.snapshot.fingerprint(),
            step: pinned,
        };
        let snapshot = Snapshot::from_schema(number, Some(parent), &schema);
        let texts = [in_branch, &leg.node.version.schema, &old.schema];
        let (snapshot, schema) = as_written(snapshot, schema, texts);
        in_branch = &leg.node.version.schema;
        let shown = format!("{}/{}", location.shown, snapshot_name(number));
        let version = Version {
            number,
            file: SourceFile::new(shown, snapshot.to_json()),
            snapshot,
            schema,
            // Only generated code needs them.
            views: BTreeMap::new(),
        };
        all.push(Moved {
            found: proof(location, leg, [&old, &version], settings),
            leg: leg.clone(),
            before: old.number,
            version: version.clone(),
        });
        before = (version, step(leg));
    }
    Ok(all)
}

/// What the second branch leads to behind the first, version by version.
fn schemas_made(
    tip: &Version,
    [first, second]: [&[Leg]; 2],
    files: &[SourceFile],
    pool: &Pool,
) -> Result<Vec<Schema>, Diagnostic> {
    let files: Vec<&SourceFile> = files.iter().collect();
    let mut schemas = schemas_behind(tip, &files)?;
    if let (Some(last), Some(made)) = (second.last(), schemas.last_mut())
        && last.step.is_none()
        && let Some(merged) = by_hand(pool, [first, second])
    {
        // What a method makes is not known before it is written for the merged schema.
        *made = merged;
    }
    Ok(schemas)
}

fn next_number(version: &Version) -> Result<i32, Diagnostic> {
    version.number.checked_add(1).ok_or_else(|| {
        let message = format!("there is no version after {}", version.number);
        Diagnostic::in_file(&*version.file.path, message)
            .help("`user_version` holds no greater number")
    })
}

/// The texts of the branch, or of both, in the place of what `ALTER TABLE` has made of them, where
/// they mean the same.
fn as_written(
    made: Snapshot,
    schema: Schema,
    [before, after, other]: [&Schema; 3],
) -> (Snapshot, Schema) {
    let mut written = made.clone();
    let known = |schema: &Schema, entity: &SnapshotEntity| {
        let mut entities = schema.entities.iter();
        let found =
            entities.find(|found| found.kind() == entity.kind && found.name() == entity.name)?;
        Some(found.sql().to_owned())
    };
    for (index, entity) in made.entities.iter().enumerate() {
        let texts = [before, after, other].map(|schema| known(schema, entity));
        let [before, Some(after), other] = texts else {
            continue;
        };
        let both = before
            .zip(other)
            .and_then(|(before, other)| both(&before, &after, &other));
        let is_same = |text: String| {
            written.entities[index].sql = text;
            schema_of(&written).is_some_and(|other| differences(&schema, &other).is_empty())
        };
        if ![Some(after), both].into_iter().flatten().any(is_same) {
            written.entities[index].sql.clone_from(&entity.sql);
        }
    }
    match schema_of(&written) {
        Some(schema) => (written, schema),
        None => (made, schema),
    }
}

/// The table of the other branch with what this one has added to it, or taken from it.
fn both(before: &str, after: &str, other: &str) -> Option<String> {
    let (before, after, mut merged) = (parts(before)?, parts(after)?, parts(other)?);
    let has = |all: &Parts, part: &str| {
        all.list
            .iter()
            .any(|other| canonical(other) == canonical(part))
    };
    merged
        .list
        .retain(|part| has(&after, part) || !has(&before, part));
    for part in after.list.iter().filter(|part| !has(&before, part)) {
        let is_column = |part: &str| {
            let first = tokens(part)
                .first()
                .map(|token| token.text.to_ascii_uppercase());
            let constraints = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
            !constraints.contains(&first.unwrap_or_default().as_str())
        };
        let end = merged
            .list
            .iter()
            .rposition(|part| is_column(part))
            .map_or(0, |last| last + 1);
        let place = if is_column(part) {
            end
        } else {
            merged.list.len()
        };
        merged.list.insert(place, part.clone());
    }
    Some(merged.to_sql())
}

fn schema_of(snapshot: &Snapshot) -> Option<Schema> {
    let file = SourceFile::new("", "");
    introspect_snapshot(
        &file,
        snapshot,
        &mut HashSet::new(),
        &mut Diagnostics::default(),
    )
    .map(|introspected| introspected.schema)
}

/// What the proof finds at the new place.
fn proof(
    location: &Location,
    leg: &Leg,
    [old, new]: [&Version; 2],
    settings: &Settings,
) -> Vec<Diagnostic> {
    let renamed = |file: &SourceFile, from: i32, to: i32| {
        let path = format!("{}/{}", location.shown, step_name(from, to));
        SourceFile::new(path, file.text.clone())
    };
    let up = leg.step.as_ref();
    let up = up.map(|step| renamed(&step.file, old.number, new.number));
    let mut found = Diagnostics::default();
    if let Some(up) = &up {
        prove_file(up, [old, new], settings, None, &mut found);
    }
    if let Some(down) = &leg.rollback {
        let down = renamed(&down.file, new.number, old.number);
        prove_file(&down, [new, old], settings, up.as_ref(), &mut found);
    }
    let mut found = found.take();
    found.retain(|found| found.severity == Severity::Error);
    found
}
