//! The schema of a database at run time: whether it is that of its version.

use rusqlite::Connection;

use super::{SchemaVerifier, ValidationOptions};
use crate::compare::Strictness;
use crate::error::Result;
use crate::history::History;

/// When [`MigrationStrategy`](crate::MigrationStrategy) compares the schema of a database with that
/// of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// Never.
    Never,
    /// When a database has been created or steps have run, before it is committed.
    AfterUpgrade,
    /// Each time a database is opened.
    EveryOpen,
}

/// In a debug build after every upgrade, otherwise never: it takes some milliseconds.
impl Default for Validation {
    fn default() -> Self {
        if cfg!(debug_assertions) {
            Self::AfterUpgrade
        } else {
            Self::Never
        }
    }
}

/// What a strategy does about it.
#[derive(Debug)]
pub(crate) struct Validating {
    pub(crate) when: Validation,
    pub(crate) options: ValidationOptions,
}

/// At a user's, other libraries may keep tables in the same file.
impl Default for Validating {
    fn default() -> Self {
        Self {
            when: Validation::default(),
            options: ValidationOptions::default().extra_entities(Strictness::Ignore),
        }
    }
}

impl Validating {
    /// For the transaction of an upgrade.
    pub(crate) fn after_upgrade(
        &self,
        connection: &Connection,
        history: &'static History,
        (version, steps): (i32, &[(i32, i32)]),
    ) -> Result<()> {
        match self.when {
            Validation::Never => Ok(()),
            Validation::AfterUpgrade | Validation::EveryOpen => {
                self.verifier(history).require(connection, version, steps)
            }
        }
    }

    /// For a database that is up to date.
    pub(crate) fn on_open(
        &self,
        connection: &Connection,
        history: &'static History,
        version: i32,
    ) -> Result<()> {
        match self.when {
            Validation::Never | Validation::AfterUpgrade => Ok(()),
            Validation::EveryOpen => self.verifier(history).validate(connection, version),
        }
    }

    fn verifier(&self, history: &'static History) -> SchemaVerifier {
        let names = history.every_name();
        SchemaVerifier::new(history).options(self.options.clone().knowing(names))
    }
}
