//! SQLite schema migrations that cannot be wrong quietly.

mod context;
mod derived;
mod entity;
mod error;
mod foreign_keys;
mod full_text;
mod guard;
mod history;
mod include;
mod kept;
pub mod pending;
mod rebuild;
pub mod sql;
mod step;
mod strategy;
mod upgrade;

#[cfg(feature = "verify")]
pub mod compare;
#[cfg(feature = "verify")]
pub mod introspect;
#[cfg(feature = "verify")]
pub mod schema;

pub use entity::{Entity, EntityKind};
pub use error::{Error, Result};
pub use foreign_keys::ForeignKeyViolation;
pub use history::{History, SchemaVersion};
pub use pending::TableRebuild;
pub use rusqlite;
pub use step::{Reached, Step};
pub use strategy::{MigrationStrategy, OpeningDetails};
pub use upgrade::{Migrator, run_migration_steps};

/// What generated code uses. Not for anybody else: it changes with the generator.
#[doc(hidden)]
pub mod __private {
    pub use crate::context::StepContext;
    pub use crate::history::{SqlScript, VersionDelta};
    pub use crate::rebuild::{RebuildKind, RebuildPlan, RowidCopy};

    /// The form of the generated code. Code from a generator of another form names another
    /// constant, and rustc says that it is not here: use the same version of `stepladder` and
    /// `stepladder-build`.
    pub const GENERATED_CODE_1: () = ();
}
