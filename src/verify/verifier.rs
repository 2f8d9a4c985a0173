//! Databases at any version, and what a migration leads to.

use std::fmt;

use rusqlite::Connection;

use super::{SchemaMismatch, SharedDatabase, ValidationOptions};
use crate::compare::compare;
use crate::error::{Error, Result};
use crate::history::History;
use crate::introspect::introspect;
use crate::schema::Schema;
use crate::strategy::{MigrationStrategy, OpeningDetails};
use crate::upgrade::{Migrator, set_user_version};

type Setup = dyn Fn(&Connection) -> rusqlite::Result<()> + Send + Sync;
type Prepare = dyn Fn(&Connection, i32) -> Result<()> + Send + Sync;

/// Makes databases at any version of a history, and tells whether a migration leads to the schema of
/// a version.
pub struct SchemaVerifier {
    history: &'static History,
    setup: Box<Setup>,
    prepare: Box<Prepare>,
    options: ValidationOptions,
}

impl fmt::Debug for SchemaVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SchemaVerifier")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl SchemaVerifier {
    /// A verifier for a history: what the generated function `history()` returns.
    pub fn new(history: &'static History) -> Self {
        Self {
            history,
            setup: Box::new(|_| Ok(())),
            prepare: Box::new(|_, _| Ok(())),
            options: ValidationOptions::default(),
        }
    }

    /// Runs `setup` on each connection before anything else: it registers the functions, collations
    /// and extensions of the app.
    #[must_use]
    pub fn setup(
        mut self,
        setup: impl Fn(&Connection) -> rusqlite::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.setup = Box::new(setup);
        self
    }

    /// Runs `prepare` on each database that `migration_tests!` has filled with made-up rows, with
    /// the version at which it is: where the steps need more than a constraint says, such as a text
    /// that can be read as a date.
    #[must_use]
    pub fn prepare_rows(
        mut self,
        prepare: impl Fn(&Connection, i32) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.prepare = Box::new(prepare);
        self
    }

    /// Which differences count.
    #[must_use]
    pub fn options(mut self, options: ValidationOptions) -> Self {
        self.options = options;
        self
    }

    /// A new database in memory, without rows, at a version.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`], and what SQLite reports.
    pub fn start_at(&self, version: i32) -> Result<Connection> {
        let connection = self.open()?;
        self.create(&connection, version)?;
        Ok(connection)
    }

    /// The same, to which several connections can be opened.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`], and what SQLite reports.
    pub fn schema_at(&self, version: i32) -> Result<SharedDatabase<'_>> {
        let shared = SharedDatabase::new(&*self.setup)?;
        self.create(shared.first(), version)?;
        Ok(shared)
    }

    /// Brings a database to a version with the strategy of the app, and looks at its schema. The
    /// version can be below the newest; below that of the database it is reached by rollbacks.
    ///
    /// # Errors
    /// [`Error::SchemaMismatch`], and what the strategy returns.
    pub fn migrate_and_validate<M: Migrator>(
        &self,
        connection: &mut Connection,
        strategy: &mut MigrationStrategy<'_, M>,
        version: i32,
    ) -> Result<OpeningDetails> {
        let details = strategy.migrate_to(connection, version)?;
        self.require(connection, version, &details.steps)?;
        Ok(details)
    }

    /// Fails where a database does not have the schema of a version.
    ///
    /// # Errors
    /// [`Error::SchemaMismatch`], and what SQLite reports.
    pub fn validate(&self, connection: &Connection, version: i32) -> Result<()> {
        self.require(connection, version, &[])
    }

    /// A test of what becomes of data: `insert` writes into a new database of the first version, the
    /// strategy of the app brings it to the second, and `check` reads it there. With the generated
    /// classes:
    ///
    /// ```text
    /// SchemaVerifier::new(history()).data_test(
    ///     &mut strategy(),
    ///     (1, 2),
    ///     |old| v1::todos::Insert::new("milk").insert(old).map(drop),
    ///     |new| {
    ///         assert_eq!(v2::todos::Row::all(new)?[0].slug, "milk");
    ///         Ok(())
    ///     },
    /// )
    /// ```
    ///
    /// # Errors
    /// Those of the closures, and of [`migrate_and_validate`](Self::migrate_and_validate).
    pub fn data_test<M: Migrator>(
        &self,
        strategy: &mut MigrationStrategy<'_, M>,
        (from, to): (i32, i32),
        insert: impl FnOnce(&Connection) -> Result<()>,
        check: impl FnOnce(&Connection) -> Result<()>,
    ) -> Result<()> {
        let mut connection = self.start_at(from)?;
        insert(&connection)?;
        self.migrate_and_validate(&mut connection, strategy, to)?;
        check(&connection)
    }

    pub(super) fn history(&self) -> &'static History {
        self.history
    }

    /// A new database in memory, empty.
    pub(super) fn open(&self) -> Result<Connection> {
        let connection = Connection::open_in_memory()?;
        (self.setup)(&connection)?;
        Ok(connection)
    }

    /// The rows as the app says.
    pub(super) fn prepare(&self, connection: &Connection, version: i32) -> Result<()> {
        (self.prepare)(connection, version)
    }

    /// What a new database of a version has.
    pub(super) fn schema_of(&self, version: i32) -> Result<Schema> {
        Ok(introspect(&self.start_at(version)?)?)
    }

    fn create(&self, connection: &Connection, version: i32) -> Result<()> {
        self.history.at(version)?.create_all(connection)?;
        set_user_version(connection, version)
    }

    /// Fails where the steps have not led to the schema of a version.
    pub(super) fn require(
        &self,
        connection: &Connection,
        version: i32,
        steps: &[(i32, i32)],
    ) -> Result<()> {
        let expected = self.schema_of(version)?;
        self.require_schema(connection, (version, &expected), steps)
    }

    /// The same where the schema of the version is known.
    pub(super) fn require_schema(
        &self,
        connection: &Connection,
        (version, expected): (i32, &Schema),
        steps: &[(i32, i32)],
    ) -> Result<()> {
        let found = introspect(connection)?;
        let found = compare(expected, &found, self.options.compare_options());
        let differences = self.options.counting(found);
        if differences.is_empty() {
            return Ok(());
        }
        Err(Error::SchemaMismatch(Box::new(SchemaMismatch {
            version,
            steps: steps.to_vec(),
            differences,
        })))
    }
}
