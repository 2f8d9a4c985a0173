//! Other processes: this test program, started again with a task in a variable.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use stepladder::{MigrationStrategy, OpeningDetails, Result};

use crate::scene;

const TASK: &str = "STEPLADDER_FAULT_TASK";
const FILE: &str = "STEPLADDER_FAULT_FILE";
const PRAGMAS: &str = "STEPLADDER_FAULT_PRAGMAS";

/// The arguments with which the test program runs nothing but the task.
const ARGUMENTS: [&str; 4] = [
    "child::the_task_of_a_child",
    "--exact",
    "--nocapture",
    "--test-threads=1",
];

/// What begins a line that a child says to its parent; the test program prints lines of its own.
const MARK: &str = "@@ ";

/// A process for a task with a file.
pub(crate) fn command(task: &str, file: &Path, pragmas: &str) -> Command {
    command_under(&[], task, file, pragmas)
}

/// The same, started by another program.
pub(crate) fn command_under(program: &[&str], task: &str, file: &Path, pragmas: &str) -> Command {
    let this = env::current_exe().unwrap();
    let mut command = match program {
        [] => Command::new(&this),
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(&this);
            command
        }
    };
    command
        .args(ARGUMENTS)
        .env(TASK, task)
        .env(FILE, file)
        .env(PRAGMAS, pragmas)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What a child said.
pub(crate) fn said(output: &str) -> Vec<&str> {
    (output.lines())
        .filter_map(|line| line.strip_prefix(MARK))
        .collect()
}

pub(crate) fn say(what: &str) {
    let mut output = std::io::stdout().lock();
    // The name of the test may stand on the line, without an end.
    output
        .write_all(format!("\n{MARK}{what}\n").as_bytes())
        .unwrap();
    output.flush().unwrap();
}

#[test]
fn the_task_of_a_child() {
    let Ok(task) = env::var(TASK) else { return };
    let file = PathBuf::from(env::var_os(FILE).unwrap());
    let pragmas = env::var(PRAGMAS).unwrap();
    match task.as_str() {
        "upgrade" => upgrade(&file, &pragmas),
        "small disk" => crate::full_disk::on_a_small_disk(&file),
        "race" => crate::race::work(),
        other => panic!("there is no task `{other}`"),
    }
}

/// Opens the file with the strategy, and says when it begins and how it went.
fn upgrade(file: &Path, pragmas: &str) {
    let mut steps = scene::steps();
    say("started");
    match open(&mut steps, file, pragmas) {
        Ok(_) => say("done"),
        Err(error) => say(&format!("error {error}")),
    }
}

/// Without pragmas, as an app opens it.
fn open(
    steps: &mut crate::support::Steps,
    file: &Path,
    pragmas: &str,
) -> Result<Option<OpeningDetails>> {
    let mut strategy = MigrationStrategy::new(steps);
    if pragmas.is_empty() {
        strategy.open(file)?;
        return Ok(None);
    }
    let mut connection = Connection::open(file)?;
    connection.execute_batch(pragmas)?;
    strategy.migrate(&mut connection).map(Some)
}
