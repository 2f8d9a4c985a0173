//! The verifier, and what the generated tests say of steps that are wrong in ways that rustc cannot
//! see.

#![expect(
    clippy::needless_raw_string_hashes,
    clippy::unwrap_used,
    reason = "expect-test writes the strings; a test that cannot be set up is to stop"
)]

mod generated;
mod strategy;
#[path = "../support/mod.rs"]
mod support;
mod verifier;

use std::panic::{AssertUnwindSafe, catch_unwind};

use expect_test::Expect;
use stepladder::verify::{MigrationTests, SchemaVerifier};
use support::Steps;

const V1: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE todos (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT,
        owner_id INTEGER NOT NULL REFERENCES users (id)
    );
    CREATE INDEX todos_by_title ON todos (title)";
const V2: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE todos (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT,
        owner_id INTEGER NOT NULL REFERENCES users (id), slug TEXT
    );
    CREATE INDEX todos_by_title ON todos (title)";
const V3: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE todos (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT,
        owner_id INTEGER NOT NULL REFERENCES users (id), slug TEXT, due TEXT
    );
    CREATE INDEX todos_by_title ON todos (title)";

const VERSIONS: [(i32, &str); 3] = [(1, V1), (2, V2), (3, V3)];

/// Steps of which the second also runs this.
fn steps(also: &'static str) -> Steps {
    Steps::new(&VERSIONS)
        .step(1, |m| m.add_column("todos", "slug TEXT"))
        .step(2, move |m| {
            m.add_column("todos", "due TEXT")?;
            m.with_connection(|connection| Ok(connection.execute_batch(also)?))
        })
}

fn verifier() -> SchemaVerifier {
    SchemaVerifier::new(steps("").history)
}

fn tests(also: &'static str) -> MigrationTests {
    MigrationTests::new(move || steps(also).strategy())
}

/// What a test says when it fails.
fn said(test: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("it passes");
    *panic.downcast::<String>().unwrap()
}

fn check(test: impl FnOnce(), expected: &Expect) {
    expected.assert_eq(&said(test));
}
