//! SQLite schema migrations that cannot be wrong quietly: a migration that is missing, incomplete,
//! or names something that does not exist at its version does not compile.
//!
//! This crate is what an app links. The build script of the app calls
//! [`stepladder-build`](https://docs.rs/stepladder-build), which reads the folder `schemas/` and
//! generates a module for each version, the trait `MigrationSteps` with a method for each step in
//! Rust, and the function `migration_steps`:
//!
//! ```text
//! // build.rs
//! fn main() -> Result<(), stepladder_build::Error> {
//!     stepladder_build::Config::new("schemas").compile()
//! }
//!
//! // src/db.rs
//! mod schema {
//!     stepladder::include_schema!();
//! }
//! ```
//!
//! # Opening a database
//!
//! [`MigrationStrategy`] opens a file, or takes a connection, and brings it to the newest version.
//! Here every step is a file of SQL, so there is no trait to implement:
//!
//! ```
//! # mod schema {
//! #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
//! # }
//! use stepladder::MigrationStrategy;
//!
//! # fn main() -> stepladder::Result<()> {
//! let mut connection = rusqlite::Connection::open_in_memory()?;
//! // A file as the first release left it.
//! schema::history().at(1)?.create_all(&connection)?;
//! connection.execute_batch("INSERT INTO notes (text) VALUES ('hello'); PRAGMA user_version = 1;")?;
//!
//! let details = MigrationStrategy::new(schema::migration_steps(())).migrate(&mut connection)?;
//! assert_eq!((details.version_before, details.version_now), (Some(1), 3));
//! assert!(details.had_upgrade() && !details.was_created());
//! # Ok(())
//! # }
//! ```
//!
//! # Steps in Rust
//!
//! A method of the trait gets a [`Step`] whose type carries the changes that it still has to make.
//! Each method of [`Step`] makes one, and [`Step::done`] is there only when none is left:
//!
//! ```text
//! fn from2_to3(&mut self, m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
//!     m.rename_column(v2::todos::owner_id, v3::todos::assignee_id)?
//!         .allow_data_loss(v2::users::table, "the server has them")
//!         .drop_table(v2::users::table)?
//!         .done()
//! }
//! ```
//!
//! # Going back
//!
//! [`MigrationStrategy::target`] puts another version in the place of the newest. To an older one
//! lead the rollbacks, such as `steps/from3_to2.sql`; where one is missing, nothing runs and the
//! error is [`Error::NotReversible`].
//!
//! # At the user's
//!
//! An upgrade is one transaction, and the connection is as it was on every way out. A damaged file
//! is refused before the first step ([`FileCheck`]).
//! [`MigrationStrategy`] has more for an app that asks for it: a [`Backup`] before an upgrade,
//! [`Progress`] while it runs and a way to cancel it, one transaction a step
//! ([`TransactionMode`]), what to do with the database of a newer app ([`Downgrade`]), and where
//! there is none ([`NewDatabase`]). What an app can tell its user for which [`Error`] is in
//! `docs/shipping.md` of the repository.
//!
//! # Rows
//!
//! Each table of each version has the structs `Row`, `Insert` and `Update`, and each view a `Row`:
//!
//! ```
//! # mod schema {
//! #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
//! # }
//! use schema::latest::notes;
//!
//! # fn main() -> stepladder::Result<()> {
//! # let connection = rusqlite::Connection::open_in_memory()?;
//! # schema::history().at(3)?.create_all(&connection)?;
//! let id = notes::Insert::new("hello").insert(&connection)?;
//! let change = notes::Update { text: Some("hello again".into()), ..notes::Update::new(id) };
//! assert!(change.update(&connection)?);
//!
//! let note = notes::Row::get(&connection, id)?.expect("it was added above");
//! assert_eq!(note.text, "hello again");
//! // A column that was left out has its default, here NULL.
//! assert_eq!(note.created, None);
//!
//! let mut query = connection.prepare("SELECT * FROM notes WHERE created IS NULL")?;
//! let found: Vec<_> = query.query_map([], notes::Row::from_row)?.collect::<Result<_, _>>()?;
//! assert_eq!(found, notes::Row::all(&connection)?);
//! # Ok(())
//! # }
//! ```
//!
//! # Many databases
//!
//! An app with a database a tenant upgrades all of them with [`migrate_all`]: some at a time, a
//! report for each, and one that fails leaves the others alone.
//!
//! # Features
//!
//! - `verify`: for the tests of an app, [`verify`](https://docs.rs/stepladder/latest/stepladder/verify) with the
//!   generated macro `migration_tests!`, and what it is made of: the schema model, introspection,
//!   comparison, row synthesis and data accounting. It adds no dependency.
//! - `serde`: what data classes need for `serde = true` in `stepladder.toml`. The app itself depends on
//!   serde with its feature `derive`.

mod backup;
mod context;
mod data_class;
mod derived;
mod entity;
mod error;
mod foreign_keys;
mod full_text;
mod guard;
mod hidden;
mod history;
mod include;
mod kept;
mod migrate_all;
pub mod pending;
mod progress;
mod rebuild;
mod resync;
mod script;
mod settings;
mod shown_value;
mod soundness;
pub mod sql;
mod step;
mod strategy;
mod upgrade;

#[cfg(feature = "verify")]
pub mod accounting;
#[cfg(feature = "verify")]
pub mod compare;
#[cfg(feature = "verify")]
pub mod introspect;
#[cfg(feature = "verify")]
pub mod schema;
#[cfg(feature = "serde")]
pub mod serde;
#[cfg(feature = "verify")]
pub mod synthesis;
#[cfg(feature = "verify")]
pub mod verify;

pub use backup::Backup;
pub use data_class::ValueMisfit;
pub use entity::{Entity, EntityKind};
pub use error::{Error, FailedRow, FileError, Result};
pub use foreign_keys::ForeignKeyViolation;
pub use history::{History, SchemaVersion};
pub use migrate_all::{FileReport, FilesDone, MigrateAllOptions, migrate_all};
pub use pending::TableRebuild;
pub use progress::{Phase, Progress, TableProgress};
pub use resync::{RenamedColumn, ResyncAction, ResyncPlan, ResyncReason, TableChange, TableResync};
pub use rusqlite;
pub use step::{Reached, Step};
pub use strategy::{
    Downgrade, FileCheck, MigrationStrategy, NewDatabase, OpeningDetails, TransactionMode,
};
pub use upgrade::{Migrator, run_migration_steps};

/// What generated code uses. Not for anybody else: it changes with the generator.
#[doc(hidden)]
pub mod __private {
    pub use crate::context::StepContext;
    pub use crate::history::{Allowance, ScriptCall, SqlScript, SqliteFacts, VersionDelta};
    pub use crate::rebuild::{RebuildKind, RebuildPlan, RowidCopy};
    pub use crate::resync::TableEvolution;
    #[cfg(feature = "verify")]
    pub use crate::verify::adoption::{is_of_another_tool, tool_of_table};

    /// For the classes `Row`, `Insert` and `Update`.
    pub mod data_class {
        pub use crate::data_class::{
            ReadResult, ReadRow, Reader, Relation, Unread, Values, all, changed_fields, count,
            from_row, get, given, insert, insert_returning, insert_without_rowid, optional, update,
        };
    }

    /// For the proof.
    #[cfg(feature = "verify")]
    pub mod full_text {
        /// The table whose rows a full-text index is over, by its `CREATE`.
        pub fn content(create: &str) -> Option<String> {
            crate::full_text::content(create)
        }

        /// Whether such an index holds the words of those rows.
        pub fn is_in_step(connection: &rusqlite::Connection, name: &str) -> bool {
            crate::full_text::is_in_step(connection, name).unwrap_or(false)
        }
    }
}
