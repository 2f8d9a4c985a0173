//! From a checked history to the text of the generated file.

use std::path::Path;

use stepladder::rusqlite;

use crate::check_names::check_names;
use crate::data_class::check_types;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::emit::{Input, Step, StepBody, emit};
use crate::error::Error;
use crate::folder::Location;
use crate::format::format;
use crate::history::History;
use crate::load::load_at;
use crate::names::Names;
use crate::plan::{Scratch, plan};
use crate::progress::{Watcher, nobody};
use crate::prove::{Proven, prove_watched};
use crate::renames::{Renames, check_write_both, recorded_renames};
use crate::script::Script;
use crate::settings::Rollback;

/// Reads a schemas folder and gives back the text of the generated module. Nothing is written.
///
/// # Errors
/// All that is wrong in the folder.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("schema.sql"), "CREATE TABLE todos (id INTEGER PRIMARY KEY);")?;
/// stepladder_build::make_migrations(folder.path())?;
/// let code = stepladder_build::generate(folder.path())?;
/// assert!(code.contains("pub mod v1"));
/// # Ok(())
/// # }
/// ```
pub fn generate(folder: &Path) -> Result<String, Error> {
    Ok(generate_at(&Location::new(folder), Proven::default(), &nobody)?.code)
}

/// Reads a schemas folder and does all that a build does with it, but writes nothing. Gives back the
/// warnings, in order of file and position.
///
/// # Errors
/// All that is wrong in the folder, and the warnings among it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("schema.sql"), "CREATE TABLE todos (id INTEGER PRIMARY KEY);")?;
/// stepladder_build::make_migrations(folder.path())?;
/// assert!(stepladder_build::check(folder.path())?.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn check(folder: &Path) -> Result<Vec<Diagnostic>, Error> {
    check_watched(folder, &nobody)
}

/// Does what [`check`] does, for one who waits for it.
///
/// # Errors
/// Those of [`check`].
pub fn check_watched(folder: &Path, watcher: &Watcher<'_>) -> Result<Vec<Diagnostic>, Error> {
    Ok(generate_at(&Location::new(folder), Proven::default(), watcher)?.warnings)
}

/// The generated text, and what is to be said although nothing is wrong.
pub(crate) struct Generated {
    pub(crate) code: String,
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) proven: Proven,
}

pub(crate) fn generate_at(
    location: &Location,
    mut proven: Proven,
    watcher: &Watcher<'_>,
) -> Result<Generated, Error> {
    let history = load_at(location)?;
    let history = &history;
    let names = Names::new(&history.settings);
    let mut errors = Diagnostics::default();
    check_names(history, &names, &mut errors);
    check_types(history, &mut errors);
    prove_watched(history, &mut proven, watcher, &mut errors);
    let steps = plan_steps(history).map_err(|error| incomparable(location, &error))?;
    let renames = recorded_renames(history, &steps, &mut errors);
    check_write_both(history, &renames, &mut errors);
    errors.barrier()?;
    let input = Input {
        folder: &location.shown,
        history,
        names: &names,
        steps,
        renames,
        rollbacks: plan_rollbacks(history).map_err(|error| incomparable(location, &error))?,
        seed: (history.seed.as_ref()).map(|file| Script::new(&file.path, &file.text)),
    };
    Ok(Generated {
        code: format(emit(&input), &format!("{}/", location.shown)),
        warnings: errors.take(),
        proven,
    })
}

pub(crate) fn incomparable(location: &Location, error: &rusqlite::Error) -> Diagnostic {
    let message = format!("SQLite could not compare two versions: {error}");
    Diagnostic::in_file(location.shown.as_str(), message)
        .help("look whether there is memory left, and run the command again")
}

/// The steps of a history and what each renames, where that is all that is of interest.
///
/// # Errors
/// What `[renames]` says and cannot be.
pub(crate) fn steps_and_renames(
    location: &Location,
    history: &History,
) -> Result<(Vec<Step>, Vec<Renames>), Error> {
    let steps = plan_steps(history).map_err(|error| incomparable(location, &error))?;
    let mut errors = Diagnostics::default();
    let renames = recorded_renames(history, &steps, &mut errors);
    errors.barrier()?;
    Ok((steps, renames))
}

fn plan_steps(history: &History) -> rusqlite::Result<Vec<Step>> {
    let scratch = Scratch::new()?;
    let mut steps = Vec::new();
    for pair in history.versions.windows(2) {
        let [old, new] = pair else { continue };
        let body = match history.steps.get(&old.number) {
            Some(file) => StepBody::Sql(Script::new(&file.path, &file.text)),
            None => StepBody::Rust(plan(&scratch, &old.schema, &new.schema)),
        };
        steps.push(Step {
            from: old.number,
            to: new.number,
            body,
        });
    }
    Ok(steps)
}

/// The rollbacks that there are, and those that there have to be.
pub(crate) fn plan_rollbacks(history: &History) -> rusqlite::Result<Vec<Step>> {
    let scratch = Scratch::new()?;
    let mut rollbacks = Vec::new();
    for pair in history.versions.windows(2) {
        let [old, new] = pair else { continue };
        let body = match (
            history.rollbacks.get(&new.number),
            history.settings.rollback,
        ) {
            (Some(file), _) => StepBody::Sql(Script::new(&file.path, &file.text)),
            (None, Rollback::Required) => StepBody::Rust(plan(&scratch, &new.schema, &old.schema)),
            (None, Rollback::Optional) => continue,
        };
        rollbacks.push(Step {
            from: new.number,
            to: old.number,
            body,
        });
    }
    Ok(rollbacks)
}
