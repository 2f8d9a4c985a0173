//! The hooks: code of the app that runs while a database is opened.

use std::ops::ControlFlow;

use rusqlite::Connection;

use super::{MigrationStrategy, OpeningDetails};
use crate::error::Result;
use crate::progress::{Progress, Watch};
use crate::upgrade::Migrator;

type OnConnect<'h> = dyn FnMut(&Connection) -> Result<()> + Send + 'h;
type OnCreate<'h> = dyn FnMut(&Connection) -> Result<()> + Send + 'h;
type BeforeSteps<'h> = dyn FnMut(&Connection, i32) -> Result<()> + Send + 'h;
type BeforeOpen<'h> = dyn FnMut(&Connection, &OpeningDetails) -> Result<()> + Send + 'h;

/// The code of the app.
#[derive(Default)]
pub(super) struct Hooks<'h> {
    pub(super) on_connect: Option<Box<OnConnect<'h>>>,
    pub(super) on_create: Option<Box<OnCreate<'h>>>,
    pub(super) before_steps: Option<Box<BeforeSteps<'h>>>,
    pub(super) before_open: Option<Box<BeforeOpen<'h>>>,
}

/// Of each hook there is one: another takes its place.
impl<'h, M: Migrator> MigrationStrategy<'h, M> {
    /// Runs `hook` on each connection that [`open`](Self::open) and
    /// [`migrate_all`](crate::migrate_all) open, before anything else is done with it: for the key of
    /// an encrypted file, another busy timeout, functions and collations.
    /// [`migrate`](Self::migrate) takes a connection that has been prepared already.
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use std::time::Duration;
    /// use stepladder::MigrationStrategy;
    ///
    /// let connection = MigrationStrategy::new(schema::migration_steps(()))
    ///     .on_connect(|connection| Ok(connection.busy_timeout(Duration::from_secs(60))?))
    ///     .open(":memory:")?;
    /// # let _ = connection;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_connect(mut self, hook: impl FnMut(&Connection) -> Result<()> + Send + 'h) -> Self {
        self.hooks.on_connect = Some(Box::new(hook));
        self
    }

    /// Runs `hook` when a database has been created, after the schema and the rows of `seed.sql`
    /// and in the same transaction: if it fails, nothing has been created, and the file is empty. Like
    /// those rows it is for the newest version, not for a [`target`](Self::target).
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use stepladder::MigrationStrategy;
    ///
    /// let language = "en";
    /// let connection = MigrationStrategy::new(schema::migration_steps(()))
    ///     .on_create(|new| {
    ///         new.execute("INSERT INTO notes (text) VALUES (?1)", [language])?;
    ///         Ok(())
    ///     })
    ///     .open(":memory:")?;
    /// let text: String = connection.query_row("SELECT text FROM notes", [], |row| row.get(0))?;
    /// assert_eq!(text, "en");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_create(mut self, hook: impl FnMut(&Connection) -> Result<()> + Send + 'h) -> Self {
        self.hooks.on_create = Some(Box::new(hook));
        self
    }

    /// Brings databases from before the first snapshot to the oldest version: the code with which
    /// the app migrated until then. `hook` gets the number in `user_version`, which is below the
    /// oldest version; 0 where the database has none, and is not empty. It runs in the transaction
    /// of the upgrade, with foreign keys off, before the steps, and `user_version` is set
    /// afterwards.
    ///
    /// Without it such a database is [`Error::OlderThanOldest`](crate::Error::OlderThanOldest)
    /// or [`Error::NotVersioned`](crate::Error::NotVersioned).
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use stepladder::MigrationStrategy;
    ///
    /// let mut connection = rusqlite::Connection::open_in_memory()?;
    /// connection.execute_batch("CREATE TABLE note (t); INSERT INTO note VALUES ('hello')")?;
    /// let details = MigrationStrategy::new(schema::migration_steps(()))
    ///     .before_steps(|old, version| {
    ///         assert_eq!(version, 0);
    ///         schema::history().at(1)?.create_all(old)?;
    ///         old.execute_batch("INSERT INTO notes (text) SELECT t FROM note; DROP TABLE note")?;
    ///         Ok(())
    ///     })
    ///     .migrate(&mut connection)?;
    /// assert_eq!((details.version_before, details.version_now), (Some(0), 3));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn before_steps(
        mut self,
        hook: impl FnMut(&Connection, i32) -> Result<()> + Send + 'h,
    ) -> Self {
        self.hooks.before_steps = Some(Box::new(hook));
        self.options.has_before_steps = true;
        self
    }

    /// Tells `hook` how far an upgrade is: before each step and each of its statements, and about
    /// every millisecond while one runs. The rebuild of a table tells its rows, 1,000 at a time, and
    /// a backup its pages. A new database and one that is up to date have nothing to tell. Draw no more often than your
    /// screen can show.
    ///
    /// [`ControlFlow::Break`] cancels the upgrade: everything is rolled back, and the error is
    /// [`Error::Cancelled`](crate::Error::Cancelled). While Rust code of a step or a hook runs, that waits until the code
    /// returns.
    ///
    /// Nothing is told, and nothing cancelled, while it waits for another process (see
    /// [`open`](Self::open)), and during the commit.
    ///
    /// Meanwhile the connection has our progress handler. A handler of the app's own is lost then,
    /// because SQLite has one for a connection and does not tell which:
    /// <https://www.sqlite.org/c3ref/progress_handler.html>
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use std::ops::ControlFlow;
    /// use stepladder::{Error, MigrationStrategy};
    ///
    /// # let mut connection = rusqlite::Connection::open_in_memory()?;
    /// # schema::history().at(1)?.create_all(&connection)?;
    /// # connection.execute_batch("PRAGMA user_version = 1")?;
    /// let error = MigrationStrategy::new(schema::migration_steps(()))
    ///     .on_progress(|progress| {
    ///         println!("{progress}");
    ///         if progress.step == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    ///     })
    ///     .migrate(&mut connection)
    ///     .unwrap_err();
    /// assert!(matches!(error, Error::Cancelled { step: Some((2, 3)) }));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_progress(
        mut self,
        hook: impl FnMut(&Progress) -> ControlFlow<()> + Send + 'static,
    ) -> Self {
        self.watch = Watch::new(hook);
        self
    }

    /// Runs `hook` each time a database has been opened and is at the newest version, or at the
    /// target, with the foreign keys as the connection has them, outside of a transaction. What it
    /// writes is not undone when it fails, and neither is the upgrade.
    ///
    /// Most PRAGMAs are for the one connection: in a pool, each connection needs them.
    ///
    /// ```
    /// # mod schema {
    /// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
    /// # }
    /// # fn main() -> stepladder::Result<()> {
    /// use stepladder::MigrationStrategy;
    ///
    /// let connection = MigrationStrategy::new(schema::migration_steps(()))
    ///     .before_open(|connection, details| {
    ///         connection.pragma_update(None, "foreign_keys", true)?;
    ///         // This one is written into the file.
    ///         if !details.is_read_only() {
    ///             connection.pragma_update(None, "journal_mode", "WAL")?;
    ///         }
    ///         Ok(())
    ///     })
    ///     .open(":memory:")?;
    /// # let _ = connection;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn before_open(
        mut self,
        hook: impl FnMut(&Connection, &OpeningDetails) -> Result<()> + Send + 'h,
    ) -> Self {
        self.hooks.before_open = Some(Box::new(hook));
        self
    }
}
