//! A second file for a version that is there: what a merge of two branches leaves once somebody has
//! saved the other side under another name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::name::{FileName, snapshot_name, step_name, twin_name};
use crate::diagnostic::Diagnostic;
use crate::fingerprint;
use crate::fs::read;
use crate::snapshot::{Snapshot, read_any_snapshot};

/// The message about a file that is the version, or the step, of another branch.
pub(super) fn find(
    relative: &str,
    paths: &BTreeMap<String, PathBuf>,
    folder: &str,
) -> Option<Diagnostic> {
    match twin_name(relative)? {
        FileName::Snapshot(version) => snapshot(relative, version, paths, folder),
        FileName::Step(from, to) => step(relative, (from, to), paths, folder),
        FileName::Schema | FileName::Seed | FileName::Settings => None,
    }
}

fn snapshot(
    relative: &str,
    version: i32,
    paths: &BTreeMap<String, PathBuf>,
    folder: &str,
) -> Option<Diagnostic> {
    let own = snapshot_name(version);
    let (shown, own_shown) = (format!("{folder}/{relative}"), format!("{folder}/{own}"));
    let other = snapshot_of(paths.get(relative)?, version)?;
    let own = snapshot_of(paths.get(&own)?, version)?;
    if other.fingerprint() == own.fingerprint() {
        let message = format!("`{shown}` is a copy of `{own_shown}`");
        return Some(Diagnostic::in_file(&*shown, message).help("delete it"));
    }
    let message = format!("two branches made version {version}: `{own_shown}` and `{shown}`");
    Some(
        Diagnostic::in_file(&*shown, message)
            .note(format!("only `{own_shown}` has the name that is read"))
            .help(format!(
                "run `{}`: `{own_shown}` stays version {version}, the other one becomes a later \
                 version, and both orders are proven",
                renumber_command(folder)
            )),
    )
}

fn step(
    relative: &str,
    (from, to): (i32, i32),
    paths: &BTreeMap<String, PathBuf>,
    folder: &str,
) -> Option<Diagnostic> {
    let low = from.max(to);
    let own = snapshot_of(paths.get(&snapshot_name(low))?, low)?.fingerprint();
    let is_other = |(name, path): (&String, &PathBuf)| {
        twin_name(name) == Some(FileName::Snapshot(low))
            && snapshot_of(path, low).is_some_and(|other| other.fingerprint() != own)
    };
    paths.iter().find(|entry| is_other(*entry))?;
    let own = step_name(from, to);
    let shown = format!("{folder}/{relative}");
    let text = |path: &Path| Some(fingerprint::step(&read(path, "").ok()?.text));
    let message = match paths.get(&own) {
        Some(path) if text(path) == text(paths.get(relative)?) => return None,
        Some(_) => format!(
            "two branches made the step from version {from} to {to}: `{folder}/{own}` and `{shown}`"
        ),
        None => format!("`{shown}` is the step of another branch from version {from} to {to}"),
    };
    Some(Diagnostic::in_file(&*shown, message).help(format!(
        "`{}` gives it the number that its version gets",
        renumber_command(folder)
    )))
}

fn snapshot_of(path: &Path, version: i32) -> Option<Snapshot> {
    let snapshot = read_any_snapshot(&read(path, "").ok()?).ok()?;
    (snapshot.version == version).then_some(snapshot)
}

/// The command that puts two branches in a row.
pub(crate) fn renumber_command(shown: &str) -> String {
    if shown == "schemas" {
        "cargo stepladder renumber".to_owned()
    } else {
        format!("cargo stepladder renumber --schemas {shown}")
    }
}
