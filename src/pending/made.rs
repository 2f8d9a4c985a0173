//! The kinds of changes, and what `done` says of one that is not made.
//!
//! The marker of a change, such as `AddColumn<v3::todos::due_date>`, is [`Made`] if its object is
//! [`Added`]. No object is: the traits have no implementations, and are there for their messages.

use std::marker::PhantomData;

use super::NoChange;

/// A change that is made.
pub trait Made {}
impl Made for NoChange {}

/// The change: a column is new, and `ALTER TABLE ADD COLUMN` can add it.
#[derive(Debug)]
pub struct AddColumn<C>(PhantomData<C>);
impl<C: Added> Made for AddColumn<C> {}
/// A new column that the step adds.
#[diagnostic::on_unimplemented(
    message = "the step does not add the column `{Self}`",
    label = "this column is still to be added",
    note = "write `.add_column({Self})?` before `.done()`",
    note = "where it is a column of the old version under another name, `.rename_column(old, {Self})?` keeps its values"
)]
pub trait Added {}

/// The change: a column is new, and it may be an old one under another name.
#[derive(Debug)]
pub struct AddOrRenameColumn<C, Old>(PhantomData<(C, Old)>);
impl<C: AddedOrRenamed<Old>, Old> Made for AddOrRenameColumn<C, Old> {}
/// A new column that the step adds, or makes of an old one.
#[diagnostic::on_unimplemented(
    message = "the step does not add the column `{Self}`",
    label = "this column is still to be added",
    note = "where it is `{Old}` under another name, write `.rename_column({Old}, {Self})?` before `.done()`: that keeps its values",
    note = "where it is another column, write `.add_column({Self})?`"
)]
pub trait AddedOrRenamed<Old> {}

/// The change: a column is new, and only a rename (or a rebuild of its table) can make it.
#[derive(Debug)]
pub struct RenameColumnTo<C, Old>(PhantomData<(C, Old)>);
impl<C: RenamedTo<Old>, Old> Made for RenameColumnTo<C, Old> {}
/// A new column that only a rename or a rebuild makes.
#[diagnostic::on_unimplemented(
    message = "the step does not make the column `{Self}`",
    label = "this column is still to be made",
    note = "where it is `{Old}` under another name, write `.rename_column({Old}, {Self})?` before `.done()`",
    note = "where it is another column, rebuild its table: SQLite cannot add this column to a table that has rows"
)]
pub trait RenamedTo<Old> {}

/// The change: a column is gone, and `ALTER TABLE DROP COLUMN` can drop it.
#[derive(Debug)]
pub struct DropColumn<C>(PhantomData<C>);
impl<C: Dropped> Made for DropColumn<C> {}
/// An old column that the step drops.
#[diagnostic::on_unimplemented(
    message = "the step does not drop the column `{Self}`",
    label = "this column is still to be dropped",
    note = "write `.drop_column({Self})?` before `.done()`",
    note = "where the new version has it under another name, `.rename_column({Self}, new)?` keeps its values"
)]
pub trait Dropped {}

/// The change: a column is gone, and a new one may be the same under another name.
#[derive(Debug)]
pub struct DropOrRenameColumn<C, New>(PhantomData<(C, New)>);
impl<C: DroppedOrRenamed<New>, New> Made for DropOrRenameColumn<C, New> {}
/// An old column that the step drops, or makes a new one of.
#[diagnostic::on_unimplemented(
    message = "the step does not drop the column `{Self}`",
    label = "this column is still to be dropped",
    note = "where it is `{New}` at the new version, write `.rename_column({Self}, {New})?` before `.done()`: that keeps its values",
    note = "where it is gone, write `.drop_column({Self})?`"
)]
pub trait DroppedOrRenamed<New> {}

/// The change: a column is gone, and only a rename (or a rebuild of its table) can do that.
#[derive(Debug)]
pub struct RenameColumnFrom<C, New>(PhantomData<(C, New)>);
impl<C: RenamedFrom<New>, New> Made for RenameColumnFrom<C, New> {}
/// An old column that only a rename or a rebuild removes.
#[diagnostic::on_unimplemented(
    message = "the step does not remove the column `{Self}`",
    label = "this column is still to be renamed",
    note = "where it is `{New}` at the new version, write `.rename_column({Self}, {New})?` before `.done()`",
    note = "where it is gone, rebuild its table: SQLite cannot drop this column"
)]
pub trait RenamedFrom<New> {}

/// The change: a table is new.
#[derive(Debug)]
pub struct CreateTable<T>(PhantomData<T>);
impl<T: Created> Made for CreateTable<T> {}
/// A new table that the step creates.
#[diagnostic::on_unimplemented(
    message = "the step does not create the table `{Self}`",
    label = "this table is still to be created",
    note = "write `.create_table({Self})?` before `.done()`"
)]
pub trait Created {}

/// The change: a table is new, and it may be an old one under another name.
#[derive(Debug)]
pub struct CreateOrRenameTable<T, Old>(PhantomData<(T, Old)>);
impl<T: CreatedOrRenamed<Old>, Old> Made for CreateOrRenameTable<T, Old> {}
/// A new table that the step creates, or makes of an old one.
#[diagnostic::on_unimplemented(
    message = "the step does not create the table `{Self}`",
    label = "this table is still to be created",
    note = "where it is `{Old}` under another name, write `.rename_table({Old}, {Self})?` before `.done()`: that keeps its rows",
    note = "where it is another table, write `.create_table({Self})?`"
)]
pub trait CreatedOrRenamed<Old> {}

/// The change: a table is gone.
#[derive(Debug)]
pub struct DropTable<T>(PhantomData<T>);
impl<T: TableDropped> Made for DropTable<T> {}
/// An old table that the step drops.
#[diagnostic::on_unimplemented(
    message = "the step does not drop the table `{Self}`",
    label = "this table is still to be dropped",
    note = "write `.drop_table({Self})?` before `.done()`; its rows are then gone",
    note = "where a new table is to have the rows, copy them before: `.execute(\"INSERT INTO .. SELECT ..\", [])?`"
)]
pub trait TableDropped {}

/// The change: a table is gone, and a new one may be the same under another name.
#[derive(Debug)]
pub struct DropOrRenameTable<T, New>(PhantomData<(T, New)>);
impl<T: DroppedOrRenamedTable<New>, New> Made for DropOrRenameTable<T, New> {}
/// An old table that the step drops, or makes a new one of.
#[diagnostic::on_unimplemented(
    message = "the step does not drop the table `{Self}`",
    label = "this table is still to be dropped",
    note = "where it is `{New}` at the new version, write `.rename_table({Self}, {New})?` before `.done()`: that keeps its rows",
    note = "where it is gone, write `.drop_table({Self})?`"
)]
pub trait DroppedOrRenamedTable<New> {}

/// The change: a table differs in a way that no `ALTER TABLE` can make.
#[derive(Debug)]
pub struct Rebuild<R>(PhantomData<R>);
impl<R: Rebuilt> Made for Rebuild<R> {}
/// A rebuild that the step makes.
#[diagnostic::on_unimplemented(
    message = "the step does not rebuild the table of `{Self}`",
    label = "this table is still to be rebuilt",
    note = "write `.rebuild({Self} {{}})?` before `.done()`; rustc then names each column that needs an SQL expression"
)]
pub trait Rebuilt {}

/// The change: a table refers to another one that may have got another name.
#[derive(Debug)]
pub struct RebuildOrRename<R, Old, New>(PhantomData<(R, Old, New)>);
impl<R: RebuiltOrRenamed<Old, New>, Old, New> Made for RebuildOrRename<R, Old, New> {}
/// A rebuild that the step makes, unless it renames the table to which this one refers.
#[diagnostic::on_unimplemented(
    message = "the step does not rebuild the table of `{Self}`",
    label = "this table is still to be rebuilt",
    note = "its foreign key refers to `{New}`: where that is `{Old}` under another name, `.rename_table({Old}, {New})?` makes this change too",
    note = "otherwise write `.rebuild({Self} {{}})?` before `.done()`"
)]
pub trait RebuiltOrRenamed<Old, New> {}
