//! The stepladder command, also usable as `cargo stepladder`: one module for each subcommand.

mod check;
mod diff;
mod draft;
mod explain;
mod export;
mod find;
mod import;
mod init;
mod make_migrations;
mod output;
mod progress;
mod renumber;
mod sql;
mod status;
mod usage;
mod wire;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use stepladder_build::diagnostic::Diagnostic;
use stepladder_build::{Error, remove_leftovers};

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
    /// Whether to write errors and warnings in colour; otherwise on a terminal, unless `NO_COLOR` is set.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    color: ColorChoice,
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
    /// Add to a Cargo package what it needs: dependencies, build.rs, a schema, a module and a test.
    Init(init::Arguments),
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

/// The folder that is read.
#[derive(Debug, Args)]
struct Folder {
    /// The folder with `schema.sql` and the snapshots; otherwise `schemas`, here or in a folder above.
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

impl Folder {
    fn find(&self) -> Result<PathBuf, Error> {
        match &self.schemas {
            Some(schemas) => Ok(schemas.clone()),
            None => Ok(find::schemas_folder()?),
        }
    }
}

/// The folder that is made.
#[derive(Debug, Args)]
struct NewFolder {
    /// The folder to write to.
    #[arg(long, value_name = "DIR", default_value = "schemas")]
    schemas: PathBuf,
}

fn main() -> ExitCode {
    let arguments = arguments(std::env::args_os());
    let cli = match usage::parse(&arguments) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let left = leftovers(&cli.command);
    let (done, format) = (run(&cli), cli.format);
    let output = done.unwrap_or_else(|error| Output::failed(&error));
    let output = output.behind(&left);
    let code = output.exit_code();
    output::print(&output, format);
    code
}

fn run(cli: &Cli) -> Result<Output, Error> {
    let format = cli.format;
    match &cli.command {
        Command::Init(arguments) => init::run(arguments, format),
        Command::MakeMigrations(arguments) => make_migrations::run(arguments, format),
        Command::Draft(arguments) => draft::run(arguments, format),
        Command::Check(folder) => check::run(folder, format),
        Command::Status(arguments) => status::run(arguments),
        Command::Diff(arguments) => Ok(diff::run(arguments)),
        Command::Export(arguments) => export::run(arguments),
        Command::Import(arguments) => import::run(arguments, format),
        Command::Renumber(arguments) => renumber::run(arguments),
        Command::Sql(arguments) => sql::run(arguments),
        Command::Explain(arguments) => Ok(explain::run(arguments)),
    }
}

/// Removes what a run that was stopped has left, before a command that writes.
fn leftovers(command: &Command) -> Vec<Diagnostic> {
    let schemas = match command {
        Command::MakeMigrations(arguments) => arguments.folder.find().ok(),
        Command::Draft(arguments) => arguments.folder.find().ok(),
        Command::Renumber(arguments) => arguments.folder.find().ok(),
        Command::Export(arguments) => Some(arguments.folder.schemas.clone()),
        Command::Import(arguments) => Some(arguments.schemas().to_owned()),
        Command::Init(_)
        | Command::Check(_)
        | Command::Status(_)
        | Command::Diff(_)
        | Command::Sql(_)
        | Command::Explain(_) => None,
    };
    schemas.map_or_else(Vec::new, |schemas| remove_leftovers(&schemas))
}

/// The arguments without the `stepladder` that cargo adds when it is called as a subcommand.
fn arguments(given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = given.collect();
    if arguments.get(1).is_some_and(|first| first == "stepladder") {
        arguments.remove(1);
    }
    arguments
}
