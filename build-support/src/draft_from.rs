//! Why no step can be drafted from a version that was named.

use crate::diagnostic::Diagnostic;
use crate::draft_steps::{DraftOptions, Guess, Places};
use crate::folder::{Location, command, make_migrations_command};
use crate::history::{History, Version};
use crate::source::SourceFile;

/// Why there is no step to draft from a version: its file is there, or nothing is behind it.
pub(crate) fn no_step(
    location: &Location,
    history: &History,
    version: i32,
    options: &DraftOptions,
) -> Option<Diagnostic> {
    match history.steps.get(&version) {
        Some(file) => Some(is_there(location, history, (version, file), options)),
        None => no_way(location, history, version),
    }
}

/// Why no step starts from a version at all.
pub(crate) fn no_way(location: &Location, history: &History, version: i32) -> Option<Diagnostic> {
    let numbers: Vec<i32> = history.versions.iter().map(|known| known.number).collect();
    let (newest, before) = numbers.split_last()?;
    if before.contains(&version) {
        return None;
    }
    let folder = location.shown.as_str();
    let can = match before {
        [] => format!(
            "there is one version so far: `{}` makes the next from `schema.sql`",
            make_migrations_command(folder)
        ),
        before => format!("a step can start from {}", listed(before)),
    };
    let message = if version == *newest {
        format!("version {version} is the newest: no step starts from it")
    } else {
        format!("there is no version {version}")
    };
    Some(Diagnostic::in_file(folder, message).help(can))
}

/// The message about a step that is not drafted again, so that nothing is lost that was written in it.
fn is_there(
    location: &Location,
    history: &History,
    (version, file): (i32, &SourceFile),
    options: &DraftOptions,
) -> Diagnostic {
    let path = &*file.path;
    let message = format!("the step from version {version} is there");
    let diagnostic = Diagnostic::in_file(path, message);
    if let Some(later) = pinned_by(history, version) {
        return diagnostic
            .note(format!(
                "version {} was made behind it, and databases that have taken it do not take it again",
                later.number
            ))
            .help(format!(
                "make the change in a step to a new version: `{}` for one about rows alone",
                command(&location.shown, "make-migrations --empty")
            ));
    }
    diagnostic.help(format!(
        "to draft it anew, move it aside: `mv {path} {path}.before && {}`",
        command(&location.shown, &arguments(version, options))
    ))
}

/// The version whose snapshot holds the fingerprint of the step from a version.
pub(crate) fn pinned_by(history: &History, from: i32) -> Option<&Version> {
    let place = (history.versions.iter()).position(|known| known.number == from)?;
    let later = history.versions.get(place + 2)?;
    let parent = later.snapshot.parent.as_ref()?;
    parent.step.is_some().then_some(later)
}

/// What was asked for, for one version.
fn arguments(version: i32, options: &DraftOptions) -> String {
    let mut arguments = format!("draft --from {version}");
    for rename in &options.renames {
        arguments.push_str(" --rename ");
        arguments.push_str(&shell_word(rename));
    }
    if options.guess == Guess::No {
        arguments.push_str(" --no-guess");
    }
    if options.places == Places::Accept {
        arguments.push_str(" --accept-all");
    }
    arguments
}

/// A word as a shell reads it.
pub(crate) fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._=-".contains(c);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn listed(versions: &[i32]) -> String {
    let texts: Vec<_> = versions.iter().map(ToString::to_string).collect();
    texts.join(", ")
}
