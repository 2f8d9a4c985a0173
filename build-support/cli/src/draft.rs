//! `draft`: the missing steps of a history.

use clap::Args;
use serde_json::{Value, json};
use stepladder_build::{
    DraftOptions, DraftedStep, Error, Guess, Places, Progress, RustMethod, draft_rollbacks,
    draft_steps_watched, rust_methods,
};

use crate::output::Output;
use crate::{Folder, Format, progress};

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// Fill the places that are to be decided with the obvious default (0, '', the drop allowed) and
    /// a comment, for steps that were released long ago.
    #[arg(long)]
    accept_all: bool,
    /// Draft only the step that starts from this version, in the place of its method if it has one;
    /// can be given more than once.
    #[arg(long, value_name = "N")]
    from: Vec<i32>,
    /// A table or column that has another name: `users=people`, `todos.owner_id=assignee_id`.
    #[arg(long, value_name = "OLD=NEW", requires = "from")]
    rename: Vec<String>,
    /// Take nothing for a rename that is not named by `--rename`.
    #[arg(long)]
    no_guess: bool,
    /// Draft the rollbacks that are missing, all of them.
    #[arg(long, conflicts_with_all = ["from", "rollback"])]
    rollbacks: bool,
    /// Draft only the rollback that starts from this version; can be given more than once.
    #[arg(long, value_name = "N", conflicts_with = "from")]
    rollback: Vec<i32>,
    /// Print the methods of the steps that have no file of SQL, and write nothing.
    #[arg(long, conflicts_with_all = ["accept_all", "rollbacks", "rollback"])]
    rust: bool,
}

pub(crate) fn run(arguments: &Arguments, format: Format) -> Result<Output, Error> {
    let schemas = arguments.folder.find()?;
    let guess = if arguments.no_guess {
        Guess::No
    } else {
        Guess::Yes
    };
    if arguments.rust {
        let methods = rust_methods(&schemas, &arguments.from, &arguments.rename, guess)?;
        return Ok(Output::new(
            methods_told(&methods),
            json!({ "methods": methods_facts(&methods) }),
        ));
    }
    let places = places(arguments.accept_all);
    let is_back = arguments.rollbacks || !arguments.rollback.is_empty();
    let options = DraftOptions {
        places,
        from: if is_back {
            arguments.rollback.clone()
        } else {
            arguments.from.clone()
        },
        renames: arguments.rename.clone(),
        guess,
    };
    let drafted = {
        let line = progress::line(format);
        let watcher = |progress: &Progress| line.show(progress);
        if is_back {
            draft_rollbacks(&schemas, &options, &watcher)?
        } else {
            draft_steps_watched(&schemas, &options, &watcher)?
        }
    };
    let noun = if is_back { "rollback" } else { "step" };
    let mut lines: Vec<String> = Vec::new();
    for step in &drafted.written {
        lines.extend(told(step, places, &again(step)));
    }
    let count: usize = drafted.written.iter().map(|step| step.places).sum();
    let open: usize = drafted.written.iter().map(|step| step.open).sum();
    let decided = decided([count, open], places);
    lines.push(match (drafted.written.len(), drafted.failed.len()) {
        (0, 0) => format!("no {noun} is missing"),
        (steps, 0) => format!("{} drafted, {decided}", counted(steps, noun)),
        (steps, failed) => format!(
            "{} drafted, {decided}, and {} that could not be",
            counted(steps, noun),
            counted(failed, noun)
        ),
    });
    let steps: Vec<Value> = drafted.written.iter().map(facts).collect();
    lines.extend(left_alone(noun, &drafted.methods));
    let facts = json!({ "steps": steps, "places": count, "methods": drafted.methods });
    Ok(Output::new(lines.join("\n"), facts).with_diagnostics(&drafted.failed))
}

/// The methods to paste, with what they take for granted as comments.
pub(crate) fn methods_told(methods: &[RustMethod]) -> String {
    let told = methods.iter().map(|method| {
        let about = method.about.lines();
        let about = about.map(|line| format!("// {line}").trim_end().to_owned() + "\n");
        about.collect::<String>() + &method.text
    });
    match methods {
        [] => "no step is a method in Rust".to_owned(),
        _ => told.collect::<Vec<_>>().join("\n\n"),
    }
}

pub(crate) fn methods_facts(methods: &[RustMethod]) -> Vec<Value> {
    let facts = methods.iter().map(|method| {
        json!({
            "from": method.from,
            "to": method.to,
            "text": method.text,
            "about": method.about,
        })
    });
    facts.collect()
}

pub(crate) fn places(accept_all: bool) -> Places {
    if accept_all {
        Places::Accept
    } else {
        Places::Leave
    }
}

/// The command that drafts a step again, with other options.
fn again(step: &DraftedStep) -> String {
    let which = if step.from < step.to {
        "--from"
    } else {
        "--rollback"
    };
    let (file, from) = (&step.shown, step.from);
    format!("rm {file} && cargo stepladder draft {which} {from}")
}

/// What is said of the steps that are methods.
fn left_alone(noun: &str, methods: &[i32]) -> Option<String> {
    let option = if noun == "step" {
        "--from"
    } else {
        "--rollback"
    };
    let all: Vec<_> = methods.iter().map(|n| format!(" {option} {n}")).collect();
    let (are, them) = match methods {
        [] => return None,
        [_] => ("is a method", "it"),
        _ => ("are methods", "them"),
    };
    let count = counted(methods.len(), noun);
    Some(format!(
        "{count} {are}: `draft{}` replaces {them}",
        all.concat()
    ))
}

/// What was written, and what is to be done about it: `again` is the command that drafts it with other
/// options.
pub(crate) fn told(step: &DraftedStep, places: Places, again: &str) -> Vec<String> {
    let decided = match step.places {
        0 => "proven".to_owned(),
        count => decided([count, step.open], places),
    };
    let mut lines = vec![format!("wrote {}: {decided}", step.shown)];
    lines.extend(step.unproven.iter().map(|reason| {
        format!(
            "  not proven with 0 or '' in each place: {}",
            reason.headline()
        )
    }));
    let guessed = step.guessed.iter();
    lines.extend(
        guessed.map(|rename| format!("  guessed {rename}; if it is not so, `{again} --no-guess`")),
    );
    let together = step.or_renamed.iter();
    lines.extend(together.map(|options| format!("  or is it a rename? `{again} {options}`")));
    lines
}

pub(crate) fn facts(step: &DraftedStep) -> Value {
    json!({
        "from": step.from,
        "to": step.to,
        "file": step.shown,
        "places": step.places,
        "open": step.open,
        "guessed": step.guessed,
        "or_renamed": step.or_renamed,
    })
}

/// `open` are those of which nothing obvious was accepted.
fn decided([count, open]: [usize; 2], places: Places) -> String {
    let accepted = |count| format!("{} accepted", counted(count, "place"));
    match (places, open) {
        (Places::Leave, _) => format!("{} to fill in", counted(count, "place")),
        (Places::Accept, 0) => accepted(count),
        (Places::Accept, open) if open == count => {
            format!(
                "{} to fill in: no obvious value passes the CHECK",
                counted(open, "place")
            )
        }
        (Places::Accept, open) => {
            format!(
                "{}, {open} to fill in: no obvious value passes the CHECK",
                accepted(count - open)
            )
        }
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
