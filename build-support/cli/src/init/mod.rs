//! `init`: what a package needs, shown before it is written.

mod added;
mod manifest;
mod module;
mod package;
mod plan;
mod rusqlite;
mod schemas;
mod texts;

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use stepladder_build::diagnostic::Diagnostic;
use stepladder_build::{Error, NewFile, write_all};

use crate::Format;
use crate::output::Output;
use package::Package;
use plan::{Plan, State};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The Cargo.toml of the package; otherwise that of the current folder, or the nearest above it.
    #[arg(long, value_name = "FILE")]
    manifest_path: Option<PathBuf>,
    /// The folder for `schema.sql` and the snapshots; otherwise `schemas` in the package.
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
    /// Write without asking.
    #[arg(long)]
    yes: bool,
    /// Only show what would be written.
    #[arg(long)]
    dry_run: bool,
}

/// What becomes of a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// There is nothing to write.
    Nothing,
    /// It was said beforehand that it may be written.
    Write,
    /// Somebody has seen it and said yes.
    WriteSeen,
    /// Only to be shown.
    Show,
    /// Somebody said no.
    Leave,
    /// Nobody can be asked.
    Unasked,
}

impl Decision {
    fn writes(self) -> bool {
        matches!(self, Self::Write | Self::WriteSeen)
    }
}

pub(crate) fn run(arguments: &Arguments, format: Format) -> Result<Output, Error> {
    let package = Package::find(arguments.manifest_path.as_deref())?;
    let plan = plan::plan(&package, arguments.schemas.as_deref())?;
    let shown = shown(&package, &plan);
    let decision = decide(arguments, format, &plan, &shown);
    if decision.writes() {
        write_all(&new_files(&package, &plan))?;
    }
    Ok(output(&package, &plan, &shown, decision))
}

fn decide(arguments: &Arguments, format: Format, plan: &Plan, shown: &str) -> Decision {
    if plan.is_nothing() {
        Decision::Nothing
    } else if arguments.dry_run {
        Decision::Show
    } else if arguments.yes {
        Decision::Write
    } else if format == Format::Text && std::io::stdin().is_terminal() {
        if asked(shown) {
            Decision::WriteSeen
        } else {
            Decision::Leave
        }
    } else {
        Decision::Unasked
    }
}

#[expect(clippy::print_stderr, reason = "a question, on a terminal")]
fn asked(shown: &str) -> bool {
    eprint!("{shown}\n\nwrite this? [Y/n] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    // The end of the input is no answer.
    read.is_ok_and(|length| length > 0) && !answer.trim().to_ascii_lowercase().starts_with('n')
}

fn new_files(package: &Package, plan: &Plan) -> Vec<NewFile> {
    let planned = plan.files.iter().filter_map(|file| {
        Some(NewFile {
            path: package.root.join(&file.name),
            shown: file.name.clone(),
            text: file.state.text()?.to_owned(),
        })
    });
    planned.collect()
}

/// What is written, and what is left alone.
fn shown(package: &Package, plan: &Plan) -> String {
    let mut lines = vec![format!("in the package `{}`:", package.name)];
    for file in &plan.files {
        let name = &file.name;
        match &file.state {
            State::New(_) => lines.push(format!("  new      {name}")),
            State::Changed { added, .. } => {
                lines.push(format!("  changed  {name}"));
                lines.extend(added.iter().map(|line| format!("             + {line}")));
            }
            State::There => lines.push(format!("  as it is {name}")),
            State::Left { add, .. } => {
                lines.push(format!("  left     {name}: {}", file.state.reason()));
                let add = add.trim_end().lines();
                lines
                    .extend(add.map(|line| format!("             | {line}").trim_end().to_owned()));
            }
        }
    }
    lines.join("\n")
}

fn output(package: &Package, plan: &Plan, shown: &str, decision: Decision) -> Output {
    let mut lines = Vec::new();
    // On a terminal it was shown with the question.
    if !matches!(decision, Decision::Leave | Decision::WriteSeen) {
        lines.push(shown.to_owned());
    }
    lines.push(
        match decision {
            Decision::Nothing => "there is nothing to write",
            Decision::Write | Decision::WriteSeen => "all of it is written",
            Decision::Show | Decision::Leave | Decision::Unasked => "nothing was written",
        }
        .to_owned(),
    );
    if decision == Decision::Nothing || decision.writes() {
        lines.extend(plan.next.iter().map(|next| format!("next: {next}")));
    }
    let facts = json!({
        "package": package.name,
        "files": plan.files.iter().map(facts).collect::<Vec<_>>(),
        "next": plan.next,
        "written": decision.writes(),
    });
    let output = Output::new(lines.join("\n"), facts);
    match decision {
        Decision::Unasked => output
            .with_diagnostics(&[no_terminal()])
            .with_exit_code(ExitCode::from(2)),
        _ => output,
    }
}

fn facts(file: &plan::Planned) -> Value {
    match &file.state {
        State::New(text) => json!({ "file": file.name, "state": "new", "text": text }),
        State::Changed { added, .. } => {
            json!({ "file": file.name, "state": "changed", "added": added })
        }
        State::There => json!({ "file": file.name, "state": "as it is" }),
        State::Left { add, .. } => json!({ "file": file.name, "state": "left", "add": add }),
    }
}

fn no_terminal() -> Diagnostic {
    let message = "nobody can be asked whether to write this: the input is no terminal";
    Diagnostic::in_file("Cargo.toml", message)
        .help("write it without a question: `cargo stepladder init --yes`")
        .help("only look at it: `cargo stepladder init --dry-run`")
}
