//! A step: what it may call, and what it has made.

use std::marker::PhantomData;

use rusqlite::{Connection, Params};

use crate::context::StepContext;
use crate::error::Result;
use crate::pending::{
    AllMade, DroppedColumn, DroppedTable, MadeByAddColumn, MadeByDropColumn, NewColumn, NewTable,
    Remove, RemoveAll, RenameColumn, RenameTable, Table, TableRebuild,
};

/// A step from version `FROM` to version `TO` in Rust, with the list of changes that it still has
/// to make. The generated types `From2To3` are this one.
///
/// A step runs in the transaction of the upgrade, with foreign keys off. The methods take the step
/// and give it back with the change taken out of the list, so that calls are chained with `?`. If
/// one of them fails, return the error: everything is rolled back.
#[must_use = "a step ends with `.done()`"]
#[derive(Debug)]
pub struct Step<'m, const FROM: i32, const TO: i32, Changes> {
    context: StepContext<'m>,
    pending: PhantomData<fn() -> Changes>,
}

/// The proof that a step has made all its changes: what [`Step::done`] returns.
#[derive(Debug)]
pub struct Reached<const VERSION: i32>(());

/// The step with one change less to make.
type Rest<'m, const FROM: i32, const TO: i32, Changes> = Result<Step<'m, FROM, TO, Changes>>;

#[expect(
    clippy::needless_pass_by_value,
    reason = "tables and columns are unit structs: `.add_column(v2::todos::due_date)` reads best"
)]
impl<'m, const FROM: i32, const TO: i32, Changes> Step<'m, FROM, TO, Changes> {
    /// Adds a column that is NULL, or has a constant default, in the rows that are there.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_add_column>
    pub fn add_column<C, Place>(
        self,
        column: C,
    ) -> Rest<'m, FROM, TO, <Changes as Remove<C::Change, Place>>::Rest>
    where
        C: NewColumn,
        C::Change: MadeByAddColumn,
        Changes: Remove<C::Change, Place>,
    {
        let _ = column;
        self.context
            .add_column(C::Table::ENTITY.name, C::DEFINITION)?;
        Ok(self.with())
    }

    /// Drops a column, with its values.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_drop_column>
    pub fn drop_column<C, Place>(
        self,
        column: C,
    ) -> Rest<'m, FROM, TO, <Changes as Remove<C::Change, Place>>::Rest>
    where
        C: DroppedColumn,
        C::Change: MadeByDropColumn,
        Changes: Remove<C::Change, Place>,
    {
        let _ = column;
        self.context.drop_column(C::Table::ENTITY.name, C::NAME)?;
        Ok(self.with())
    }

    /// Gives a column another name; its values stay. This makes two changes: the old column is
    /// gone, the new one is there.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_rename_column>
    pub fn rename_column<Old, New, Places>(
        self,
        old: Old,
        new: New,
    ) -> Rest<'m, FROM, TO, <Changes as RemoveAll<Old::Changes, Places>>::Rest>
    where
        Old: RenameColumn<New>,
        New: NewColumn,
        Changes: RemoveAll<Old::Changes, Places>,
    {
        let _ = (old, new);
        self.context
            .rename_column(Old::Table::ENTITY.name, Old::NAME, New::NAME)?;
        Ok(self.with())
    }

    /// Creates a table, empty. Its indexes and triggers follow when the step is done.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn create_table<T, Place>(
        self,
        table: T,
    ) -> Rest<'m, FROM, TO, <Changes as Remove<T::Change, Place>>::Rest>
    where
        T: NewTable,
        Changes: Remove<T::Change, Place>,
    {
        let _ = table;
        self.context.create_table(&T::ENTITY)?;
        Ok(self.with())
    }

    /// Drops a table, with its rows, indexes and triggers. Rows of other tables stay, whatever
    /// their foreign keys say.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn drop_table<T, Place>(
        self,
        table: T,
    ) -> Rest<'m, FROM, TO, <Changes as Remove<T::Change, Place>>::Rest>
    where
        T: DroppedTable,
        Changes: Remove<T::Change, Place>,
    {
        let _ = table;
        self.context.drop_table(T::ENTITY.name)?;
        Ok(self.with())
    }

    /// Gives a table another name; foreign keys, triggers and views that mention it follow.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_rename>
    pub fn rename_table<Old, New, Places>(
        self,
        old: Old,
        new: New,
    ) -> Rest<'m, FROM, TO, <Changes as RemoveAll<Old::Changes, Places>>::Rest>
    where
        Old: RenameTable<New>,
        New: NewTable,
        Changes: RemoveAll<Old::Changes, Places>,
    {
        let _ = (old, new);
        self.context
            .rename_table(Old::ENTITY.name, New::ENTITY.name)?;
        Ok(self.with())
    }

    /// Makes a table anew in its new form and copies the rows: rowids, the memory of
    /// `AUTOINCREMENT`, and rows of other tables that refer to it are kept.
    ///
    /// The argument is the `Rebuild` of the table's module, with an SQL expression for each column
    /// that cannot be copied; [`TableRebuild::with`] gives one for any other column.
    ///
    /// # Errors
    /// What SQLite reports, such as a row that breaks a constraint of the new table.
    pub fn rebuild<R, Places>(
        self,
        table: R,
    ) -> Rest<'m, FROM, TO, <Changes as RemoveAll<R::Changes, Places>>::Rest>
    where
        R: TableRebuild,
        Changes: RemoveAll<R::Changes, Places>,
    {
        self.context
            .rebuild(&R::Table::ENTITY, &R::PLAN, &table.expressions())?;
        Ok(self.with())
    }

    /// Runs one statement on the data and takes no change out of the list.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn execute<P: Params>(self, sql: &str, params: P) -> Result<Self> {
        self.context.execute(sql, params)?;
        Ok(self)
    }

    /// Runs Rust code on the data, in the transaction of the upgrade, and takes no change out of
    /// the list.
    ///
    /// # Errors
    /// What the code returns; [`Error::TransactionEnded`] where it ended the transaction.
    pub fn with_connection(self, work: impl FnOnce(&Connection) -> Result<()>) -> Result<Self> {
        self.context.with_connection(work)?;
        Ok(self)
    }

    /// Ends the step: brings indexes, triggers and views to the new version. Only a step with no
    /// change left to make can be done.
    ///
    /// # Errors
    /// What SQLite reports, such as rows that break a new unique index.
    pub fn done(self) -> Result<Reached<TO>>
    where
        Changes: AllMade,
    {
        self.context.finish()?;
        Ok(Reached(()))
    }

    fn with<Rest>(self) -> Step<'m, FROM, TO, Rest> {
        Step {
            context: self.context,
            pending: PhantomData,
        }
    }
}

impl<'m> StepContext<'m> {
    /// Runs a step in Rust.
    ///
    /// # Errors
    /// What the step returns.
    pub fn run_rust<const FROM: i32, const TO: i32, Changes>(
        self,
        step: impl FnOnce(Step<'m, FROM, TO, Changes>) -> Result<Reached<TO>>,
    ) -> Result<()> {
        self.begin()?;
        step(Step {
            context: self,
            pending: PhantomData,
        })?;
        Ok(())
    }
}
