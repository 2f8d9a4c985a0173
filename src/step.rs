//! A step: what it may call, and what it has made.

use std::marker::PhantomData;
use std::panic::Location;

use rusqlite::{Connection, Params};

use crate::context::StepContext;
use crate::error::Result;
use crate::pending::{
    AddedWithoutRebuild, AddedWithoutRename, At, Column, DroppedColumn, DroppedTable,
    DroppedWithoutRebuild, DroppedWithoutRename, FirstPending, HoldsData, Made, NewColumn,
    NewTable, RebuildIn, RenameColumn, RenameTable, SecondPending, StillPending, Table, Take,
    ThirdPending, Tree,
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
type Without<'m, const FROM: i32, const TO: i32, Changes, Place> =
    Result<Step<'m, FROM, TO, <Changes as At<Place>>::Rest>>;
/// The step with several changes less to make.
type WithoutAll<'m, const FROM: i32, const TO: i32, Changes, Places> =
    Result<Step<'m, FROM, TO, <Changes as Take<Places>>::Rest>>;

#[expect(
    clippy::needless_pass_by_value,
    reason = "tables and columns are unit structs: `.add_column(v2::todos::due_date)` reads best"
)]
impl<'m, const FROM: i32, const TO: i32, Changes> Step<'m, FROM, TO, Changes> {
    /// Adds a column that is NULL, or has a constant default, in the rows that are there.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_add_column>
    #[track_caller]
    pub fn add_column<C>(self, column: C) -> Without<'m, FROM, TO, Changes, C::Place>
    where
        C: NewColumn<FROM, TO>,
        C::Means: AddedWithoutRebuild<C> + AddedWithoutRename<C>,
        Changes: At<C::Place>,
        <Changes as At<C::Place>>::Found: StillPending<C>,
    {
        let _ = column;
        self.context
            .called_at(Location::caller())
            .add_column(C::Table::ENTITY.name, C::DEFINITION)?;
        Ok(self.with())
    }

    /// Drops a column, with its values.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_drop_column>
    #[track_caller]
    pub fn drop_column<C>(self, column: C) -> Without<'m, FROM, TO, Changes, C::Place>
    where
        C: DroppedColumn<FROM, TO>,
        C::Means: DroppedWithoutRebuild<C> + DroppedWithoutRename<C>,
        Changes: At<C::Place>,
        <Changes as At<C::Place>>::Found: StillPending<C>,
    {
        let _ = column;
        self.context
            .called_at(Location::caller())
            .drop_column(C::Table::ENTITY.name, C::NAME)?;
        Ok(self.with())
    }

    /// Gives a column another name; its values stay. This makes two changes: the old column is
    /// gone, the new one is there.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_rename_column>
    #[track_caller]
    pub fn rename_column<Old, New>(
        self,
        old: Old,
        new: New,
    ) -> WithoutAll<'m, FROM, TO, Changes, Old::Places>
    where
        Old: RenameColumn<New, FROM, TO>,
        New: Column,
        Changes: Take<Old::Places>,
        <Changes as Take<Old::Places>>::Found: StillPending<Old>,
    {
        let _ = (old, new);
        self.context.called_at(Location::caller()).rename_column(
            Old::Table::ENTITY.name,
            Old::NAME,
            New::NAME,
        )?;
        Ok(self.with())
    }

    /// Creates a table, empty. Its indexes and triggers follow when the step is done.
    ///
    /// # Errors
    /// What SQLite reports.
    #[track_caller]
    pub fn create_table<T>(self, table: T) -> Without<'m, FROM, TO, Changes, T::Place>
    where
        T: NewTable<FROM, TO>,
        Changes: At<T::Place>,
        <Changes as At<T::Place>>::Found: StillPending<T>,
    {
        let _ = table;
        self.context
            .called_at(Location::caller())
            .create_table(&T::ENTITY)?;
        Ok(self.with())
    }

    /// Drops a table, with its rows, indexes and triggers. Rows of other tables stay, whatever
    /// their foreign keys say.
    ///
    /// # Errors
    /// What SQLite reports.
    #[track_caller]
    pub fn drop_table<T>(self, table: T) -> Without<'m, FROM, TO, Changes, T::Place>
    where
        T: DroppedTable<FROM, TO>,
        Changes: At<T::Place>,
        <Changes as At<T::Place>>::Found: StillPending<T>,
    {
        let _ = table;
        self.context
            .called_at(Location::caller())
            .drop_table(T::ENTITY.name)?;
        Ok(self.with())
    }

    /// Gives a table another name; foreign keys, triggers and views that mention it follow.
    ///
    /// # Errors
    /// What SQLite reports: <https://www.sqlite.org/lang_altertable.html#alter_table_rename>
    #[track_caller]
    pub fn rename_table<Old, New>(
        self,
        old: Old,
        new: New,
    ) -> WithoutAll<'m, FROM, TO, Changes, Old::Places>
    where
        Old: RenameTable<New, FROM, TO>,
        New: Table,
        Changes: Take<Old::Places>,
        <Changes as Take<Old::Places>>::Found: StillPending<Old>,
    {
        let _ = (old, new);
        self.context
            .called_at(Location::caller())
            .rename_table(Old::ENTITY.name, New::ENTITY.name)?;
        Ok(self.with())
    }

    /// Makes a table anew in its new form and copies the rows: rowids, the memory of
    /// `AUTOINCREMENT`, and rows of other tables that refer to it are kept.
    ///
    /// The argument is the `Rebuild` of the table's module, with an SQL expression for each column
    /// that cannot be copied; [`TableRebuild::with`](crate::TableRebuild::with) gives one for any other column.
    ///
    /// # Errors
    /// What SQLite reports, such as a row that breaks a constraint of the new table.
    #[track_caller]
    pub fn rebuild<R>(self, table: R) -> WithoutAll<'m, FROM, TO, Changes, R::Places>
    where
        R: RebuildIn<FROM, TO>,
        Changes: Take<R::Places>,
        <Changes as Take<R::Places>>::Found: StillPending<R::Table>,
    {
        self.context.called_at(Location::caller()).rebuild(
            &R::Table::ENTITY,
            &R::PLAN,
            &table.expressions(),
        )?;
        Ok(self.with())
    }

    /// Runs one statement on the data and takes no change out of the list.
    ///
    /// # Errors
    /// What SQLite reports.
    #[track_caller]
    pub fn execute<P: Params>(self, sql: &str, params: P) -> Result<Self> {
        self.context
            .called_at(Location::caller())
            .execute(sql, params)?;
        Ok(self)
    }

    /// Runs Rust code on the data, in the transaction of the upgrade, and takes no change out of
    /// the list.
    ///
    /// # Errors
    /// What the code returns; [`Error::TransactionEnded`](crate::Error::TransactionEnded) where it ended the transaction.
    #[track_caller]
    pub fn with_connection(self, work: impl FnOnce(&Connection) -> Result<()>) -> Result<Self> {
        self.context
            .called_at(Location::caller())
            .with_connection(work)?;
        Ok(self)
    }

    /// Declares that rows of a table, or values of a column, may be gone after the step, and why: the
    /// generated tests (`migration_tests!`) then do not complain of them. Without a reason it
    /// declares nothing. It takes no change out of the list, and does nothing at run time.
    ///
    /// ```text
    /// m.allow_data_loss(v2::users::table, "the server has them")
    ///     .drop_table(v2::users::table)?
    ///     .done()
    /// ```
    pub fn allow_data_loss<O, Kind>(self, object: O, because: &str) -> Self
    where
        O: HoldsData<Kind>,
    {
        let _ = (object, because);
        #[cfg(feature = "verify")]
        crate::verify::declared::allow_data_loss(O::object(), because);
        self
    }

    /// Ends the step: brings indexes, triggers and views to the new version. Only a step with no
    /// change left to make can be done.
    ///
    /// # Errors
    /// What SQLite reports, such as rows that break a new unique index.
    #[track_caller]
    pub fn done(self) -> Result<Reached<TO>>
    where
        Changes: Tree,
        FirstPending<Changes>: Made,
        SecondPending<Changes>: Made,
        ThirdPending<Changes>: Made,
    {
        self.context.called_at(Location::caller()).finish()?;
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
        #[cfg(feature = "verify")]
        crate::verify::declared::in_rust();
        self.begin()?;
        step(Step {
            context: self,
            pending: PhantomData,
        })?;
        Ok(())
    }
}
