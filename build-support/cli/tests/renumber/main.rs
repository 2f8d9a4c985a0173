//! Two branches that both made a version, and `renumber`, as it is run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod forms;
mod git;
mod orders;
mod project;
mod rows;
