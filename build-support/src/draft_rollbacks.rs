//! Rollbacks of versions that are there already, drafted, proven and written.

use std::path::Path;

use crate::beside::Beside;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::draft_steps::{DraftOptions, DraftedSteps, Drafter};
use crate::error::Error;
use crate::folder::Location;
use crate::fs::Changes;
use crate::history::{History, Version};
use crate::load::load_at;
use crate::progress::{Counter, Watcher, Work};

/// Drafts rollbacks, each proven behind its step where that is in SQL, and writes them: all that
/// have neither a file nor a method, or those that start from some versions. `watcher` is told how far
/// it is.
///
/// # Errors
/// All that is wrong in the folder, a version that has none to draft, and a file that cannot be
/// written.
pub fn draft_rollbacks(
    dir: &Path,
    options: &DraftOptions,
    watcher: &Watcher<'_>,
) -> Result<DraftedSteps, Error> {
    let location = Location::new(dir);
    let history = load_at(&location)?;
    let mut errors = Diagnostics::default();
    for version in &options.from {
        errors.push_some(no_rollback(&location, &history, *version));
    }
    errors.barrier()?;
    let beside = Beside::of(dir);
    // A step in SQL says itself what it has renamed.
    let mut drafter = Drafter::new(&location, &history.settings, options.places)?
        .with_renames(&[], options.guess);
    let pairs = history.versions.windows(2);
    let pairs = pairs.filter_map(|pair| <&[_; 2]>::try_from(pair).ok());
    let (methods, missing): (Vec<&[Version; 2]>, Vec<_>) = pairs
        .filter(|[_, new]| options.wants(new.number))
        .filter(|[_, new]| !history.rollbacks.contains_key(&new.number))
        .partition(|[old, new]| options.leaves(beside.as_ref(), new.number, old.number));
    let counter = Counter::new(watcher, Work::Draft, missing.len());
    let mut failed = Vec::new();
    for [old, new] in missing {
        counter.begin(new.number, old.number);
        let step = history.steps.get(&old.number);
        failed.extend(drafter.draft_rollback_of(step, [new, old]));
    }
    let mut changes = Changes::new(&location);
    let written = drafter.write(&mut changes);
    changes.make()?;
    Ok(DraftedSteps {
        written,
        failed,
        methods: methods.iter().map(|[_, new]| new.number).collect(),
    })
}

/// Why there is no rollback to draft from a version.
fn no_rollback(location: &Location, history: &History, version: i32) -> Option<Diagnostic> {
    let versions: Vec<i32> = history
        .versions
        .iter()
        .map(|version| version.number)
        .collect();
    let folder = location.shown.as_str();
    if let Some(file) = history.rollbacks.get(&version) {
        let message = format!("the rollback from version {version} is there");
        return Some(Diagnostic::in_file(&*file.path, message).help(format!(
            "to draft it anew, move it aside: `mv {0} {0}.before`",
            file.path
        )));
    }
    let shown = |versions: &[i32]| {
        let texts: Vec<_> = versions.iter().map(ToString::to_string).collect();
        texts.join(", ")
    };
    match versions.iter().position(|known| *known == version) {
        Some(0) => {
            let message = format!("version {version} is the first: nothing is before it");
            Some(
                Diagnostic::in_file(folder, message).help(match &versions[1..] {
                    [] => "a rollback leads from a version to the one before".to_owned(),
                    others => format!("a rollback can start from {}", shown(others)),
                }),
            )
        }
        Some(_) => None,
        None => {
            let message = format!("there is no version {version}");
            let help = format!("the versions are {}", shown(&versions));
            Some(Diagnostic::in_file(folder, message).help(help))
        }
    }
}
