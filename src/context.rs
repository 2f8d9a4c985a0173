//! What steps are made of: one method for each thing that a step can do, without types.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::panic::Location;

use rusqlite::{Connection, Params};

use crate::derived;
use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::full_text;
use crate::guard;
use crate::hidden;
use crate::history::SchemaVersion;
use crate::kept::{self, ByHand};
use crate::progress::Watch;
use crate::rebuild::{Failed, RebuildKind, RebuildPlan, rebuild};
use crate::sql::{quote_identifier, split_statements};

/// A step before it is known which one it is: what a [`Migrator`](crate::Migrator) runs.
#[derive(Debug)]
pub struct StepContext<'m> {
    connection: &'m Connection,
    source: SchemaVersion,
    target: SchemaVersion,
    watch: &'m Watch,
    /// The full-text indexes that the step may leave out of step with their table; `None` until
    /// its first change of data.
    watched: RefCell<Option<BTreeSet<String>>>,
    /// SQL of the app means what is in the database, as far as temporary tables go.
    is_in_sight: Cell<bool>,
    /// What was made by hand, as it was before the first statement of a step in SQL: later, there may
    /// be what the step itself has made.
    by_hand: OnceCell<ByHand>,
    /// The call in the app that is being made.
    caller: Cell<Option<&'static Location<'static>>>,
}

impl<'m> StepContext<'m> {
    pub(crate) fn new(
        connection: &'m Connection,
        (source, target): (SchemaVersion, SchemaVersion),
        watch: &'m Watch,
    ) -> Self {
        Self {
            connection,
            source,
            target,
            watch,
            watched: RefCell::new(None),
            is_in_sight: Cell::new(false),
            by_hand: OnceCell::new(),
            caller: Cell::new(None),
        }
    }

    /// The version from which the step starts.
    pub fn from(&self) -> i32 {
        self.source.number()
    }

    /// The version to which the step leads.
    pub fn to(&self) -> i32 {
        self.target.number()
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.connection
    }

    pub(crate) fn watch(&self) -> &Watch {
        self.watch
    }

    /// The error for a step that the generated code does not know.
    pub fn unknown(self) -> Error {
        Error::app(format!(
            "the generated code has no step from version {} to {}: build the app again",
            self.from(),
            self.to()
        ))
    }

    /// The start of a step in Rust: what must not see the changes goes first.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn begin(&self) -> Result<()> {
        derived::drop_stale_triggers_and_views(
            self.connection,
            self.source.entities(),
            self.target.entities(),
        )?;
        Ok(())
    }

    /// The end of a step in Rust: indexes, triggers and views come to the new version.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn finish(&self) -> Result<()> {
        derived::reconcile(
            self.connection,
            self.source.entities(),
            self.target.entities(),
        )
        .map_err(|error| error.in_step(self.from(), self.to(), self.location()))?;
        let watched = self.watched.take().unwrap_or_default();
        full_text::refill(self.connection, self.target.entities(), &watched)
            .map_err(|(statement, source)| self.failed(statement, source))
    }

    /// `ALTER TABLE ADD COLUMN`
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn add_column(&self, table: &str, definition: &str) -> Result<()> {
        self.run(&format!(
            "ALTER TABLE main.{} ADD COLUMN {definition}",
            quote_identifier(table)
        ))
    }

    /// `ALTER TABLE DROP COLUMN`, after the indexes that the new version has not.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn drop_column(&self, table: &str, column: &str) -> Result<()> {
        derived::drop_stale_indexes(
            self.connection,
            self.source.entities(),
            self.target.entities(),
            table,
        )?;
        self.run(&format!(
            "ALTER TABLE main.{} DROP COLUMN {}",
            quote_identifier(table),
            quote_identifier(column)
        ))
    }

    /// `ALTER TABLE RENAME COLUMN`
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn rename_column(&self, table: &str, old: &str, new: &str) -> Result<()> {
        self.run(&format!(
            "ALTER TABLE main.{} RENAME COLUMN {} TO {}",
            quote_identifier(table),
            quote_identifier(old),
            quote_identifier(new)
        ))
    }

    /// `CREATE TABLE` or `CREATE VIRTUAL TABLE`, after an old index of that name is dropped.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn create_table(&self, table: &Entity) -> Result<()> {
        derived::make_room_for_table(self.connection, self.source.entities(), table.name)?;
        self.run(table.sql)
    }

    /// `DROP TABLE`
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn drop_table(&self, table: &str) -> Result<()> {
        self.run(&format!("DROP TABLE main.{}", quote_identifier(table)))
    }

    /// `ALTER TABLE RENAME TO`, after an old index of the new name is dropped.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn rename_table(&self, old: &str, new: &str) -> Result<()> {
        derived::make_room_for_table(self.connection, self.source.entities(), new)?;
        self.run(&format!(
            "ALTER TABLE main.{} RENAME TO {}",
            quote_identifier(old),
            quote_identifier(new)
        ))
    }

    /// Makes a table anew and copies its rows.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn rebuild(
        &self,
        table: &Entity,
        plan: &RebuildPlan,
        expressions: &[(&str, &str)],
    ) -> Result<()> {
        self.watch.tick()?;
        let (source, target) = (self.source.entities(), self.target.entities());
        if let Some(column) = kept::unknown_column(self.connection, source, plan.old_name)? {
            return Err(self.loses(plan.old_name, column));
        }
        self.watch_full_text()?;
        let mut watched = self.watched.take().unwrap_or_default();
        if !expressions.is_empty() {
            self.require_in_sight()?;
            watched.extend(full_text::in_step_with(
                self.connection,
                source,
                plan.old_name,
            )?);
        }
        match plan.kind {
            RebuildKind::ExternalContent => drop(watched.insert(table.name.to_owned())),
            RebuildKind::Plain | RebuildKind::Autoincrement | RebuildKind::Empty => {}
        }
        self.watched.replace(Some(watched));
        let kept = kept::unknown_entities(self.connection, plan.old_name, source, target)?;
        rebuild(self.connection, table, plan, expressions, self.watch)
            .map_err(|failed| self.not_rebuilt(failed))?;
        derived::restore_triggers(self.connection, source, target, table.name)
            .map_err(|error| error.in_step(self.from(), self.to(), self.location()))?;
        kept::restore(self.connection, &kept)
            .map_err(|(statement, source)| self.failed(statement, source))
    }

    /// Runs one statement on the data.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn execute<P: Params>(&self, sql: &str, params: P) -> Result<()> {
        if guard::ends_transaction(sql) {
            return Err(self.transaction_ended());
        }
        self.watch.tick()?;
        self.require_in_sight()?;
        self.watch_full_text()?;
        let schema = self.schema_version()?;
        // Older versions of rusqlite run the first statement and leave the others out.
        let done = match split_statements(sql).len() {
            0 | 1 => self.connection.execute(sql, params),
            _ => Err(rusqlite::Error::MultipleStatement),
        };
        done.map_err(|source| self.failed(sql.to_owned(), source))?;
        self.require_same_schema(schema, self.location(), sql)
    }

    /// Runs Rust code on the data.
    ///
    /// # Errors
    /// What the code returns; [`Error::TransactionEnded`] where it ended the transaction.
    pub fn with_connection(&self, work: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
        self.require_in_sight()?;
        self.watch_full_text()?;
        let schema = self.schema_version()?;
        let done = self.watch.in_app(|| work(self.connection))?;
        let done = guard::checked(self.connection, (self.from(), self.to()), done);
        done.map_err(|error| error.in_step(self.from(), self.to(), self.location()))?;
        self.require_same_schema(schema, self.location(), "")
    }

    fn run(&self, sql: &str) -> Result<()> {
        self.watch.tick()?;
        (self.connection.execute_batch(sql)).map_err(|source| self.failed(sql.to_owned(), source))
    }

    pub(crate) fn failed(&self, statement: String, source: rusqlite::Error) -> Error {
        self.not_rebuilt((statement, source).into())
    }

    fn not_rebuilt(&self, failed: Failed) -> Error {
        let Failed {
            statement,
            source,
            row,
        } = failed;
        Error::StepFailed {
            from: self.from(),
            to: self.to(),
            location: self.location(),
            statement,
            source,
            row,
            proven_with: 0,
        }
    }

    /// Remembers the call in the app, for errors.
    pub(crate) fn called_at(&self, caller: &'static Location<'static>) -> &Self {
        self.caller.set(Some(caller));
        self
    }

    fn location(&self) -> Option<(&'static str, u32)> {
        self.caller
            .get()
            .map(|caller| (caller.file(), caller.line()))
    }

    /// Before SQL of the app runs: no temporary table hides one of either version. What the step
    /// itself makes later is its own affair.
    pub(crate) fn require_in_sight(&self) -> Result<()> {
        if !self.is_in_sight.get() {
            let entities = self.source.entities().iter().chain(self.target.entities());
            hidden::require_none_of(self.connection, entities)?;
            self.is_in_sight.set(true);
        }
        Ok(())
    }

    /// What somebody has made by hand of these tables, or of any, before the first statement of the
    /// step.
    pub(crate) fn by_hand(&self, tables: Option<&BTreeSet<String>>) -> Result<&ByHand> {
        if let Some(found) = self.by_hand.get() {
            return Ok(found);
        }
        let entities = (self.source.entities(), self.target.entities());
        let found = kept::by_hand(self.connection, entities, tables)?;
        Ok(self.by_hand.get_or_init(|| found))
    }

    /// The error for a column that somebody has added by hand and the step would leave out.
    pub(crate) fn loses(&self, table: &str, column: String) -> Error {
        Error::UnknownColumn {
            from: self.from(),
            to: self.to(),
            table: table.to_owned(),
            column,
        }
    }

    /// A number that changes whenever the schema does:
    /// <https://www.sqlite.org/pragma.html#pragma_schema_version>
    pub(crate) fn schema_version(&self) -> Result<i64> {
        Ok(self
            .connection
            .query_row("PRAGMA main.schema_version", [], |row| row.get(0))?)
    }

    /// The data part of a step must leave the schema alone: nothing would bring it to the new
    /// version afterwards, and nothing would tell.
    pub(crate) fn require_same_schema(
        &self,
        before: i64,
        location: Option<(&'static str, u32)>,
        statement: &str,
    ) -> Result<()> {
        if self.schema_version()? == before {
            return Ok(());
        }
        Err(Error::SchemaChanged {
            from: self.from(),
            to: self.to(),
            location,
            statement: statement.to_owned(),
        })
    }

    /// Remembers the full-text indexes whose triggers the step does without. Called before the
    /// first change of data, while it can be told that they are in step.
    fn watch_full_text(&self) -> Result<()> {
        if self.watched.borrow().is_some() {
            return Ok(());
        }
        let (source, target) = (self.source.entities(), self.target.entities());
        let mut watched = BTreeSet::new();
        for table in full_text::content_tables(source) {
            if derived::has_stale_triggers(source, target, &table) {
                watched.extend(full_text::in_step_with(self.connection, source, &table)?);
            }
        }
        self.watched.replace(Some(watched));
        Ok(())
    }

    pub(crate) fn transaction_ended(&self) -> Error {
        Error::TransactionEnded {
            from: self.from(),
            to: self.to(),
        }
    }
}
