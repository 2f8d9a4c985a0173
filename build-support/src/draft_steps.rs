//! The missing steps of a history, drafted and proven.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::draft::{Fill, Rename, Renames, Settled, draft, settle};
use crate::error::Error;
use crate::folder::{Location, step_name};
use crate::fs::{reason, write_atomically};
use crate::history::{History, Version};
use crate::load::load_at;
use crate::plan::Scratch;

/// How to draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Places {
    /// What the author has to decide is a place that does not build.
    #[default]
    Leave,
    /// Each gets the obvious default, with a comment: for steps that were released long ago.
    Accept,
}

/// A step that was drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedStep {
    /// The version from which it starts.
    pub from: i32,
    /// The version to which it leads.
    pub to: i32,
    /// Its file.
    pub file: PathBuf,
    /// How many places are to be filled in, or were accepted.
    pub places: usize,
    /// The tables and columns that got another name, as `users=people`, because it looks like it.
    pub guessed: Vec<String>,
}

/// What came of a history.
#[derive(Debug, Default)]
pub struct DraftedSteps {
    /// The steps that were written.
    pub written: Vec<DraftedStep>,
    /// The steps that could not be drafted, and why.
    pub failed: Vec<Diagnostic>,
}

/// Drafts each step that has no file, proves it, and writes it.
///
/// A step that cannot be drafted is left out and told; the others are written all the same.
///
/// # Errors
/// All that is wrong in the folder, and a file that cannot be written.
pub fn draft_steps(dir: &Path, places: Places) -> Result<DraftedSteps, Error> {
    let location = Location::new(dir);
    let history = load_at(&location)?;
    let scratch = Scratch::new().map_err(|error| {
        Diagnostic::in_file(
            location.shown.as_str(),
            format!("SQLite does not run: {error}"),
        )
    })?;
    let mut drafted = DraftedSteps::default();
    for pair in history.versions.windows(2) {
        let [old, new] = pair else { continue };
        if history.steps.contains_key(&old.number) {
            continue;
        }
        let name = step_name(old.number, new.number);
        let shown = format!("{}/{name}", location.shown);
        match draft_step(&history, &scratch, [old, new], &shown, places) {
            Ok((settled, guessed)) => {
                let file = dir.join(&name);
                write(&file, &shown, &settled.text)?;
                drafted.written.push(DraftedStep {
                    from: old.number,
                    to: new.number,
                    file,
                    places: settled.places,
                    guessed,
                });
            }
            Err(reasons) => drafted.failed.extend(reasons),
        }
    }
    Ok(drafted)
}

fn draft_step(
    history: &History,
    scratch: &Scratch,
    [old, new]: [&Version; 2],
    shown: &str,
    places: Places,
) -> Result<(Settled, Vec<String>), Vec<Diagnostic>> {
    let found = draft(scratch, &old.schema, &new.schema, &Renames::default());
    let found = found.map_err(|reason| {
        let message = format!(
            "no step from version {} to {} could be drafted: {reason}",
            old.number, new.number
        );
        vec![Diagnostic::in_file(shown, message).help("write the step yourself, in SQL or in Rust")]
    })?;
    let fill = match places {
        Places::Leave => Fill::Leave,
        Places::Accept => Fill::Accept,
    };
    let settled = settle(&found, shown, [old, new], &history.settings, fill)?;
    let guessed = found.renames.iter().filter(|rename| rename.guessed);
    Ok((settled, guessed.map(Rename::shown).collect()))
}

fn write(file: &Path, shown: &str, text: &str) -> Result<(), Error> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let written = std::fs::create_dir_all(folder).and_then(|()| write_atomically(file, text));
    written.map_err(|error| {
        let message = format!("`{shown}` cannot be written: {}", reason(&error));
        Diagnostic::in_file(shown, message).into()
    })
}
