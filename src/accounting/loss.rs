//! What was lost, as messages.

use std::fmt;

use super::{Account, Change, ColumnFate, Row, Rows, TableFate};
use crate::sql::names_equal;

/// Something that was lost: an error, unless it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The table.
    pub table: String,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// What was lost, and an example.
    pub kind: LossKind,
    /// How many values or rows.
    pub lost: usize,
    /// Of how many.
    pub of: usize,
}

/// What was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LossKind {
    /// A table with its rows, of which this is one.
    Table(Row),
    /// Rows, of which these are some.
    Rows(Vec<Row>),
    /// No row, but some are there more than once.
    Doubled(Vec<Row>),
    /// Values of a column.
    Values(Change),
    /// What values of a column were, besides their number: they have another storage class.
    Rewritten(Change),
}

impl Loss {
    /// What it is about: `todos` or `todos.notes`.
    pub fn object(&self) -> String {
        match &self.column {
            Some(column) => format!("{}.{column}", self.table),
            None => self.table.clone(),
        }
    }
}

impl Account {
    /// What was lost, tables first; empty where everything that was there can still be told.
    ///
    /// Rows that are there twice count too. A table that is gone is one loss, unless columns of it
    /// are elsewhere. The values of a row that is lost are not told again for its columns.
    pub fn losses(&self) -> Vec<Loss> {
        let mut losses = Vec::new();
        for table in &self.tables {
            if table.fate == TableFate::Dropped {
                if self.is_gone(&table.table) {
                    losses.extend(table.rows.lost_examples.first().map(|row| Loss {
                        table: table.table.clone(),
                        column: None,
                        kind: LossKind::Table(row.clone()),
                        lost: table.rows.lost,
                        of: table.rows.before,
                    }));
                }
            } else {
                losses.extend(of_rows(&table.table, &table.rows));
            }
        }
        for column in &self.columns {
            let (kind, lost, of) = match &column.fate {
                ColumnFate::Vanished { example, lost, of } => {
                    (LossKind::Values(example.clone()), *lost, *of)
                }
                ColumnFate::Rewritten {
                    example, lost, of, ..
                } if *lost > 0 => (LossKind::Rewritten(example.clone()), *lost, *of),
                ColumnFate::Kept
                | ColumnFate::Empty
                | ColumnFate::Moved { .. }
                | ColumnFate::Transformed { .. }
                | ColumnFate::Rewritten { .. } => continue,
            };
            if !losses.iter().any(|loss| is_told(loss, &column.table)) {
                losses.push(Loss {
                    table: column.table.clone(),
                    column: Some(column.column.clone()),
                    kind,
                    lost,
                    of,
                });
            }
        }
        losses
    }

    /// Whether all values of a table are.
    fn is_gone(&self, table: &str) -> bool {
        (self.columns.iter())
            .filter(|column| names_equal(&column.table, table))
            .all(|column| match &column.fate {
                ColumnFate::Empty => true,
                ColumnFate::Vanished { lost, of, .. } => lost == of,
                ColumnFate::Kept
                | ColumnFate::Moved { .. }
                | ColumnFate::Transformed { .. }
                | ColumnFate::Rewritten { .. } => false,
            })
    }
}

/// Whether the loss of a whole table says all that is to say.
fn is_told(loss: &Loss, table: &str) -> bool {
    matches!(loss.kind, LossKind::Table(_)) && names_equal(&loss.table, table)
}

fn of_rows(table: &str, rows: &Rows) -> impl Iterator<Item = Loss> {
    let loss = |kind: LossKind, lost: usize| Loss {
        table: table.to_owned(),
        column: None,
        kind,
        lost,
        of: rows.before,
    };
    let lost = loss(LossKind::Rows(rows.lost_examples.clone()), rows.lost);
    let doubled = loss(
        LossKind::Doubled(rows.doubled_examples.clone()),
        rows.doubled,
    );
    [lost, doubled].into_iter().filter(|loss| loss.lost > 0)
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lost, of) = (self.lost, self.of);
        match &self.column {
            Some(column) => write!(f, "column `{}.{column}`: ", self.table)?,
            None => write!(f, "table `{}`: ", self.table)?,
        }
        match &self.kind {
            LossKind::Table(row) => {
                write!(f, "it is gone with {}, such as {row}", count(of, "row"))
            }
            LossKind::Rows(rows) => {
                write!(f, "{lost} of {} {} gone", count(of, "row"), is_or_are(lost))?;
                such_as(f, rows)
            }
            LossKind::Doubled(rows) => {
                write!(
                    f,
                    "{} too many, which repeat {} of before",
                    count(lost, "row"),
                    rows_of(rows)
                )?;
                such_as(f, rows)
            }
            LossKind::Values(change) => {
                write!(
                    f,
                    "{lost} of {} {} gone",
                    count(of, "value"),
                    is_or_are(lost)
                )?;
                write!(f, ": in {}, {change}", change.row)
            }
            LossKind::Rewritten(change) => {
                let (before, after) = (&change.before, &change.after);
                let now = after
                    .as_ref()
                    .map_or("nothing", |after| after.storage_class());
                write!(
                    f,
                    "{lost} of {} cannot be told back from ",
                    count(of, "value")
                )?;
                write!(
                    f,
                    "{now}: in {}, the {} {change}",
                    change.row,
                    before.storage_class()
                )
            }
        }
    }
}

fn rows_of(rows: &[Row]) -> &'static str {
    if rows.len() == 1 { "a row" } else { "rows" }
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

fn is_or_are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn such_as(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    match rows.first() {
        Some(row) => write!(f, ", such as {row}"),
        None => Ok(()),
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.after {
            Some(after) => write!(f, "`{}` became `{after}`", self.before),
            None => write!(f, "`{}` is nowhere", self.before),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        write!(f, "the row (`{}`)", values.join("`, `"))
    }
}
