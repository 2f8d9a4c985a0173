//! `renumber`: two branches that both made a version.

use std::path::Path;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use stepladder_build::{
    Error, Keep, MovedVersion, OrderMatters, RenumberOptions, Renumbered, TestFile, Way, renumber,
};

use crate::Folder;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) folder: Folder,
    /// The other branch: one that git knows, or a folder with its schemas. Without it, the conflicts
    /// of a merge, and files such as `schema_v4_theirs.json`.
    #[arg(long, value_name = "BRANCH|DIR")]
    theirs: Option<String>,
    /// Whose versions keep their numbers: those that others have already. In a rebase, `ours` is the
    /// branch that you rebase onto.
    #[arg(long, value_enum, default_value_t = Kept::Ours)]
    keep: Kept,
    /// Write it although it matters which of the steps runs first.
    #[arg(long)]
    accept_order: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kept {
    /// The branch that is checked out.
    Ours,
    /// The other one.
    Theirs,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Output, Error> {
    let options = RenumberOptions {
        theirs: arguments.theirs.clone(),
        keep: match arguments.keep {
            Kept::Ours => Keep::Ours,
            Kept::Theirs => Keep::Theirs,
        },
        order: if arguments.accept_order {
            OrderMatters::Accept
        } else {
            OrderMatters::Refuse
        },
    };
    let schemas = arguments.folder.find()?;
    let done = renumber(&schemas, &options)?;
    let moved: Vec<Value> = done.moved.iter().map(moved_facts).collect();
    let facts = json!({
        "base": done.base,
        "kept": done.kept,
        "moved": moved,
        "commute": commute(&done),
        "not_run": done.not_run,
        "written": done.written,
        "removed": done.removed,
        "kept_before": done.kept_before,
    });
    let text = told(arguments, &schemas, &done);
    Ok(Output::new(text, facts).with_diagnostics(&done.warnings))
}

fn told(arguments: &Arguments, schemas: &Path, done: &Renumbered) -> String {
    let (first, second) = match arguments.keep {
        Kept::Ours => ("ours", "theirs"),
        Kept::Theirs => ("theirs", "ours"),
    };
    let mut lines = vec![format!("both branches went on from version {}", done.base)];
    for number in &done.kept {
        lines.push(format!(
            "version {number} of {first} stays version {number}"
        ));
    }
    for moved in &done.moved {
        let (from, to) = (moved.from, moved.to);
        lines.push(format!("version {from} of {second} becomes version {to}"));
    }
    lines.push(match commute(done) {
        Some(true) => "proven: both orders lead to the same schema and the same rows".to_owned(),
        Some(false) => format!("the order matters, and {first} first was accepted"),
        None => not_run(&done.not_run),
    });
    lines.extend(done.written.iter().map(|file| format!("wrote {file}")));
    lines.extend(done.removed.iter().map(|file| format!("removed {file}")));
    let kept = done.kept_before.iter();
    lines.extend(
        kept.map(|file| format!("what was there is in {file}: delete it when all is well")),
    );
    for moved in &done.moved {
        lines.extend(
            [Some(&moved.step), moved.rollback.as_ref()]
                .into_iter()
                .flatten()
                .filter_map(to_rename),
        );
    }
    for moved in &done.moved {
        lines.extend(moved.tests.iter().map(|test| to_mend(test, moved, second)));
    }
    let schemas = schemas.display().to_string();
    let folder = if schemas == "schemas" {
        String::new()
    } else {
        format!(" --schemas {schemas}")
    };
    lines.push(format!(
        "next: `cargo stepladder check{folder}`, then `git add {schemas}`"
    ));
    lines.join("\n")
}

/// Whether the order does not matter; `None` where methods in Rust decide it.
fn commute(done: &Renumbered) -> Option<bool> {
    if !done.order_matters.is_empty() {
        Some(false)
    } else if done.not_run.is_empty() {
        Some(true)
    } else {
        None
    }
}

fn not_run(methods: &[String]) -> String {
    let names: Vec<_> = methods.iter().map(|name| format!("`{name}`")).collect();
    let (names, are, were) = match &*names {
        [one] => (one.clone(), "is", "was"),
        _ => (names.join(", "), "are", "were"),
    };
    format!(
        "the schema is proven; {names} {are} Rust and {were} not run: whether the order matters to \
         the rows is for you to say"
    )
}

/// What is to be done by hand about a method.
fn to_rename(way: &Way) -> Option<String> {
    match way {
        Way::Sql(_) => None,
        Way::Rust { was, is } => Some(format!(
            "rename the method `{was}` of that branch to `{is}`, and the versions in it: it was tried \
             as a draft in SQL, not run"
        )),
    }
}

/// What is to be done by hand about a test. Both branches may have tests of one number, so that nobody
/// but their authors can tell which.
fn to_mend(test: &TestFile, moved: &MovedVersion, second: &str) -> String {
    let (file, from, to) = (&test.file, moved.from, moved.to);
    let rename = match &test.is {
        Some(is) => format!("; rename it to `{is}`"),
        None => String::new(),
    };
    format!(
        "{file} names version {from}: if it means that of {second}, it is version {to} now, and the one \
         before it {}{rename}",
        to - 1
    )
}

fn moved_facts(moved: &MovedVersion) -> Value {
    let way = |way: &Way| match way {
        Way::Sql(file) => json!({ "file": file }),
        Way::Rust { was, is } => json!({ "method": is, "was": was }),
    };
    json!({
        "from": moved.from,
        "to": moved.to,
        "step": way(&moved.step),
        "rollback": moved.rollback.as_ref().map(way),
        "tests": moved.tests.iter().map(|test| &test.file).collect::<Vec<_>>(),
    })
}
