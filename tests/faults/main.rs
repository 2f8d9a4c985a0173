//! Faults: whatever happens during an upgrade, the file is at the old version or at the new one.
//!
//! `docs/faults.md` says which test shows what. With `STEPLADDER_FAULTS=long` there are ten times
//! as many rounds, or every point where otherwise some are left out.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod child;
mod corrupt;
mod downgrade;
mod full_disk;
mod interrupts;
mod kill;
mod names;
mod panics;
mod place;
mod race;
mod random;
mod readers;
mod scenario;
mod scene;
mod seeds;
mod strace;
#[path = "../support/mod.rs"]
mod support;
mod system_calls;
mod tenants;

/// How often something is tried: in CI, and where there is time.
fn effort(usual: usize, long: usize) -> usize {
    if std::env::var("STEPLADDER_FAULTS").is_ok_and(|effort| effort == "long") {
        long
    } else {
        usual
    }
}

/// What a test has met, for who runs it with `--nocapture`.
#[expect(clippy::print_stderr, reason = "a test has no other way to tell")]
fn tell(text: &str) {
    eprintln!("{text}");
}

/// A folder in memory where there is one: what a fault leaves there is the same, and thousands of
/// rounds do not wait for a disk.
fn memory_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}
