//! What holds data: a table, or a column.

use super::{Column, Table};

/// Says that something is a table.
#[derive(Debug)]
pub struct IsTable;

/// Says that something is a column.
#[derive(Debug)]
pub struct IsColumn;

/// A table or a column, of which data can be lost. `Kind` is [`IsTable`] or [`IsColumn`], and rustc
/// finds out which.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a table nor a column",
    label = "not a table or column of a version",
    note = "a table is named by its version: `v2::todos::table`, and so is a column: `v2::todos::due_date`"
)]
pub trait HoldsData<Kind> {
    /// Its name: `todos`, or `todos.due_date`.
    fn object() -> String;
}

impl<T: Table> HoldsData<IsTable> for T {
    fn object() -> String {
        T::ENTITY.name.to_owned()
    }
}

impl<C: Column> HoldsData<IsColumn> for C {
    fn object() -> String {
        format!("{}.{}", C::Table::ENTITY.name, C::NAME)
    }
}
