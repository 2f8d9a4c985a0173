//! Other processes: this test program, started again with a task in a variable.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use stepladder::__private::StepContext;
use stepladder::{Error, History, MigrationStrategy, Migrator, Result};

use crate::scenario::Scenario;
use crate::scene;
use crate::support::Steps;

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

/// A process for a task with a file: one of those below, or the upgrade of a scenario.
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

/// What a child says until it ends, or is killed after this time, counted from what it says first.
pub(crate) fn said_until_killed(mut command: Command, delay: Duration) -> Vec<String> {
    // Nobody reads it, and a child must not wait for that.
    let mut child = command.stderr(Stdio::inherit()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (sender, receiver) = channel();
    let mut all: Vec<String> = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for line in lines {
                let line = line.unwrap();
                if let Some(said) = said(&line).first() {
                    sender.send((*said).to_owned()).unwrap();
                }
            }
        });
        all.push(receiver.recv().unwrap());
        let end = Instant::now() + delay;
        loop {
            match receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => all.push(line),
                Err(RecvTimeoutError::Timeout) => break child.kill().unwrap(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        // What it said just before.
        all.extend(receiver.iter());
    });
    // One that fails by itself was not killed.
    let status = child.wait().unwrap();
    assert!(
        status.success() || status.code().is_none(),
        "{status}: {all:?}"
    );
    all
}

pub(crate) fn say(what: &str) {
    let mut output = std::io::stdout().lock();
    // The name of the test may stand on the line, without an end.
    output
        .write_all(format!("\n{MARK}{}\n", what.replace('\n', " ")).as_bytes())
        .unwrap();
    output.flush().unwrap();
}

#[test]
fn the_task_of_a_child() {
    let Ok(task) = env::var(TASK) else { return };
    let file = PathBuf::from(env::var_os(FILE).unwrap());
    let pragmas = env::var(PRAGMAS).unwrap();
    match task.as_str() {
        "small disk" => crate::full_disk::on_a_small_disk(&file),
        "tenants" => crate::tenants::work(&file, &pragmas),
        "race" => crate::race::work(),
        scenario => upgrade(&file, &pragmas, scenario),
    }
}

/// Opens the file with the strategy, and says when it begins, where it is and how it went.
fn upgrade(file: &Path, pragmas: &str, scenario: &str) {
    let telling = Telling(scene::steps());
    let mut strategy = Scenario::named(scenario).strategy(telling);
    say("started");
    let opened = open(&mut strategy, file, pragmas);
    say(&End::of(&opened).line());
}

/// Steps that say where they start.
struct Telling(Steps);

impl Migrator for Telling {
    fn history(&self) -> &'static History {
        self.0.history()
    }

    fn run_step(&mut self, step: StepContext<'_>) -> Result<()> {
        say(&format!("at {}", step.from()));
        self.0.run_step(step)
    }

    fn rollbacks(&self) -> &'static [i32] {
        self.0.rollbacks()
    }

    fn run_rollback(&mut self, rollback: StepContext<'_>) -> Result<()> {
        say(&format!("at {}", rollback.from()));
        self.0.run_rollback(rollback)
    }
}

/// Without pragmas, as an app opens it.
fn open<M: Migrator>(
    strategy: &mut MigrationStrategy<'_, M>,
    file: &Path,
    pragmas: &str,
) -> Result<()> {
    if pragmas.is_empty() {
        return strategy.open(file).map(drop);
    }
    let mut connection = Connection::open(file)?;
    connection.execute_batch(pragmas)?;
    strategy.migrate(&mut connection).map(drop)
}

/// What became of an upgrade, as far as its process could say it.
#[derive(Debug)]
pub(crate) struct Report {
    /// The version from which the last step began.
    pub(crate) began_at: Option<i32>,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) enum End {
    Done,
    Killed,
    Failed {
        /// The version that the error names.
        committed: Option<i32>,
        message: String,
    },
}

impl End {
    pub(crate) fn of<T>(result: &Result<T>) -> Self {
        let (committed, error) = match result {
            Ok(_) => return Self::Done,
            Err(Error::PartlyUpgraded {
                version_now,
                source,
                ..
            }) => (Some(*version_now), &**source),
            Err(error) => (None, error),
        };
        Self::Failed {
            committed,
            message: error.to_string(),
        }
    }

    /// What a child says of it.
    fn line(&self) -> String {
        match self {
            Self::Done => "done".to_owned(),
            Self::Killed => String::new(),
            Self::Failed {
                committed: Some(version),
                message,
            } => format!("error at {version}: {message}"),
            Self::Failed {
                committed: None,
                message,
            } => format!("error: {message}"),
        }
    }
}

impl Report {
    /// Reads what an upgrade has said, up to where it was killed.
    pub(crate) fn of<'a>(said: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut began_at, mut end) = (None, End::Killed);
        for line in said {
            if line == "done" {
                end = End::Done;
            } else if let Some(version) = line.strip_prefix("at ") {
                began_at = Some(version.parse().unwrap());
            } else if let Some(error) = line.strip_prefix("error") {
                let (place, message) = error.split_once(": ").unwrap();
                let committed = place.strip_prefix(" at ");
                end = End::Failed {
                    committed: committed.map(|version| version.parse().unwrap()),
                    message: message.to_owned(),
                };
            } else {
                assert_eq!(line, "started");
            }
        }
        Self { began_at, end }
    }
}
