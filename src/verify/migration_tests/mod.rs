//! The tests that `migration_tests!` makes.

mod chain;
mod declaration;
mod failure;
mod filling;
mod rollback;
mod versions;

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use rusqlite::Connection;

use self::chain::Chain;
use self::failure::Failure;
pub use self::filling::Filling;
use self::filling::{KINDS_OF_ROWS, RowKind};
use self::versions::Versions;
use super::declared::{Declared, heard};
use super::{SchemaVerifier, Validation};
use crate::error::Result;
use crate::history::History;
use crate::strategy::{MigrationStrategy, OpeningDetails};
use crate::upgrade::Migrator;

type Migrate = dyn Fn(&mut Connection, i32) -> Result<OpeningDetails> + Send + Sync;

/// The databases by the version at which they start and what is in them.
type Chains = BTreeMap<(i32, RowKind), Arc<Mutex<Chain>>>;

/// The tests of a history and of the strategy that leads through it: what the generated macro
/// `migration_tests!` calls.
///
/// A pair of versions costs one step: the tests from one version share a database, which goes from
/// version to version as far as a test asks for it.
pub struct MigrationTests {
    verifier: SchemaVerifier,
    migrate: Box<Migrate>,
    /// To which version the strategy goes by itself.
    target: Box<dyn Fn() -> i32 + Send + Sync>,
    versions: Versions,
    chains: Mutex<Chains>,
}

impl fmt::Debug for MigrationTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrationTests").finish_non_exhaustive()
    }
}

impl MigrationTests {
    /// Tests for a strategy, which is made anew for each migration.
    pub fn new<M: Migrator + 'static>(
        strategy: impl Fn() -> MigrationStrategy<'static, M> + Send + Sync + 'static,
    ) -> Self {
        let history = strategy().history();
        Self::with(SchemaVerifier::new(history), strategy)
    }

    /// The same with a verifier, which knows the functions of the app and which differences count.
    pub fn with<M: Migrator + 'static>(
        verifier: SchemaVerifier,
        strategy: impl Fn() -> MigrationStrategy<'static, M> + Send + Sync + 'static,
    ) -> Self {
        let strategy = Arc::new(strategy);
        let of_app = Arc::clone(&strategy);
        Self {
            versions: Versions::default(),
            target: Box::new(move || of_app().target_version()),
            migrate: Box::new(move |connection, version| {
                // The tests look at the schema themselves, once for each layout.
                let mut strategy = strategy().validate(Validation::Never);
                strategy.migrate_to(connection, version)
            }),
            verifier,
            chains: Mutex::default(),
        }
    }

    /// An empty database gets the newest schema, and opening it again changes nothing.
    ///
    /// # Panics
    /// Where it does not.
    #[track_caller]
    pub fn new_database(&self) {
        if let Err(failure) = self.made_new() {
            panic!("{failure}");
        }
    }

    /// A database of one version becomes one of another, with the schema, the rows and the values
    /// that it has to have.
    ///
    /// # Panics
    /// Where it does not.
    #[track_caller]
    pub fn pair(&self, from: i32, to: i32, filling: Filling) {
        let kinds: &[RowKind] = match filling {
            Filling::Empty => &[RowKind::None],
            Filling::Rows => &KINDS_OF_ROWS,
        };
        for kind in kinds {
            if let Err(failure) = self.reach(from, *kind, to) {
                panic!("{failure}");
            }
        }
    }

    /// A database with rows becomes one of the newest version in one transaction, as at a user's.
    ///
    /// # Panics
    /// Where it does not.
    #[track_caller]
    pub fn at_once(&self, from: i32) {
        if let Err(failure) = chain::at_once(self, from) {
            panic!("{failure}");
        }
    }

    /// A rollback undoes its step, and the step can be made again.
    ///
    /// # Panics
    /// Where it does not.
    #[track_caller]
    pub fn rollback(&self, version: i32, before: i32) {
        if let Err(failure) = rollback::round_trip(self, version, before) {
            panic!("{failure}");
        }
    }

    fn made_new(&self) -> std::result::Result<(), Failure> {
        let newest = self.history().latest_version();
        let failure = || Failure::of_new(newest);
        // The other tests say themselves where they go.
        let target = (self.target)();
        if target != newest {
            return Err(failure()
                .note(format!("the strategy has `.target({target})`"))
                .help("take it out, or give the tests a strategy without it"));
        }
        let mut connection = self.verifier.open().map_err(|error| failure().by(error))?;
        self.migrate(&mut connection, newest)
            .0
            .map_err(|error| failure().by(error))?;
        self.versions
            .require(&self.verifier, &connection, newest, &[])
            .and_then(|()| chain::require_sound(&connection))
            .and_then(|()| self.require_settled(&mut connection, newest))
            .map_err(|error| failure().by(error))
    }

    fn history(&self) -> &'static History {
        self.verifier.history()
    }

    fn migrate(
        &self,
        connection: &mut Connection,
        version: i32,
    ) -> (Result<OpeningDetails>, Declared) {
        heard(|| (self.migrate)(connection, version))
    }

    /// Running the upgrade again does nothing.
    fn require_settled(&self, connection: &mut Connection, version: i32) -> Result<()> {
        let schema = |connection: &Connection| -> Result<i64> {
            Ok(connection.query_row("PRAGMA schema_version", [], |row| row.get(0))?)
        };
        let before = schema(connection)?;
        let details = self.migrate(connection, version).0?;
        if details.steps.is_empty() && schema(connection)? == before {
            return Ok(());
        }
        Err(crate::Error::app(format!(
            "opening the database again at version {version} changes it"
        )))
    }

    fn reach(&self, from: i32, kind: RowKind, to: i32) -> std::result::Result<(), Failure> {
        let chain = self.chain(from, kind);
        loop {
            match chain.try_lock() {
                Ok(mut chain) => return chain.reach(self, to),
                Err(TryLockError::Poisoned(chain)) => return chain.into_inner().reach(self, to),
                // `cargo test` runs the tests from one version next to each other: all but one of
                // its threads would only wait.
                Err(TryLockError::WouldBlock) => {
                    if !self.work_ahead() {
                        let chain = chain.lock();
                        drop(chain.unwrap_or_else(PoisonError::into_inner));
                    }
                }
            }
        }
    }

    /// Makes a chain that no test has asked for yet. Whether there was one.
    fn work_ahead(&self) -> bool {
        let newest = self.history().latest_version();
        for from in self.history().versions().filter(|from| *from != newest) {
            for kind in KINDS_OF_ROWS.into_iter().chain([RowKind::None]) {
                let chain = self.chain(from, kind);
                if let Ok(mut chain) = chain.try_lock()
                    && chain.is_new()
                {
                    // Who asks for it is told how it went, a panic of a step included.
                    let reached = catch_unwind(AssertUnwindSafe(|| chain.reach(self, newest)));
                    drop(reached);
                    return true;
                }
            }
        }
        false
    }

    fn chain(&self, from: i32, kind: RowKind) -> Arc<Mutex<Chain>> {
        let mut chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        let chain = chains
            .entry((from, kind))
            .or_insert_with(|| Arc::new(Mutex::new(Chain::new(from, kind))));
        Arc::clone(chain)
    }
}
