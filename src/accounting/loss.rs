//! What was lost, as messages.

use std::fmt;

use super::{Account, Change, ColumnFate, Place, Row, Rows, TableFate, Value};
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
    /// No value of a column, but which rows they belong to: they are in another table that does
    /// not say it.
    Unlinked(Change, Place),
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
                ColumnFate::Vanished {
                    example,
                    lost,
                    of,
                    unlinked,
                } => (values(example, unlinked.as_ref()), *lost, *of),
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

fn values(example: &Change, unlinked: Option<&Place>) -> LossKind {
    match unlinked {
        Some(place) => LossKind::Unlinked(example.clone(), place.clone()),
        None => LossKind::Values(example.clone()),
    }
}

/// Whether the loss of a whole table says all that is to say.
fn is_told(loss: &Loss, table: &str) -> bool {
    matches!(loss.kind, LossKind::Table(_)) && names_equal(&loss.table, table)
}

fn of_rows(table: &str, rows: &Rows) -> impl Iterator<Item = Loss> {
    let loss = |kind: LossKind, rows_lost: usize| Loss {
        table: table.to_owned(),
        column: None,
        kind,
        lost: rows_lost,
        of: rows.before,
    };
    let gone = loss(LossKind::Rows(rows.lost_examples.clone()), rows.lost);
    let doubled = loss(
        LossKind::Doubled(rows.doubled_examples.clone()),
        rows.doubled,
    );
    [gone, doubled].into_iter().filter(|loss| loss.lost > 0)
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
                such_as(f, ", such as", rows)
            }
            LossKind::Doubled(rows) => {
                let too_many = if lost == 1 { "row is" } else { "rows are" };
                write!(f, "{lost} {too_many} there on top of {}", count(of, "row"))?;
                such_as(f, ", repeating", rows)
            }
            LossKind::Values(change) => {
                let values = count(of, "value");
                write!(f, "{lost} of {values} {} gone: {change}", is_or_are(lost))
            }
            LossKind::Unlinked(change, Place { table, column }) => {
                let values = count(of, "value");
                write!(
                    f,
                    "{lost} of {values} {} in `{table}.{column}`",
                    is_or_are(lost)
                )?;
                write!(
                    f,
                    ", where nothing says which rows they belong to: {change}"
                )
            }
            LossKind::Rewritten(change) => {
                let class = |value: &Value| value.storage_class();
                let after = change.after.as_ref().map_or("NULL", class);
                let (values, before) = (count(of, "value"), class(&change.before));
                write!(f, "{lost} of {values} cannot be told back, ")?;
                write!(f, "{before} as they were and {after} as they are: {change}")
            }
        }
    }
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

fn such_as(f: &mut fmt::Formatter<'_>, words: &str, rows: &[Row]) -> fmt::Result {
    match rows.first() {
        Some(row) => write!(f, "{words} {row}"),
        None => Ok(()),
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} held `{}`", self.row, self.before)?;
        match (&self.after, &self.twin) {
            (Some(after), Some((row, before))) => {
                write!(f, ", {row} held `{before}`, and both hold `{after}` now")
            }
            (Some(after), None) => write!(f, " and holds `{after}` now"),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |(name, value): &(String, Value)| format!("{name} = {value}");
        let values: Vec<_> = self.0.iter().map(value).collect();
        write!(f, "the row with `{}`", values.join("`, `"))
    }
}
