//! The rebuild of a table.

use super::{Column, Table};
use crate::rebuild::RebuildPlan;

/// How a table of the version before becomes this one: the `Rebuild` of a table's module.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a rebuild of a table",
    label = "not the `Rebuild` of a table's module",
    note = "write `.rebuild(vN::<table>::Rebuild {{ .. }})?` with the version to which the step leads"
)]
pub trait TableRebuild {
    /// The table that it makes.
    type Table: Table;
    /// What is copied from where.
    const PLAN: RebuildPlan;

    /// The expressions for columns that cannot be copied as they are: column, expression.
    fn expressions(&self) -> Vec<(&'static str, &str)>;

    /// Fills a column by an SQL expression instead of copying it. The expression is evaluated for
    /// each row of the old table and may name its columns.
    fn with<C>(self, column: C, expression: &str) -> RebuildWith<'_, Self>
    where
        C: Column,
        C::Table: OfTable<Self::Table>,
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

/// A rebuild that the step from `FROM` to `TO` makes.
#[diagnostic::on_unimplemented(
    message = "the step from {FROM} to {TO} does not make `{Self}`",
    label = "not a rebuild of this step",
    note = "a rebuild is named by the version to which the step leads: `v{TO}::<table>::Rebuild` in the step from {FROM} to {TO}, `Rollback` where that is a rollback"
)]
pub trait RebuildIn<const FROM: i32, const TO: i32>: TableRebuild {
    /// The places of the changes that it makes.
    type Places;
}

/// A table that is the same as the one of a rebuild: the table of a column.
#[diagnostic::on_unimplemented(
    message = "this column is of `{Self}`, and the rebuild makes `{Rebuilt}`",
    label = "not a column of the table that is rebuilt",
    note = "name the column by the version to which the step leads, as the rebuild is named"
)]
pub trait OfTable<Rebuilt> {}
impl<T> OfTable<T> for T {}

/// A rebuild with one more expression, made by [`TableRebuild::with`].
#[derive(Debug, Clone)]
pub struct RebuildWith<'e, R> {
    rebuild: R,
    column: &'static str,
    expression: &'e str,
}

impl<R: TableRebuild> TableRebuild for RebuildWith<'_, R> {
    type Table = R::Table;
    const PLAN: RebuildPlan = R::PLAN;

    fn expressions(&self) -> Vec<(&'static str, &str)> {
        let mut expressions = self.rebuild.expressions();
        expressions.retain(|(column, _)| *column != self.column);
        expressions.push((self.column, self.expression));
        expressions
    }
}

impl<R: RebuildIn<FROM, TO>, const FROM: i32, const TO: i32> RebuildIn<FROM, TO>
    for RebuildWith<'_, R>
{
    type Places = R::Places;
}
