//! A small to-do list on the command line. Its schema has gone through five versions; `demo` makes a
//! file as the first release left it and upgrades it.

mod db;
mod demo;
mod status;
mod steps;

/// The schema, generated from `schemas/` by the build script.
mod schema {
    stepladder::include_schema!();
}

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A to-do list in an SQLite file.
#[derive(Parser)]
struct Arguments {
    /// The database file.
    #[arg(long, default_value = "todo.db")]
    file: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Adds a to-do.
    Add {
        /// What there is to do.
        title: String,
        /// The list in which it is; made if it is not there.
        #[arg(long, default_value = "inbox")]
        list: String,
        /// Until when, such as 2026-12-24.
        #[arg(long)]
        due: Option<String>,
    },
    /// Shows what is open.
    List,
    /// Marks a to-do as done.
    Done {
        /// The number that `list` shows.
        id: i64,
    },
    /// Shows the to-dos with these words in their titles.
    Find {
        /// The words.
        words: String,
    },
    /// Upgrades a file of the first version, and shows it before and after.
    Demo,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]
fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command and gives back what it has to say.
fn run(arguments: &Arguments) -> stepladder::Result<String> {
    let open = || db::strategy().open(&arguments.file);
    match &arguments.command {
        Command::Add { title, list, due } => db::add(&open()?, title, list, due.as_deref()),
        Command::List => db::list(&open()?),
        Command::Done { id } => db::done(&open()?, *id),
        Command::Find { words } => db::find(&open()?, words),
        Command::Demo => demo::run(),
    }
}

/// Each pair of versions, without and with rows in the tables.
#[cfg(test)]
mod tests {
    crate::schema::migration_tests!(crate::db::strategy());
}
