//! The build-script half of [stepladder](https://docs.rs/stepladder): from a `schemas` folder to
//! Rust code.
//!
//! It is a pipeline of passes, and each is a function from values to values:
//!
//! ```text
//! folder -> snapshot -> introspect -> (diff -> plan -> prove -> emit -> format) -> write
//! ```
//!
//! [`load`] is the front of it, up to a checked [`History`](history::History).
//! [`make_migrations`] adds a version to it.

pub mod diagnostic;
pub mod history;
pub mod settings;
pub mod snapshot;

mod compile_check;
mod error;
mod fingerprint;
mod folder;
mod fs;
mod introspect;
mod json;
mod load;
mod make_migrations;
mod report;
mod schema_sql;
mod similar;
mod source;
mod sql_error;
mod statement;

pub use error::Error;
pub use load::load;
pub use make_migrations::{MakeMigrations, Written, make_migrations};
pub use source::SourceFile;
