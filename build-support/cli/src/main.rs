//! The stepladder command: `cargo stepladder make-migrations`, `cargo stepladder explain`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use stepladder_build::rule::Rule;
use stepladder_build::{Error, MakeMigrations, Written, make_migrations};

/// SQLite schema migrations that cannot be wrong quietly.
#[derive(Debug, Parser)]
#[command(name = "cargo stepladder", bin_name = "cargo stepladder", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the snapshot of the next version if `schema.sql` has moved on.
    MakeMigrations(Folder),
    /// Say what a rule finds, why, and what to do; without a name, list the rules.
    Explain {
        /// The name of the rule, such as `data_loss`.
        #[arg(value_parser = rule_names())]
        rule: Option<String>,
    },
}

fn rule_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Rule::ALL.map(Rule::name))
}

#[derive(Debug, Args)]
struct Folder {
    /// The folder with `schema.sql` and the snapshots.
    #[arg(long, value_name = "DIR", default_value = "schemas")]
    schemas: PathBuf,
}

fn main() -> ExitCode {
    // `Parser::parse_from` leaves with 2 on a mistake of usage.
    let cli = Cli::parse_from(arguments(std::env::args_os()));
    let done = match cli.command {
        Command::MakeMigrations(folder) => {
            make_migrations(&folder.schemas).map(|made| told(&folder.schemas, &made))
        }
        Command::Explain { rule } => Ok(explained(rule.as_deref())),
    };
    print(&done);
    if done.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The arguments without the `stepladder` that cargo adds when it is called as a subcommand.
fn arguments(given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = given.collect();
    if arguments.get(1).is_some_and(|first| first == "stepladder") {
        arguments.remove(1);
    }
    arguments
}

/// The page of a rule, or the names of all with their levels.
fn explained(rule: Option<&str>) -> String {
    if let Some(rule) = rule.and_then(Rule::named) {
        return rule.page().trim_end().to_owned();
    }
    let lines = Rule::ALL.map(|rule| format!("{:<26}{}", rule.name(), rule.default_level()));
    lines.join("\n")
}

/// What was done and what is to be done next.
fn told(schemas: &Path, made: &MakeMigrations) -> String {
    match made {
        MakeMigrations::Unchanged { version } => {
            format!("nothing has changed since version {version}")
        }
        MakeMigrations::Written(written) => written_told(schemas, written),
    }
}

fn written_told(schemas: &Path, written: &Written) -> String {
    let mut lines = vec![format!("wrote {}", written.file.display())];
    let Some(previous) = written.previous else {
        lines.push("next: build the app; this is its first version".to_owned());
        return lines.join("\n");
    };
    lines.push(format!("changed since version {previous}:"));
    let differences = written.differences.iter();
    lines.extend(differences.map(|difference| format!("  {}", difference.replace('\n', "\n  "))));
    let step = format!("from{previous}_to{}", written.version);
    let file = schemas.join("steps").join(format!("{step}.sql"));
    lines.push(format!(
        "next: write {}, or implement `{step}` of `MigrationSteps`",
        file.display()
    ));
    lines.join("\n")
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one function that talks to the terminal"
)]
fn print(done: &Result<String, Error>) {
    match done {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("{error}"),
    }
}
