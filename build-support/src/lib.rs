//! The build-script half of [stepladder](https://docs.rs/stepladder): from a `schemas` folder to
//! Rust code.
//!
//! It is a pipeline of passes, and each is a function from values to values:
//!
//! ```text
//! folder -> snapshot -> introspect -> (diff -> plan -> prove -> emit -> format) -> write
//! ```
//!
//! [`Config`] runs it in a build script, [`generate`] anywhere else. [`load`] is its front, up to a
//! checked [`History`](history::History); [`make_migrations`] adds a version to the folder.
//!
//! # Settings
//!
//! `stepladder.toml` in the folder; all of it is optional:
//!
//! ```toml
//! oldest_sqlite = "3.39.0"        # the oldest SQLite that the app may meet
//! rollback = "required"           # each version has a way back
//!
//! [lints]
//! drop_table = "deny"             # allow, warn or deny; `all` is every rule that is not named
//!
//! [names]
//! "due dates" = "due_dates"       # the name in Rust of a table, a view or, with `table.column`, a column
//!
//! [data_classes]
//! versions = "all"                # which versions have `Row`, `Insert` and `Update`: all, latest or none
//! serde = true                    # they derive `Serialize` and `Deserialize`
//!
//! [types]
//! DATETIME = "chrono::NaiveDateTime"   # the Rust type for a declared type, whatever its arguments
//! "VARCHAR(36)" = "uuid::Uuid"         # or for one with these
//!
//! [column_types]
//! "todos.state" = "crate::State"       # for one column of a table or view
//! "sales.total" = { type = "i64", nullable = false }
//! ```
//!
//! Without a setting the type is what the affinity of the declared type says: `i64`, `f64`, `String`,
//! `Vec<u8>`; `bool` for `BOOLEAN`; and `rusqlite::types::Value` where SQLite stores anything: without a
//! type, for `ANY`, for `NUMERIC` and all types that SQLite does not know, such as `DATETIME`. A column
//! that can be NULL is an `Option`. Of a view SQLite knows the types of columns that it takes from tables
//! as they are, and of none whether it can be NULL. A type that is named needs `FromSql` and `ToSql` of
//! rusqlite, `Debug`, `Clone` and `PartialEq`; rusqlite's features have the first two for chrono, jiff,
//! time, uuid and `serde_json`.

pub mod diagnostic;
pub mod history;
pub mod rule;
pub mod settings;
pub mod snapshot;

mod beside;
mod cargo;
mod check_names;
mod comment;
mod compile_check;
mod config;
mod data_class;
mod data_test;
mod database_file;
mod database_status;
mod diff;
mod directive;
mod draft;
mod draft_from;
mod draft_rollbacks;
mod draft_steps;
mod emit;
mod endpoint;
mod error;
mod evolution;
mod export;
mod fingerprint;
mod folder;
mod foreign_keys;
mod format;
mod fs;
mod generate;
mod import;
mod introspect;
mod json;
mod load;
mod make_migrations;
mod names;
mod parallel;
mod plan;
mod progress;
mod prove;
mod quoted_text;
mod refused_options;
mod renames;
mod renumber;
mod report;
mod rows_alone;
mod rust_methods;
mod schema_sql;
mod script;
mod similar;
mod source;
mod sql_advice;
mod sql_between;
mod sql_error;
mod sql_name;
mod statement;
mod status;
mod time_limit;
mod untouched;
mod view_columns;
mod wire;
mod write_all;

pub use config::Config;
pub use data_test::data_test;
pub use database_status::{Adoption, DatabaseStatus, OtherTool, database_status};
pub use directive::DirectivePage;
pub use draft_rollbacks::draft_rollbacks;
pub use draft_steps::{
    DraftOptions, DraftedStep, DraftedSteps, Guess, Places, draft_steps, draft_steps_watched,
};
pub use endpoint::{SchemaDiff, diff_schemas};
pub use error::Error;
pub use evolution::DeployOrder;
pub use export::{Exported, export};
pub use fs::remove_leftovers;
pub use generate::{check, check_watched, generate};
pub use import::{ImportKind, Imported, import, import_watched, import_with};
pub use load::load;
pub use make_migrations::{
    MakeMigrations, MakeMigrationsOptions, NewContent, NewStep, NewVersion, Written,
    first_snapshot, likely_renames, make_migrations, make_migrations_watched, make_migrations_with,
};
pub use progress::{Progress, Watcher, Work};
pub use renumber::{
    Keep, MovedVersion, OrderMatters, RenumberOptions, Renumbered, TestFile, Way, renumber,
};
pub use rust_methods::{RustMethod, new_rust_methods, rust_methods};
pub use source::SourceFile;
pub use sql_between::sql_between;
pub use status::{Status, StepStatus, VersionStatus, status};
pub use view_columns::ViewColumn;
pub use wire::{WireChange, WireVersion, wire_status};
pub use write_all::{NewFile, write_all};
