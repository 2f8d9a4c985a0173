//! What to fill with, and what came of it.

use std::fmt;

/// How many rows, and with which values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// How many rows a table gets.
    pub rows: Rows,
    /// Which values they hold.
    pub values: Values,
    /// Other seeds pair odd values, rows and parents in other ways.
    pub seed: u64,
}

/// How many rows a table gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// None. A table with AUTOINCREMENT is one that has been emptied: it remembers its rowids.
    None,
    /// One.
    One,
    /// At least 5; tables that others refer to get a few more, so that one of their rows has no
    /// children.
    Many,
}

/// Which values the rows hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Every cell holds a value that is nowhere else in the database, such as `todos.title 3`;
    /// except where a foreign key or a CHECK demands one of a few.
    Recognisable,
    /// As above, with NULL in everything that is nullable: in all of it in the first two rows, in
    /// all but one column in some, in half of it in the others.
    Nulls,
    /// Values that migrations stumble over: texts in INTEGER columns, `007`, 2^63, empty and very
    /// long texts, texts that are equal but for their case or for spaces, duplicates.
    Odd,
}

/// The scenarios that are enough to find what goes wrong only when there are rows.
pub fn scenarios() -> Vec<Scenario> {
    let scenario = |rows, values| Scenario {
        rows,
        values,
        seed: 0,
    };
    vec![
        // A new database, and tables that were emptied.
        scenario(Rows::None, Values::Recognisable),
        // What needs two rows to be noticed is not there.
        scenario(Rows::One, Values::Recognisable),
        // Each cell can be followed.
        scenario(Rows::Many, Values::Recognisable),
        // NOT NULL without a default, joins that lose rows.
        scenario(Rows::Many, Values::Nulls),
        // Conversions, new UNIQUEs, collations, lengths.
        scenario(Rows::Many, Values::Odd),
    ]
}

/// What [`fill`](super::fill) did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The tables in the order in which they were filled: parents first, virtual tables last.
    pub tables: Vec<FilledTable>,
}

/// What came of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledTable {
    /// Its name.
    pub table: String,
    /// How many rows it has.
    pub rows: usize,
    /// Why it has fewer rows than the scenario asks for.
    pub unfilled: Option<Unfilled>,
}

/// Why a table got fewer rows than asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfilled {
    /// SQLite refused all rows that were tried, with this message.
    Refused(String),
    /// It needs a row in this table, which has none.
    NoParent(String),
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(message) => f.write_str(message),
            Self::NoParent(table) => write!(f, "there is no row in `{table}` to refer to"),
        }
    }
}

impl Scenario {
    /// How many rows a table gets above which there are so many generations of children.
    pub(super) fn rows_at(self, height: usize) -> usize {
        match (self.rows, self.values) {
            (Rows::None, _) => 0,
            (Rows::One, _) => 1,
            (Rows::Many, Values::Recognisable) => 5 + height,
            (Rows::Many, Values::Nulls) => 10 + height,
            (Rows::Many, Values::Odd) => 16 + height,
        }
    }

    /// The seed as a number to count on from.
    pub(super) fn turn(self) -> usize {
        usize::try_from(self.seed % 1009).unwrap_or_default()
    }
}
