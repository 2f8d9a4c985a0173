//! `make-migrations`: the next version, and the draft of the step that leads to it.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use clap::Args;
use serde_json::{Value, json};
use stepladder_build::{
    Error, Guess, MakeMigrations, MakeMigrationsOptions, NewContent, NewStep, NewVersion, Places,
    RustMethod, Written, data_test, likely_renames, make_migrations_watched, new_rust_methods,
    write_all,
};

use crate::draft::{facts, methods_facts, methods_told, places, told};
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
    /// A table or column that has another name: `users=people`, `todos.owner_id=assignee_id`.
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    /// Take nothing for a rename that is not named by `--rename`.
    #[arg(long)]
    no_guess: bool,
    /// Draft no step in SQL: it is to be a method of `MigrationSteps`.
    #[arg(long)]
    rust: bool,
    /// Draft the way back as well.
    #[arg(long)]
    rollback: bool,
    /// Write the newest version anew: it was not released yet.
    #[arg(long)]
    amend: bool,
    /// Write a version that changes rows alone: with the schema of the one before, and an empty step
    /// to be filled in.
    #[arg(long, conflicts_with_all = ["rename", "no_guess", "accept_all"])]
    empty: bool,
    /// Write no test of what becomes of the data into `tests/` of the package.
    #[arg(long)]
    no_test: bool,
    /// Fill the places that are to be decided with the obvious default.
    #[arg(long)]
    accept_all: bool,
}

pub(crate) fn run(arguments: &Arguments, format: Format) -> Result<Output, Error> {
    let step = |wanted: bool| if wanted { NewStep::Sql } else { NewStep::None };
    let mut options = MakeMigrationsOptions {
        step: step(!arguments.rust),
        rollback: step(arguments.rollback),
        renames: arguments.rename.clone(),
        guess: if arguments.no_guess {
            Guess::No
        } else {
            Guess::Yes
        },
        places: places(arguments.accept_all),
        version: if arguments.amend {
            NewVersion::Amend
        } else {
            NewVersion::Next
        },
        content: if arguments.empty {
            NewContent::Rows
        } else {
            NewContent::Schema
        },
    };
    let schemas = &arguments.folder.find()?;
    let may_ask = options.renames.is_empty()
        && options.step == NewStep::Sql
        && options.content == NewContent::Schema;
    if may_ask && options.guess == Guess::Yes && std::io::stdin().is_terminal() {
        options.renames = asked(&likely_renames(schemas, options.version)?);
        options.guess = Guess::No;
    }
    let made = {
        let line = progress::line(format);
        make_migrations_watched(schemas, &options, &|progress| line.show(progress))?
    };
    Ok(match made {
        MakeMigrations::Unchanged { version } => unchanged(arguments, version),
        MakeMigrations::Written(written) => {
            let data_test = if arguments.no_test {
                None
            } else {
                write_test(schemas, written.version)?
            };
            let methods = if arguments.rust {
                methods(schemas, &written, &options)?
            } else {
                Vec::new()
            };
            let besides = Made {
                methods: &methods,
                test: data_test.as_deref(),
            };
            let text = written_told(schemas, &written, &options, besides);
            let facts = written_facts(&written, besides);
            Output::new(text, facts).with_diagnostics(&written.not_drafted)
        }
    })
}

fn unchanged(arguments: &Arguments, version: i32) -> Output {
    let amend = if arguments.amend { " --amend" } else { "" };
    let again = command(arguments, &format!("make-migrations{amend} --empty"));
    let mut helps = vec![format!("for a version that changes rows alone: `{again}`")];
    if arguments.rollback && !arguments.amend {
        let draft = command(arguments, &format!("draft --rollback {version}"));
        helps.push(format!("for the rollback of version {version}: `{draft}`"));
    }
    let mut lines = vec![format!("nothing has changed since version {version}")];
    lines.extend(helps.iter().map(|help| format!("help: {help}")));
    Output::new(
        lines.join("\n"),
        json!({ "version": version, "written": false, "helps": helps }),
    )
}

/// A command for the same folder.
fn command(arguments: &Arguments, words: &str) -> String {
    let schemas = arguments.folder.schemas.as_ref();
    let schemas = schemas.map(|schemas| format!(" --schemas {}", schemas.display()));
    format!("cargo stepladder {words}{}", schemas.unwrap_or_default())
}

/// The methods of the step to the version that was written, and of the way back where there has to
/// be one.
fn methods(
    schemas: &Path,
    written: &Written,
    options: &MakeMigrationsOptions,
) -> Result<Vec<RustMethod>, Error> {
    let Some(previous) = written.previous else {
        return Ok(Vec::new());
    };
    let versions = [previous, written.version];
    new_rust_methods(schemas, versions, &options.renames, options.guess)
}

/// Those of the likely renames that are renames to the one who sits there.
#[expect(clippy::print_stderr, reason = "a question, on a terminal")]
fn asked(likely: &[String]) -> Vec<String> {
    let mut stdin = std::io::stdin().lock();
    let mut is_one = |rename: &&String| {
        let (old, new) = rename.split_once('=').unwrap_or((rename, ""));
        eprint!("is `{old}` called `{new}` now, with its data? [Y/n] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        let read = stdin.read_line(&mut answer);
        read.is_ok() && !answer.trim().to_ascii_lowercase().starts_with('n')
    };
    likely
        .iter()
        .filter(|rename| is_one(rename))
        .cloned()
        .collect()
}

/// Writes the test of a version that moves data, where the tests of the package are known to reach
/// its strategy.
fn write_test(schemas: &Path, version: i32) -> Result<Option<String>, Error> {
    let Some(test) = data_test(schemas, version)? else {
        return Ok(None);
    };
    let shown = test.shown.clone();
    write_all(&[test])?;
    Ok(Some(shown))
}

/// What there is besides the files of the version.
#[derive(Clone, Copy)]
struct Made<'m> {
    /// The methods to write.
    methods: &'m [RustMethod],
    /// The test that was written.
    test: Option<&'m str>,
}

/// How the newest version is drafted again, with other options.
const AMEND: &str = "make-migrations --amend";

fn written_told(
    schemas: &Path,
    written: &Written,
    options: &MakeMigrationsOptions,
    made: Made<'_>,
) -> String {
    let mut lines = vec![format!("wrote {}", written.file.display())];
    let Some(previous) = written.previous else {
        lines.push("next: build the app; this is its first version".to_owned());
        return lines.join("\n");
    };
    lines.push(match options.content {
        NewContent::Schema => format!("changed since version {previous}:"),
        NewContent::Rows => format!("the schema is that of version {previous}: it is about rows"),
    });
    let differences = written.differences.iter();
    lines.extend(differences.map(|difference| format!("  {}", difference.replace('\n', "\n  "))));
    for kept in &written.kept {
        lines.push(format!(
            "the step as it was is in {kept}: take over what you wrote by hand"
        ));
    }
    for step in &written.steps {
        lines.extend(told(step, options.places, AMEND));
    }
    if let Some(test) = made.test {
        lines.push(format!("wrote {test}: say in it what becomes of the rows"));
    }
    let step = format!("from{previous}_to{}", written.version);
    let drafted = written.steps.iter().find(|step| step.from == previous);
    let open: Vec<_> = (written.steps.iter())
        .filter(|step| match options.places {
            Places::Leave => step.places > 0,
            Places::Accept => step.open > 0,
        })
        .map(|step| step.shown.as_str())
        .collect();
    lines.push(if !open.is_empty() {
        format!(
            "next: fill in what is open in {}, then build the app",
            open.join(" and ")
        )
    } else if let Some(drafted) = drafted {
        format!("next: read {}, then build the app", drafted.shown)
    } else if !made.methods.is_empty() {
        format!(
            "next: write into your `impl MigrationSteps`, then build the app:\n\n{}",
            methods_told(made.methods)
        )
    } else {
        let file = schemas.join("steps").join(format!("{step}.sql"));
        let file = file.display();
        format!("next: write {file}, or implement `{step}` of `MigrationSteps`")
    });
    lines.join("\n")
}

fn written_facts(written: &Written, made: Made<'_>) -> Value {
    let steps: Vec<Value> = written.steps.iter().map(facts).collect();
    json!({
        "version": written.version,
        "written": true,
        "file": written.shown,
        "previous": written.previous,
        "differences": written.differences,
        "steps": steps,
        "kept": written.kept,
        "test": made.test,
        "methods": methods_facts(made.methods),
    })
}
