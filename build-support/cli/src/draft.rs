//! `draft`: the missing steps of a history.

use clap::Args;
use serde_json::{Value, json};
use stepladder_build::{DraftedStep, Error, Places, Progress, draft_steps_watched};

use crate::output::Output;
use crate::{Folder, Format, progress};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// Fill the places that are to be decided with the obvious default (0, '', the drop allowed) and
    /// a comment, for steps that were released long ago.
    #[arg(long)]
    accept_all: bool,
    /// Draft only the step that starts from this version; can be given more than once.
    #[arg(long, value_name = "N")]
    from: Vec<i32>,
}

pub(crate) fn run(arguments: &Arguments, format: Format) -> Result<Output, Error> {
    let places = places(arguments.accept_all);
    let schemas = arguments.folder.find()?;
    let drafted = {
        let line = progress::line(format);
        let watcher = |progress: &Progress| line.show(progress);
        draft_steps_watched(&schemas, places, &arguments.from, &watcher)?
    };
    let mut lines: Vec<String> = Vec::new();
    for step in &drafted.written {
        lines.extend(told(step, places));
    }
    let count: usize = drafted.written.iter().map(|step| step.places).sum();
    lines.push(match (drafted.written.len(), drafted.failed.len()) {
        (0, 0) => "no step is missing".to_owned(),
        (steps, 0) => format!(
            "{} drafted, {}",
            counted(steps, "step"),
            decided(count, places)
        ),
        (steps, failed) => format!(
            "{} drafted, {}, and {} that could not be",
            counted(steps, "step"),
            decided(count, places),
            counted(failed, "step")
        ),
    });
    let steps: Vec<Value> = drafted.written.iter().map(facts).collect();
    let facts = json!({ "steps": steps, "places": count });
    Ok(Output::new(lines.join("\n"), facts).with_diagnostics(&drafted.failed))
}

pub(crate) fn places(accept_all: bool) -> Places {
    if accept_all {
        Places::Accept
    } else {
        Places::Leave
    }
}

/// What was written, and what is to be done about it.
pub(crate) fn told(step: &DraftedStep, places: Places) -> Vec<String> {
    let decided = match step.places {
        0 => "proven".to_owned(),
        count => decided(count, places),
    };
    let mut lines = vec![format!("wrote {}: {decided}", step.shown)];
    lines.extend(step.unproven.iter().map(|reason| {
        format!(
            "  not proven with 0 or '' in each place: {}",
            reason.headline()
        )
    }));
    lines.extend(step.guessed.iter().map(|rename| {
        format!("  guessed {rename}; if it is not so, `make-migrations --amend --no-guess`")
    }));
    lines
}

pub(crate) fn facts(step: &DraftedStep) -> Value {
    json!({
        "from": step.from,
        "to": step.to,
        "file": step.shown,
        "places": step.places,
        "guessed": step.guessed,
    })
}

fn decided(count: usize, places: Places) -> String {
    match places {
        Places::Leave => format!("{} to fill in", counted(count, "place")),
        Places::Accept => format!("{} accepted", counted(count, "place")),
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
