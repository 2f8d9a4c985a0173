//! What is in the tables when a migration begins.

use crate::synthesis::{Rows, Scenario, Values};

/// What is in the tables when a migration begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// Nothing.
    Empty,
    /// Rows that are made up: ordinary ones, and such with NULL wherever it is allowed.
    Rows,
}

/// One kind of rows: a database of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowKind {
    None,
    /// One row in each table.
    One,
    /// Each value is nowhere else, so that it can be followed.
    Recognisable,
    Nulls,
    /// Values that migrations stumble over. An app need not write such rows, so that a step may
    /// refuse them; one that takes them has to keep them.
    Odd,
}

pub(super) const KINDS_OF_ROWS: [RowKind; 4] = [
    RowKind::Recognisable,
    RowKind::Nulls,
    RowKind::One,
    RowKind::Odd,
];

impl RowKind {
    pub(super) fn scenario(self) -> Scenario {
        let (rows, values) = match self {
            Self::None => (Rows::None, Values::Recognisable),
            Self::One => (Rows::One, Values::Recognisable),
            Self::Recognisable => (Rows::Many, Values::Recognisable),
            Self::Nulls => (Rows::Many, Values::Nulls),
            Self::Odd => (Rows::Many, Values::Odd),
        };
        Scenario {
            rows,
            values,
            seed: 0,
        }
    }

    /// `with rows in the tables`
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::None => "with empty tables",
            Self::One => "with one row in each table",
            Self::Recognisable => "with rows in the tables",
            Self::Nulls => "with rows in the tables, and NULL wherever it is allowed",
            Self::Odd => "with odd values in the tables",
        }
    }
}
