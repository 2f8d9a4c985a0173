//! The histories of real apps, where they are at hand: they are read in place, not copied here.

#![expect(clippy::unwrap_used, reason = "a test")]

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

#[test]
fn room_simple() {
    generated("room/simple");
}

#[test]
fn drift_fitbook() {
    generated("drift/fitbook");
}

#[test]
fn room_nowinandroid() {
    generated("room/nowinandroid");
}
