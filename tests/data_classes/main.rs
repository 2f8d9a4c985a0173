//! The data classes that are generated for each table and view: what they read and write, and what
//! they say of a value that does not fit.

#![deny(
    warnings,
    unused,
    nonstandard_style,
    missing_docs,
    unreachable_pub,
    clippy::pedantic
)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

mod json;
mod misfit;
mod read;
mod renamed;
mod types;
mod views;
mod virtual_tables;
mod write;

mod classes {
    include!("../../build-support/tests/golden/classes.rs");
}

mod renames {
    include!("../../build-support/tests/golden/renames.rs");
}

mod shop {
    include!("../../build-support/tests/golden/shop.rs");
}

pub(crate) use types::{Day, State};

use stepladder::rusqlite::Connection;
use stepladder::{History, run_migration_steps};

/// An empty database at a version.
fn database(history: &History, version: i32) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let version = history.at(version).unwrap();
    version.create_all(&connection).unwrap();
    connection
}

/// An empty database at the newest version.
fn classes() -> Connection {
    database(classes::history(), 2)
}

/// The same, created at version 1 and upgraded: `todos.due` is its last column.
fn upgraded() -> Connection {
    let mut connection = database(classes::history(), 1);
    connection.pragma_update(None, "user_version", 1).unwrap();
    let mut steps = classes::migration_steps(());
    run_migration_steps(&mut connection, 1, 2, &mut steps).unwrap();
    connection
}
