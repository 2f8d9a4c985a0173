//! The stepladder command, also usable as `cargo stepladder`: one module for each subcommand.

mod check;
mod diff;
mod draft;
mod explain;
mod export;
mod import;
mod make_migrations;
mod output;
mod renumber;
mod sql;
mod status;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use stepladder_build::diagnostic::Diagnostic;
use stepladder_build::remove_leftovers;

use crate::output::Output;

/// SQLite schema migrations that cannot be wrong quietly.
///
/// Exit codes: 0 all is well, 1 something is wrong in the folder, 2 a mistake in the arguments.
#[derive(Debug, Parser)]
#[command(name = "cargo stepladder", bin_name = "cargo stepladder", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How to write what there is to say.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Who reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A person.
    Text,
    /// A program: one JSON object.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the next version if `schema.sql` has moved on, and draft the step that leads to it.
    MakeMigrations(make_migrations::Arguments),
    /// Draft the steps that are missing, and prove them.
    Draft(draft::Arguments),
    /// Check all that a build checks, and write nothing.
    Check(Folder),
    /// Say how far the folder is, or where a database file stands.
    Status(status::Arguments),
    Diff(diff::Arguments),
    /// Write the schema of a database file as the first version.
    Export(export::Arguments),
    /// Write the history of another tool to a schemas folder.
    Import(import::Arguments),
    /// Put the versions of two branches in a row that both made a version of the same number.
    Renumber(renumber::Arguments),
    /// Print one script that leads from a version to another.
    Sql(sql::Arguments),
    /// Say what a rule finds, why, and what to do; without a name, list the rules.
    Explain(explain::Arguments),
}

/// Where the schema is.
#[derive(Debug, Args)]
struct Folder {
    /// The folder with `schema.sql` and the snapshots.
    #[arg(long, value_name = "DIR", default_value = "schemas")]
    schemas: PathBuf,
}

fn main() -> ExitCode {
    // `Parser::parse_from` leaves with 2 on a mistake of usage.
    let cli = Cli::parse_from(arguments(std::env::args_os()));
    let left = leftovers(&cli.command);
    let done = match cli.command {
        Command::MakeMigrations(arguments) => make_migrations::run(&arguments),
        Command::Draft(arguments) => draft::run(&arguments),
        Command::Check(folder) => check::run(&folder.schemas),
        Command::Status(arguments) => status::run(&arguments),
        Command::Diff(arguments) => Ok(diff::run(&arguments)),
        Command::Export(arguments) => export::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Renumber(arguments) => renumber::run(&arguments),
        Command::Sql(arguments) => sql::run(&arguments),
        Command::Explain(arguments) => Ok(explain::run(&arguments)),
    };
    match done {
        Ok(output) => {
            let code = output.exit_code();
            output::print(&output.behind(&left), cli.format);
            code
        }
        Err(error) => {
            output::print(&Output::failed(&error).behind(&left), cli.format);
            ExitCode::FAILURE
        }
    }
}

/// Removes what a run that was stopped has left, before a command that writes.
fn leftovers(command: &Command) -> Vec<Diagnostic> {
    match command {
        Command::MakeMigrations(arguments) => remove_leftovers(arguments.schemas()),
        Command::Draft(arguments) => remove_leftovers(arguments.schemas()),
        Command::Export(arguments) => remove_leftovers(arguments.schemas()),
        Command::Import(arguments) => remove_leftovers(arguments.schemas()),
        Command::Renumber(arguments) => remove_leftovers(arguments.schemas()),
        Command::Check(_)
        | Command::Status(_)
        | Command::Diff(_)
        | Command::Sql(_)
        | Command::Explain(_) => Vec::new(),
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
