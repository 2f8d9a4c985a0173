//! Right steps, spoilt in many ways by a machine: what does something else has to be rejected.
//!
//! An oracle that knows nothing of the proof runs each mutant and tells whether it does something
//! else than the right step. A mutant that does, and is not rejected, is a survivor. `survivors.txt`
//! lists all of them with the reason; to write it anew:
//!
//! ```text
//! STEPLADDER_MUTANTS=all UPDATE_EXPECT=1 cargo test -p stepladder-build --test mutants
//! ```
//!
//! Without `STEPLADDER_MUTANTS=all` one mutant in a few is tried, and none of the histories of real
//! apps.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that says what it measured"
)]

mod case;
mod operators;
mod oracle;
mod real;
mod reasons;
mod step;

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use case::Case;
use expect_test::expect_file;
use oracle::Oracle;
use step::Mutant;

/// One mutant in so many is tried, where not all are.
const EVERY: usize = 7;
/// A test with fewer mutants says little.
const LEAST: usize = 300;

/// A mutant, and what became of it.
struct Tried {
    case: String,
    operator: &'static str,
    shown: String,
    /// What the build says.
    said: Option<String>,
    /// What the step does that the right one does not do.
    does: Option<String>,
}

impl Tried {
    fn line(&self) -> String {
        format!("{}: {}: {}", self.operator, self.case, self.shown)
    }

    fn survives(&self) -> bool {
        self.said.is_none() && self.does.is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Sample,
    Few,
}

fn which() -> Which {
    match env::var("STEPLADDER_MUTANTS").as_deref() {
        Ok("all") => Which::All,
        _ => Which::Sample,
    }
}

#[test]
fn mutants() {
    let which = which();
    let cases: Vec<Case> = case::samples().into_iter().chain(case::written()).collect();
    let tried = tried(cases, which);
    assert!(tried.len() >= LEAST);
    match which {
        Which::All => expect_file![file()].assert_eq(&report(&tried)),
        Which::Sample | Which::Few => compare(&tried),
    }
}

/// Their histories are not a part of this project, so the survivors are only shown.
#[test]
fn mutants_of_real_apps() {
    if which() == Which::Sample {
        println!("skipped: STEPLADDER_MUTANTS is not `all`");
        return;
    }
    let tried = tried(real::cases(), Which::Few);
    for tried in tried.iter().filter(|tried| tried.survives()) {
        let does = tried.does.as_deref().unwrap_or_default();
        let short: String = does.chars().take(300).collect();
        println!("{}\n    {short}", tried.line());
    }
}

/// Tries the mutants of some histories, and says how many there are.
fn tried(cases: Vec<Case>, which: Which) -> Vec<Tried> {
    let start = Instant::now();
    let histories = cases.len();
    let tried = in_threads(cases, which);
    let count = |of: fn(&Tried) -> bool| tried.iter().filter(|tried| of(tried)).count();
    println!(
        "{histories} steps, {} mutants in {:?}: {} equivalent, {} rejected, {} survivors; {} rejected in which the oracle \
         saw no difference",
        tried.len(),
        start.elapsed(),
        count(|tried| tried.said.is_none() && tried.does.is_none()),
        count(|tried| tried.said.is_some() && tried.does.is_some()),
        count(Tried::survives),
        count(|tried| tried.said.is_some() && tried.does.is_none()),
    );
    tried
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutants/survivors.txt")
}

fn try_all(case: &Case, which: Which) -> Vec<Tried> {
    let report = case.build(&case.step);
    assert_eq!(report, None, "the right step of {}", case.name);
    let oracle = Oracle::new(case);
    let tried = |mutant: Mutant| Tried {
        case: case.name.clone(),
        operator: mutant.operator,
        shown: mutant.shown,
        said: case.build(&mutant.text),
        does: oracle.difference(&mutant.text),
    };
    let every = match which {
        Which::All => 1,
        Which::Sample => EVERY,
        Which::Few => EVERY * 5,
    };
    let mutants = operators::mutants(case).into_iter();
    mutants.step_by(every).map(tried).collect()
}

fn in_threads(cases: Vec<Case>, which: Which) -> Vec<Tried> {
    let order: Vec<_> = cases.iter().map(|case| case.name.clone()).collect();
    let left = Mutex::new(cases);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = { left.lock().unwrap().pop() } {
                    let tried = try_all(&case, which);
                    done.lock().unwrap().push((case.name.clone(), tried));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(name, _)| order.iter().position(|other| other == name));
    done.into_iter().flat_map(|(_, tried)| tried).collect()
}

/// The survivors with their reasons.
fn report(tried: &[Tried]) -> String {
    let mut text =
        "Mutants that do something else than the right step, and are not rejected: the kind of\n\
        mistake, the history, and the statement with what was there and what took its place.\n"
            .to_owned();
    for heading in reasons::headings() {
        let lines: BTreeSet<_> = (tried.iter())
            .filter(|tried| tried.survives() && reasons::reason(tried) == heading)
            .map(Tried::line)
            .collect();
        if !lines.is_empty() {
            let lines: Vec<_> = lines.into_iter().collect();
            write!(
                text,
                "\n# {}\n\n{}\n",
                heading.replace('\n', "\n# "),
                lines.join("\n")
            )
            .unwrap();
        }
    }
    let equal = (tried.iter()).filter(|tried| tried.said.is_some() && tried.does.is_none());
    text.push_str(
        "\n# Rejected, and the rows of the oracle show no difference: the proof has others.\n\n",
    );
    for tried in equal {
        let said = tried.said.as_deref().unwrap_or_default();
        writeln!(
            text,
            "{}: {}",
            tried.line(),
            said.lines().next().unwrap_or_default()
        )
        .unwrap();
    }
    text
}

/// Compares a sample with the list of all.
fn compare(tried: &[Tried]) {
    let text = fs::read_to_string(file()).unwrap();
    let known: BTreeSet<&str> = text.lines().collect();
    let wrong: Vec<_> = (tried.iter())
        .filter(|tried| tried.survives() != known.contains(tried.line().as_str()))
        .filter(|tried| tried.said.is_none() || tried.does.is_some())
        .map(|tried| {
            let does = tried.does.as_deref().unwrap_or("what the right step does");
            let said = tried.said.as_deref().unwrap_or("nothing");
            format!(
                "{}\n  the build says: {said}\n  it does: {does}",
                tried.line()
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "other survivors than in survivors.txt:\n{}",
        wrong.join("\n")
    );
}
