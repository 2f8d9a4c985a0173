//! What a step still has to make, as a type.
//!
//! A generated step type names its changes in a tree, such as `Both<Pending<DropTable<..>>,
//! Pending<AddColumn<..>>>`. Each method of [`Step`](crate::Step) takes its change out of the tree,
//! and `done` needs one with nothing pending. It is a tree and not a list because a step may have
//! hundreds of changes, and rustc does not follow types that are nested hundreds deep.
//!
//! The traits here exist for that, and for what rustc says when something does not fit; generated
//! code implements them.

use std::marker::PhantomData;

use crate::entity::Entity;
use crate::rebuild::RebuildPlan;

/// A table as it is at one version: `v2::todos::table`.
pub trait Table {
    /// The table and the statement that creates it.
    const ENTITY: Entity;
}

/// A column of a table as it is at one version: `v2::todos::due_date`.
pub trait Column {
    /// The table.
    type Table: Table;
    /// The name of the column in SQL.
    const NAME: &'static str;
}

/// The change: a column is new and `ALTER TABLE ADD COLUMN` can add it.
#[derive(Debug)]
pub struct AddColumn<C>(PhantomData<C>);
/// The change: a column is gone and `ALTER TABLE DROP COLUMN` can drop it.
#[derive(Debug)]
pub struct DropColumn<C>(PhantomData<C>);
/// The change: a column is new, and only a rename (or a rebuild of its table) can make it.
#[derive(Debug)]
pub struct RenameColumnTo<C>(PhantomData<C>);
/// The change: a column is gone, and only a rename (or a rebuild of its table) can do that.
#[derive(Debug)]
pub struct RenameColumnFrom<C>(PhantomData<C>);
/// The change: a table is new.
#[derive(Debug)]
pub struct CreateTable<T>(PhantomData<T>);
/// The change: a table is gone.
#[derive(Debug)]
pub struct DropTable<T>(PhantomData<T>);
/// The change: a table differs in a way that no `ALTER TABLE` can make.
#[derive(Debug)]
pub struct Rebuild<T>(PhantomData<T>);

/// A change that a step still has to make.
#[derive(Debug)]
pub struct Pending<Change>(PhantomData<Change>);
/// Two trees of changes.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<(A, B)>);
/// No change.
#[derive(Debug)]
pub struct NothingPending;

/// A tree of changes of which all are made.
#[diagnostic::on_unimplemented(message = "the step still has changes to make: `{Self}`")]
pub trait AllMade {}
impl AllMade for NothingPending {}
impl<Change: Made> AllMade for Pending<Change> {}
impl<A: AllMade, B: AllMade> AllMade for Both<A, B> {}

/// A change that is made. No pending change is; the trait is there for the message.
#[diagnostic::on_unimplemented(
    message = "the step still has to make this change: `{Self}`",
    label = "between the two versions there is a change that this step does not make",
    note = "each change is made by the method of its name, before `.done()`: `AddColumn<c>` by `.add_column(c)?`, `DropTable<t>` by `.drop_table(t)?`, `Rebuild<t>` by `.rebuild(..)?` with the `Rebuild` of that table's module",
    note = "a column or table that only has another name is made by `.rename_column(old, new)?` or `.rename_table(old, new)?`"
)]
pub trait Made {}

/// Takes a change out of a tree. `Place` is where it stands; the compiler finds it.
#[diagnostic::on_unimplemented(
    message = "`{Change}` is not a change that this step still has to make",
    label = "no such change is pending here",
    note = "either this step has made it already, or it belongs to the step to another version: look at the version in the path, such as `v2::`"
)]
pub trait Remove<Change, Place> {
    /// The tree without the change.
    type Rest;
}
/// The place of a change.
#[derive(Debug)]
pub struct Here;
/// A place in the first of two trees.
#[derive(Debug)]
pub struct InFirst<Place>(PhantomData<Place>);
/// A place in the second of two trees.
#[derive(Debug)]
pub struct InSecond<Place>(PhantomData<Place>);

impl<Change> Remove<Change, Here> for Pending<Change> {
    type Rest = NothingPending;
}
impl<Change, Place, A, B> Remove<Change, InFirst<Place>> for Both<A, B>
where
    A: Remove<Change, Place>,
{
    type Rest = Both<A::Rest, B>;
}
impl<Change, Place, A, B> Remove<Change, InSecond<Place>> for Both<A, B>
where
    B: Remove<Change, Place>,
{
    type Rest = Both<A, B::Rest>;
}

/// Takes several changes out of a tree: `Changes` is `(A, (B, ()))`.
#[diagnostic::on_unimplemented(
    message = "not all of `{Changes}` are changes that this step still has to make",
    label = "made already, or not a change of this step"
)]
pub trait RemoveAll<Changes, Places> {
    /// The tree without them.
    type Rest;
}
impl<Tree> RemoveAll<(), ()> for Tree {
    type Rest = Tree;
}
impl<Tree, Change, Others, Place, Places> RemoveAll<(Change, Others), (Place, Places)> for Tree
where
    Tree: Remove<Change, Place>,
    Tree::Rest: RemoveAll<Others, Places>,
{
    type Rest = <Tree::Rest as RemoveAll<Others, Places>>::Rest;
}

/// A column that its version has and the version before has not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column that a step adds",
    label = "not new at its version",
    note = "a column is new at one version only: name it by the version to which the step leads, such as `v3::todos::due_date` in the step from 2 to 3"
)]
pub trait NewColumn: Column {
    /// The change by which the step gets it.
    type Change;
    /// Its definition, for `ALTER TABLE ADD COLUMN`.
    const DEFINITION: &'static str;
}

/// A column that its version has and the next version has not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column that a step drops",
    label = "still there at the next version",
    note = "name it by the version from which the step starts, such as `v2::todos::due_date` in the step from 2 to 3"
)]
pub trait DroppedColumn: Column {
    /// The change by which the step loses it.
    type Change;
}

/// A change that `add_column` can make.
#[diagnostic::on_unimplemented(
    message = "SQLite cannot add this column to a table that has rows: the change is pending as `{Self}`",
    label = "`ALTER TABLE ADD COLUMN` cannot make it",
    note = "rebuild the table: `.rebuild(vN::<table>::Rebuild {{ .. }})?` with the version to which the step leads, and an SQL expression for each field",
    note = "see https://www.sqlite.org/lang_altertable.html#alter_table_add_column"
)]
pub trait MadeByAddColumn {}
impl<C> MadeByAddColumn for AddColumn<C> {}

/// A change that `drop_column` can make.
#[diagnostic::on_unimplemented(
    message = "SQLite cannot drop this column: the change is pending as `{Self}`",
    label = "`ALTER TABLE DROP COLUMN` cannot make it",
    note = "rebuild the table: `.rebuild(vN::<table>::Rebuild {{ .. }})?` with the version to which the step leads",
    note = "see https://www.sqlite.org/lang_altertable.html#alter_table_drop_column"
)]
pub trait MadeByDropColumn {}
impl<C> MadeByDropColumn for DropColumn<C> {}

/// A column that a rename can turn into the column `New` of the next version.
#[diagnostic::on_unimplemented(
    message = "a rename cannot turn `{Self}` into `{New}`",
    label = "not the same column under another name",
    note = "a rename needs a column that is gone at the next version, one that is new there, and the same type, default and constraints for both; otherwise rebuild the table and give the old name as the expression: `.rebuild(..)`"
)]
pub trait RenameColumn<New>: Column {
    /// The changes that the rename makes.
    type Changes;
}

/// A table that its version has and the version before has not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table that a step creates",
    label = "not new at its version",
    note = "name it by the version to which the step leads, such as `v3::todos::table` in the step from 2 to 3"
)]
pub trait NewTable: Table {
    /// The change by which the step gets it.
    type Change;
}

/// A table that its version has and the next version has not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table that a step drops",
    label = "still there at the next version",
    note = "name it by the version from which the step starts, such as `v2::users::table` in the step from 2 to 3"
)]
pub trait DroppedTable: Table {
    /// The change by which the step loses it.
    type Change;
}

/// A table that a rename can turn into the table `New` of the next version.
#[diagnostic::on_unimplemented(
    message = "a rename cannot turn the table `{Self}` into `{New}`",
    label = "not the same table under another name",
    note = "a rename needs a table that is gone at the next version, one that is new there, and the same columns and constraints in both; otherwise create the new table, copy the rows with `.execute(..)` and drop the old one"
)]
pub trait RenameTable<New>: Table {
    /// The changes that the rename makes.
    type Changes;
}

/// How a table of the version before becomes this one: the `Rebuild` of a table's module.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a rebuild",
    label = "not the `Rebuild` of a table's module",
    note = "write `vN::<table>::Rebuild {{ .. }}` with the version to which the step leads"
)]
pub trait TableRebuild {
    /// The table that it makes.
    type Table: Table;
    /// The changes that it makes.
    type Changes;
    /// What is copied from where.
    const PLAN: RebuildPlan;

    /// The expressions for columns that cannot be copied as they are: column, expression.
    fn expressions(&self) -> Vec<(&'static str, &str)>;

    /// Fills a column by an SQL expression instead of copying it. The expression is evaluated for
    /// each row of the old table and may name its columns.
    fn with<C>(self, column: C, expression: &str) -> RebuildWith<'_, Self>
    where
        C: Column<Table = Self::Table>,
        Self: Sized,
    {
        let _ = column;
        RebuildWith {
            rebuild: self,
            column: C::NAME,
            expression,
        }
    }
}

/// A rebuild with one more expression, made by [`TableRebuild::with`].
#[derive(Debug, Clone)]
pub struct RebuildWith<'e, R> {
    rebuild: R,
    column: &'static str,
    expression: &'e str,
}

impl<R: TableRebuild> TableRebuild for RebuildWith<'_, R> {
    type Table = R::Table;
    type Changes = R::Changes;
    const PLAN: RebuildPlan = R::PLAN;

    fn expressions(&self) -> Vec<(&'static str, &str)> {
        let mut expressions = self.rebuild.expressions();
        expressions.retain(|(column, _)| *column != self.column);
        expressions.push((self.column, self.expression));
        expressions
    }
}
