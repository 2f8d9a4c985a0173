//! What is wrong outside of the schema: files, disks, databases, and somebody who presses Ctrl-C.

#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop, or says that it was skipped"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod database;
mod disk;
mod files;
mod lock;
mod project;
#[cfg(unix)]
mod stopped;
