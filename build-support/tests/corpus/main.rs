//! The histories of real apps, where they are at hand: they are read in place, not copied here.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that says what it measured"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use stepladder_build::{
    DraftedSteps, ImportKind, Imported, Places, check, draft_steps, generate, import,
};
use tempfile::TempDir;

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

/// A history of the corpus as a schemas folder.
struct History {
    _home: TempDir,
    schemas: PathBuf,
    imported: Imported,
}

fn imported(name: &str) -> Option<History> {
    let kind = match name.split('/').next() {
        Some("room") => ImportKind::Room,
        _ => ImportKind::Drift,
    };
    Some(history(kind, &corpus(name)?, name))
}

fn history(kind: ImportKind, from: &Path, name: &str) -> History {
    let home = tempfile::tempdir().unwrap();
    let schemas = home.path().join("schemas");
    let start = Instant::now();
    let imported = import(kind, from, &schemas).unwrap_or_else(|error| panic!("{error}"));
    println!(
        "{name}: {} versions imported, {} left out, in {:?}",
        imported.versions.len(),
        imported.left_out.len(),
        start.elapsed()
    );
    for line in &imported.notes {
        println!("{line}");
    }
    for left_out in &imported.left_out {
        println!("{left_out}");
    }
    History {
        _home: home,
        schemas,
        imported,
    }
}

fn generated(name: &str) -> Option<(usize, String)> {
    let history = imported(name)?;
    let start = Instant::now();
    let code = generate(&history.schemas).unwrap();
    println!("{name}: {} bytes in {:?}", code.len(), start.elapsed());
    if let Some(out) = std::env::var_os("STEPLADDER_CORPUS_OUT") {
        let out = PathBuf::from(out);
        std::fs::create_dir_all(&out).unwrap();
        std::fs::write(out.join(format!("{}.rs", name.replace('/', "_"))), &code).unwrap();
    }
    Some((history.imported.versions.len(), code))
}

/// The generator has 2 s for the 119 versions, in a build script that is not optimised. The limit
/// here is far wider: other tests run at the same time, on slow machines.
const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn room_simple() {
    let start = Instant::now();
    if let Some((versions, code)) = generated("room/simple") {
        assert_eq!(versions, 119);
        assert!(code.len() < 3_000_000, "{} bytes", code.len());
        assert!(start.elapsed() < LIMIT);
    }
}

#[test]
fn drift_fitbook() {
    if let Some((versions, code)) = generated("drift/fitbook") {
        assert_eq!(versions, 52);
        assert!(code.len() < 2_500_000, "{} bytes", code.len());
    }
}

#[test]
fn room_nowinandroid() {
    if let Some((versions, _)) = generated("room/nowinandroid") {
        assert_eq!(versions, 14);
    }
}

/// The size of the code for a history of 40 tables, in which each version adds a column to one.
fn size_of_growing(versions: usize) -> usize {
    let home = tempfile::tempdir().unwrap();
    let write = |version: usize, sql: &str| {
        std::fs::write(home.path().join(format!("{version}.sql")), sql).unwrap();
    };
    let tables = (0..40).map(|table| {
        format!("CREATE TABLE t{table} (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT);\n")
    });
    write(1, &tables.collect::<String>());
    for version in 2..=versions {
        let table = version % 40;
        write(
            version,
            &format!("ALTER TABLE t{table} ADD COLUMN c{version} TEXT;\n"),
        );
    }
    let history = history(ImportKind::Sql, home.path(), "growing");
    assert_eq!(history.imported.versions.len(), versions);
    generate(&history.schemas).unwrap().len()
}

#[test]
fn the_size_grows_with_the_changes() {
    let (one, sixty) = (size_of_growing(1), size_of_growing(60));
    println!("40 tables: 1 version {one} bytes, 60 versions {sixty} bytes");
    // A copy of every table in every version would be 60 times the first.
    assert!(sixty < one * 5, "{sixty} bytes after {one}");
}

/// The steps that the tool drafts for a history, proven as they are drafted and again by the build.
fn drafted(name: &str) -> Option<(usize, DraftedSteps, Duration)> {
    let history = imported(name)?;
    let start = Instant::now();
    let drafted = draft_steps(&history.schemas, Places::Accept).unwrap();
    let took = start.elapsed();
    let start = Instant::now();
    let checked = check(&history.schemas);
    let proof = start.elapsed();
    let places: usize = drafted.written.iter().map(|step| step.places).sum();
    println!(
        "{name}: {} of {} steps drafted, {places} places accepted, in {took:?}; checked in {proof:?}",
        drafted.written.len(),
        history.imported.versions.len() - 1
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
    Some((history.imported.versions.len(), drafted, proof))
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
