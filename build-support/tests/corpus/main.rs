//! The histories of real apps, where they are at hand: they are read in place, not copied here.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that says what it measured"
)]

mod convert;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use stepladder_build::{DraftedSteps, Places, draft_steps};

fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/corpus")
        .join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

fn generated(name: &str) -> Option<(usize, String)> {
    let versions = convert::read(&corpus(name)?);
    let folder = tempfile::tempdir().unwrap();
    convert::write(&versions, folder.path());
    let start = Instant::now();
    let code = stepladder_build::generate(folder.path()).unwrap();
    println!(
        "{name}: {} versions, {} bytes in {:?}",
        versions.len(),
        code.len(),
        start.elapsed()
    );
    if let Some(out) = std::env::var_os("STEPLADDER_CORPUS_OUT") {
        let out = PathBuf::from(out);
        std::fs::create_dir_all(&out).unwrap();
        std::fs::write(out.join(format!("{}.rs", name.replace('/', "_"))), &code).unwrap();
    }
    Some((versions.len(), code))
}

/// The generator has 2 s for the 119 versions, in a build script that is not optimised. The limit
/// here is wider, for slow machines.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn room_simple() {
    let start = Instant::now();
    if let Some((versions, code)) = generated("room/simple") {
        assert_eq!(versions, 119);
        assert!(code.len() < 1_500_000, "{} bytes", code.len());
        assert!(start.elapsed() < LIMIT);
    }
}

#[test]
fn drift_fitbook() {
    if let Some((versions, code)) = generated("drift/fitbook") {
        assert_eq!(versions, 52);
        assert!(code.len() < 1_000_000, "{} bytes", code.len());
    }
}

#[test]
fn room_nowinandroid() {
    if let Some((versions, _)) = generated("room/nowinandroid") {
        assert_eq!(versions, 14);
    }
}

/// A history of 40 tables, in which each version adds a column to one of them.
fn growing(versions: i32) -> convert::Statements {
    let mut columns = [5; 40];
    let mut history = convert::Statements::new();
    for version in 1..=versions {
        let tables = columns.iter().enumerate().map(|(table, count)| {
            let columns: Vec<_> = (0..*count)
                .map(|column| format!("c{column} TEXT"))
                .collect();
            format!(
                "CREATE TABLE t{table} (id INTEGER PRIMARY KEY, {})",
                columns.join(", ")
            )
        });
        history.insert(version, tables.collect());
        columns[usize::try_from(version).unwrap() % 40] += 1;
    }
    history
}

fn size_of(history: &convert::Statements) -> usize {
    let folder = tempfile::tempdir().unwrap();
    convert::write(history, folder.path());
    stepladder_build::generate(folder.path()).unwrap().len()
}

#[test]
fn the_size_grows_with_the_changes() {
    let (one, sixty) = (size_of(&growing(1)), size_of(&growing(60)));
    println!("40 tables: 1 version {one} bytes, 60 versions {sixty} bytes");
    // A copy of every table in every version would be 60 times the first.
    assert!(sixty < one * 5, "{sixty} bytes after {one}");
}

/// The steps that the tool drafts for a history, proven as they are drafted and again by the build.
fn drafted(name: &str) -> Option<(usize, DraftedSteps, Duration)> {
    let versions = convert::read(&corpus(name)?);
    let folder = tempfile::tempdir().unwrap();
    convert::write(&versions, folder.path());
    let start = Instant::now();
    let drafted = draft_steps(folder.path(), Places::Accept).unwrap();
    let took = start.elapsed();
    let start = Instant::now();
    let checked = stepladder_build::check(folder.path());
    let proof = start.elapsed();
    let places: usize = drafted.written.iter().map(|step| step.places).sum();
    println!(
        "{name}: {} of {} steps drafted, {places} places accepted, in {took:?}; checked in {proof:?}",
        drafted.written.len(),
        versions.len() - 1
    );
    if let Some(out) = std::env::var_os("STEPLADDER_DRAFTS_OUT") {
        let out = PathBuf::from(out).join(name).join("steps");
        std::fs::create_dir_all(&out).unwrap();
        for step in &drafted.written {
            std::fs::copy(&step.file, out.join(step.file.file_name().unwrap())).unwrap();
        }
    }
    for failed in &drafted.failed {
        println!("{failed}");
    }
    if drafted.failed.is_empty() {
        let warnings = checked.unwrap_or_else(|error| panic!("{error}"));
        for warning in warnings {
            println!("{warning}");
        }
    }
    Some((versions.len(), drafted, proof))
}

#[test]
fn every_missing_step_is_drafted_and_proven() {
    for name in [
        "room/simple",
        "room/nowinandroid",
        "drift/fitbook",
        "drift/drift-example",
        "drift/mallow",
        "drift/zulip",
    ] {
        let Some((versions, drafted, proof)) = drafted(name) else {
            continue;
        };
        assert!(drafted.failed.is_empty(), "{name}");
        assert_eq!(drafted.written.len(), versions - 1, "{name}");
        assert!(proof < LIMIT, "{name}: {proof:?}");
    }
}
