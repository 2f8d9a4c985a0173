//! The histories of real apps, where they are at hand: they are read in place, not copied here.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that says what it measured"
)]

mod convert;

use std::path::{Path, PathBuf};
use std::time::Instant;

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
const LIMIT: std::time::Duration = std::time::Duration::from_secs(20);

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
