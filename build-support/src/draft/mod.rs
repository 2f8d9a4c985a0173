//! The draft of a step: SQL that leads from one schema to another and keeps what it can.
//!
//! What SQLite can do in place is tried, as in the plan; the rest is a rebuild. The draft is run on
//! a database at the old version before anybody sees it. What cannot be decided without the
//! author stands in it as a place that does not build until it is filled in.

mod dependents;
mod in_place;
mod rebuild;
mod rename;
mod rename_given;
mod rename_order;
mod settle;
mod split;
mod statements;
mod table_and_column;
mod text;
mod value;

pub use rename::Guess;
pub(crate) use rename::{Rename, Renames, renamed};
pub(crate) use rename_given::Side;
pub(crate) use settle::{Settled, settle};
pub(crate) use split::Splits;
pub(crate) use table_and_column::{rename_options, renamed_together};
pub(crate) use text::{Fill, write_draft};

use stepladder::schema::Schema;

use crate::plan::Scratch;
use crate::settings::SqliteVersion;
use dependents::Dependents;
use statements::{Way, try_statements};

/// A statement of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drafted {
    /// Without the semicolon.
    pub(crate) sql: String,
    /// What the author has to decide about it.
    pub(crate) places: Vec<Place>,
    /// The rename that it makes, where nobody named it.
    pub(crate) guess: Option<Guessed>,
}

/// Something that looks like another thing under its old name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guessed {
    /// A table, or a column as `table.column`.
    pub(crate) old: String,
    pub(crate) new: String,
}

/// What the author of a step has to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// A column as `table.column`.
    pub(crate) object: String,
    /// Why it cannot be decided without them.
    pub(crate) reason: String,
    /// The expression that stands there until then.
    pub(crate) expression: String,
    /// Whether the expression can be accepted unseen.
    pub(crate) is_obvious: bool,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Draft {
    pub(crate) statements: Vec<Drafted>,
    /// What differs and needs no statement.
    pub(crate) notes: Vec<String>,
    /// The renames in it, those that were guessed included.
    pub(crate) renames: Vec<Rename>,
}

impl Draft {
    /// Whether nothing is to be made: the step is about rows alone then, which only its author knows.
    pub(crate) fn is_about_rows(&self) -> bool {
        self.statements.is_empty() && self.notes.is_empty()
    }

    /// How many places the author has to decide about, besides what is to be declared.
    pub(crate) fn places(&self) -> usize {
        let of = |drafted: &Drafted| drafted.places.len() + usize::from(drafted.guess.is_some());
        self.statements.iter().map(of).sum::<usize>() + usize::from(self.is_about_rows())
    }
}

impl Drafted {
    fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            places: Vec::new(),
            guess: None,
        }
    }
}

/// Which `ALTER TABLE` a draft may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alter {
    /// What every SQLite has that we support.
    Columns,
    /// Constraints as well.
    Constraints,
}

impl Alter {
    /// What the oldest SQLite has that an app may meet.
    pub(crate) fn of(oldest: Option<SqliteVersion>) -> Self {
        match oldest {
            Some(oldest) if oldest >= in_place::SINCE => Self::Constraints,
            Some(_) | None => Self::Columns,
        }
    }

    /// The cheapest first.
    fn tries(self) -> &'static [Self] {
        match self {
            Self::Columns => &[Self::Columns],
            Self::Constraints => &[Self::Constraints, Self::Columns],
        }
    }
}

/// Drafts the step between two schemas.
///
/// # Errors
/// Why none of the ways that we know leads there.
pub(crate) fn draft(
    scratch: &Scratch,
    old: &Schema,
    new: &Schema,
    renames: &Renames,
    (alter, splits): (Alter, Splits),
) -> Result<Draft, String> {
    let renames = renames.with_guesses(scratch, old, new);
    let mut why = String::new();
    let tries = alter.tries().iter().copied();
    let ways = tries.flat_map(|alter| {
        Dependents::ALL.map(|dependents| Way {
            alter,
            splits,
            dependents,
        })
    });
    for way in ways {
        match try_statements(scratch, (old, new), &renames, way) {
            Ok((statements, notes)) => {
                return Ok(Draft {
                    statements,
                    notes,
                    renames,
                });
            }
            Err(reason) => why = reason,
        }
    }
    Err(why)
}
