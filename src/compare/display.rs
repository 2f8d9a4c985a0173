//! Differences as messages.

use std::fmt;

use super::{Difference, DifferenceKind, Object};
use crate::sql::{Lexeme, Token, tokens};

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "column `{}.{column}`", self.name),
            None => write!(f, "{} `{}`", self.kind, self.name),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Wording::of(self.kind) {
            Wording::Missing => write!(f, "{} is missing", self.object)?,
            Wording::Unexpected => write!(f, "{} is not expected", self.object)?,
            Wording::Kind => {
                let kind = |side: &Option<String>| side.clone().unwrap_or_default();
                let (expected, found) = (kind(&self.expected), kind(&self.found));
                let name = &self.object.name;
                write!(
                    f,
                    "`{name}`: expected a {expected}, found {} {found}",
                    article(&found)
                )?;
            }
            Wording::Alias => {
                let sql = |side: &Option<String>| side.clone().unwrap_or_default();
                let (expected, found) = (sql(&self.expected), sql(&self.found));
                write!(
                    f,
                    "{}: expected `{expected}`, found `{found}`; only one of them is the rowid",
                    self.object
                )?;
            }
            Wording::Value { label, absent } => {
                write!(f, "{}: expected ", self.object)?;
                match &self.expected {
                    Some(expected) => write!(f, "{label}`{expected}`, found ")?,
                    None => write!(f, "{absent}, found ")?,
                }
                match &self.found {
                    Some(found) => write!(f, "`{found}`")?,
                    None => f.write_str(absent)?,
                }
            }
            Wording::Text => {
                let sides = (
                    self.expected.as_deref().unwrap_or_default(),
                    self.found.as_deref().unwrap_or_default(),
                );
                let (expected, found) = excerpts(sides.0, sides.1);
                write!(f, "{}: expected {expected}, found {found}", self.object)?;
            }
        }
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// How a kind of difference is told.
enum Wording {
    Missing,
    Unexpected,
    Kind,
    Alias,
    /// Both sides, with a word for what they are in front of the first, where the SQL does not
    /// say it, and words for a side that has none.
    Value {
        label: &'static str,
        absent: &'static str,
    },
    /// Long texts, of which only the place that differs is shown.
    Text,
}

impl Wording {
    fn value(label: &'static str, absent: &'static str) -> Self {
        Self::Value { label, absent }
    }

    fn of(kind: DifferenceKind) -> Self {
        match kind {
            DifferenceKind::Missing | DifferenceKind::MissingColumn => Self::Missing,
            DifferenceKind::Unexpected | DifferenceKind::UnexpectedColumn => Self::Unexpected,
            DifferenceKind::EntityKind => Self::Kind,
            DifferenceKind::RowidAlias => Self::Alias,
            DifferenceKind::ColumnType => Self::value("type ", "no type"),
            DifferenceKind::Default => Self::value("default ", "no default"),
            DifferenceKind::Collation => Self::value("collation ", "the collation `BINARY`"),
            DifferenceKind::IndexTable => Self::value("table ", "no table"),
            DifferenceKind::IndexColumns => Self::value("columns ", "no columns"),
            DifferenceKind::ColumnOrder => Self::value("column order ", "no columns"),
            DifferenceKind::NotNull => Self::value("", "a nullable column"),
            DifferenceKind::Generated => Self::value("", "an ordinary column"),
            DifferenceKind::PrimaryKey => Self::value("", "no primary key"),
            DifferenceKind::Autoincrement => Self::value("", "no `AUTOINCREMENT`"),
            DifferenceKind::Unique | DifferenceKind::Check => Self::value("", "no such constraint"),
            DifferenceKind::ForeignKey => Self::value("", "no such foreign key"),
            DifferenceKind::WithoutRowid => Self::value("", "a table with rowids"),
            DifferenceKind::Strict => Self::value("", "a table that is not `STRICT`"),
            DifferenceKind::ConstraintName => Self::value("", "no name"),
            DifferenceKind::IndexUnique => Self::value("", "an index that is not `UNIQUE`"),
            DifferenceKind::IndexFilter => Self::value("", "an index of all rows"),
            DifferenceKind::Trigger | DifferenceKind::View | DifferenceKind::VirtualTable => {
                Self::Text
            }
        }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

/// How many tokens an excerpt shows in front of the first difference and from there on.
const BEFORE: usize = 2;
const AFTER: usize = 10;

/// The part of each text around the first token that differs.
fn excerpts(expected: &str, found: &str) -> (String, String) {
    let (a, b) = (tokens(expected), tokens(found));
    let same = |(a, b): &(&Token<'_>, &Token<'_>)| Lexeme::new(a) == Lexeme::new(b);
    let first = a.iter().zip(&b).take_while(same).count();
    (excerpt(expected, &a, first), excerpt(found, &b, first))
}

fn excerpt(text: &str, tokens: &[Token<'_>], first: usize) -> String {
    if tokens.len() <= AFTER {
        return format!("`{text}`");
    }
    let start = first.saturating_sub(BEFORE);
    let end = (first + AFTER).min(tokens.len());
    let Some((from, to)) = tokens.get(start).zip(tokens.get(end.wrapping_sub(1))) else {
        return "its end".to_owned();
    };
    let before = if start > 0 { "… " } else { "" };
    let after = if end < tokens.len() { " …" } else { "" };
    format!("`{before}{}{after}`", &text[from.start..to.end()])
}
