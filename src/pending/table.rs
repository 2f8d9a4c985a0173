//! What a step can do with tables.

use super::{Table, Undecided};

/// A table that version `TO` has and version `FROM` has not.
#[diagnostic::on_unimplemented(
    message = "the step from {FROM} to {TO} does not create `{Self}`",
    label = "not a table that is new at version {TO}",
    note = "a new table is named by the version that first has it: `v{TO}::<table>::table` in the step from {FROM} to {TO}"
)]
pub trait NewTable<const FROM: i32, const TO: i32>: Table {
    /// The place of the change that creates it.
    type Place;
}

/// A table that version `FROM` has and version `TO` has not.
#[diagnostic::on_unimplemented(
    message = "the step from {FROM} to {TO} does not drop `{Self}`",
    label = "not a table that is gone at version {TO}",
    note = "a table that goes is named by the last version that has it: `v{FROM}::<table>::table` in the step from {FROM} to {TO}"
)]
pub trait DroppedTable<const FROM: i32, const TO: i32>: Table {
    /// The place of the change that drops it.
    type Place;
}

/// A table that a rename turns into the table `New` of the next version.
#[diagnostic::on_unimplemented(
    message = "the step from {FROM} to {TO} cannot rename `{Self}` to `{New}`",
    label = "not the same table under another name",
    note = "a rename is from a table that is gone at version {TO} to one that is new there, with the same columns and constraints",
    note = "to move the rows between other tables, write `.create_table(new)?`, `.execute(\"INSERT INTO .. SELECT ..\", [])?`, `.drop_table(old)?`"
)]
pub trait RenameTable<New, const FROM: i32, const TO: i32>: Table {
    /// The places of the changes that it makes.
    type Places;
}
#[diagnostic::do_not_recommend]
impl<Old: Table, const FROM: i32, const TO: i32> RenameTable<Undecided, FROM, TO> for Old {
    type Places = ();
}
#[diagnostic::do_not_recommend]
impl<Old: Table, const FROM: i32, const TO: i32> RenameTable<(Undecided,), FROM, TO> for Old {
    type Places = ();
}
