//! What a step can do with columns.

use super::{Column, TableRebuild, Undecided};

/// A column that `ALTER TABLE` can add or drop.
#[derive(Debug)]
pub struct AlterTable;

/// A column that version `TO` has and version `FROM` has not, in a table that both have.
#[diagnostic::on_unimplemented(
    message = "the step from {FROM} to {TO} does not add `{Self}`",
    label = "not a column that is new at version {TO}",
    note = "a new column is named by the version that first has it: `v{TO}::<table>::<column>` in the step from {FROM} to {TO}",
    note = "the columns of a new table come with the table: `.create_table(v{TO}::<table>::table)?`"
)]
pub trait NewColumn<const FROM: i32, const TO: i32>: Column {
    /// The place of the change that makes it.
    type Place;
    /// [`AlterTable`], or the column that has to be renamed, or the rebuild that has to be made.
    type Means;
    /// Its definition, for `ALTER TABLE ADD COLUMN`.
    const DEFINITION: &'static str;
}

/// A column that version `FROM` has and version `TO` has not, in a table that both have.
#[diagnostic::on_unimplemented(
    message = "the step from {FROM} to {TO} does not drop `{Self}`",
    label = "not a column that is gone at version {TO}",
    note = "a column that goes is named by the last version that has it: `v{FROM}::<table>::<column>` in the step from {FROM} to {TO}",
    note = "the columns of a table that goes go with it: `.drop_table(v{FROM}::<table>::table)?`"
)]
pub trait DroppedColumn<const FROM: i32, const TO: i32>: Column {
    /// The place of the change that removes it.
    type Place;
    /// [`AlterTable`], or the column that it has to become, or the rebuild that has to be made.
    type Means;
}

/// The means of a new column, where that is not a rebuild.
#[diagnostic::on_unimplemented(
    message = "SQLite cannot add `{NewColumn}` to a table that has rows: the table has to be rebuilt",
    label = "`ALTER TABLE ADD COLUMN` cannot make this change",
    note = "write `.rebuild({Self} {{}})?` in place of `.add_column(..)?`; rustc then names each column that needs an SQL expression",
    note = "what SQLite can add: https://www.sqlite.org/lang_altertable.html#alter_table_add_column"
)]
pub trait AddedWithoutRebuild<NewColumn> {}
#[diagnostic::do_not_recommend]
impl<C> AddedWithoutRebuild<C> for AlterTable {}
#[diagnostic::do_not_recommend]
impl<C, Old: Column> AddedWithoutRebuild<C> for Old {}

/// The means of a new column, where that is not a rename.
#[diagnostic::on_unimplemented(
    message = "SQLite cannot add `{NewColumn}` to a table that has rows: it can only be an old column under another name",
    label = "`ALTER TABLE ADD COLUMN` cannot make this change",
    note = "where it is `{Self}` under another name, write `.rename_column({Self}, {NewColumn})?`",
    note = "where it is another column, rebuild the table: `.rebuild(..)?` with the `Rebuild` of its module",
    note = "what SQLite can add: https://www.sqlite.org/lang_altertable.html#alter_table_add_column"
)]
pub trait AddedWithoutRename<NewColumn> {}
#[diagnostic::do_not_recommend]
impl<C> AddedWithoutRename<C> for AlterTable {}
#[diagnostic::do_not_recommend]
impl<C, R: TableRebuild> AddedWithoutRename<C> for R {}

/// The means by which a column goes, where that is not a rebuild.
#[diagnostic::on_unimplemented(
    message = "SQLite cannot drop `{OldColumn}`: the table has to be rebuilt",
    label = "`ALTER TABLE DROP COLUMN` cannot make this change",
    note = "write `.rebuild({Self} {{}})?` in place of `.drop_column(..)?`; rustc then names each column that needs an SQL expression",
    note = "what SQLite can drop: https://www.sqlite.org/lang_altertable.html#alter_table_drop_column"
)]
pub trait DroppedWithoutRebuild<OldColumn> {}
#[diagnostic::do_not_recommend]
impl<C> DroppedWithoutRebuild<C> for AlterTable {}
#[diagnostic::do_not_recommend]
impl<C, New: Column> DroppedWithoutRebuild<C> for New {}

/// The means by which a column goes, where that is not a rename.
#[diagnostic::on_unimplemented(
    message = "SQLite cannot drop `{OldColumn}`: it can only get another name",
    label = "`ALTER TABLE DROP COLUMN` cannot make this change",
    note = "where it is `{Self}` at the new version, write `.rename_column({OldColumn}, {Self})?`",
    note = "where it is gone, rebuild the table: `.rebuild(..)?` with the `Rebuild` of its module",
    note = "what SQLite can drop: https://www.sqlite.org/lang_altertable.html#alter_table_drop_column"
)]
pub trait DroppedWithoutRename<OldColumn> {}
#[diagnostic::do_not_recommend]
impl<C> DroppedWithoutRename<C> for AlterTable {}
#[diagnostic::do_not_recommend]
impl<C, R: TableRebuild> DroppedWithoutRename<C> for R {}

/// A column that a rename turns into the column `New` of the next version.
#[diagnostic::on_unimplemented(
    message = "the step from {FROM} to {TO} cannot rename `{Self}` to `{New}`",
    label = "not the same column under another name",
    note = "a rename is from a column that is gone at version {TO} to one that is new there, in the same table and with the same type, default and constraints",
    note = "to move the values between other columns, write `.add_column(new)?`, `.execute(\"UPDATE ..\", [])?`, `.drop_column(old)?`"
)]
pub trait RenameColumn<New, const FROM: i32, const TO: i32>: Column {
    /// The places of the changes that it makes.
    type Places;
}
#[diagnostic::do_not_recommend]
impl<Old: Column, const FROM: i32, const TO: i32> RenameColumn<Undecided, FROM, TO> for Old {
    type Places = ();
}
#[diagnostic::do_not_recommend]
impl<Old: Column, const FROM: i32, const TO: i32> RenameColumn<(Undecided,), FROM, TO> for Old {
    type Places = ();
}
