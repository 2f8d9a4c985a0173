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

/// Found beside expected, as for somebody whose database is not what it should be.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f, &FOUND)
    }
}

impl Difference {
    /// The difference as something that has happened: `expected` is what was, `found` what is. For
    /// the one who has changed a schema, nothing is missing and nothing unexpected.
    ///
    /// ```
    /// # fn main() -> rusqlite::Result<()> {
    /// use stepladder::compare::{CompareOptions, compare};
    /// use stepladder::introspect::introspect;
    ///
    /// let schema = |sql| {
    ///     let connection = rusqlite::Connection::open_in_memory()?;
    ///     connection.execute_batch(sql)?;
    ///     introspect(&connection)
    /// };
    /// let (old, new) = (schema("CREATE TABLE t (a TEXT)")?, schema("CREATE TABLE t (a REAL)")?);
    /// let found = compare(&old, &new, &CompareOptions::default());
    /// assert_eq!(found[0].to_string(), "column `t.a`: expected type `TEXT`, found `REAL`");
    /// assert_eq!(found[0].as_change().to_string(), "column `t.a`: type was `TEXT`, is `REAL`");
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_change(&self) -> impl fmt::Display + '_ {
        Change(self)
    }
}

struct Change<'d>(&'d Difference);

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.tell(f, &CHANGED)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tense {
    /// What is there beside what should be.
    Present,
    /// What has happened.
    Past,
}

/// The words around the two sides of a difference.
struct Voice {
    tense: Tense,
    missing: &'static str,
    unexpected: &'static str,
    expected: &'static str,
    found: &'static str,
}

const FOUND: Voice = Voice {
    tense: Tense::Present,
    missing: "is missing",
    unexpected: "is not expected",
    expected: "expected ",
    found: "found ",
};
const CHANGED: Voice = Voice {
    tense: Tense::Past,
    missing: "is gone",
    unexpected: "is new",
    expected: "was ",
    found: "is ",
};

impl Difference {
    fn tell(&self, f: &mut fmt::Formatter<'_>, voice: &Voice) -> fmt::Result {
        let (was, is) = (voice.expected, voice.found);
        let sides = (
            self.expected.as_deref().unwrap_or_default(),
            self.found.as_deref().unwrap_or_default(),
        );
        match Wording::of(self.kind) {
            Wording::Missing => write!(f, "{} {}", self.object, voice.missing)?,
            Wording::Unexpected => write!(f, "{} {}", self.object, voice.unexpected)?,
            Wording::Kind => {
                let (name, (a, b)) = (&self.object.name, sides);
                write!(
                    f,
                    "`{name}`: {was}{} {a}, {is}{} {b}",
                    article(a),
                    article(b)
                )?;
            }
            Wording::Alias => {
                let (a, b) = sides;
                let object = &self.object;
                write!(
                    f,
                    "{object}: {was}`{a}`, {is}`{b}`; only one of them is the rowid"
                )?;
            }
            Wording::Value { label, absent } => self.tell_value(f, voice, label, absent)?,
            Wording::Text => {
                let (a, b) = excerpts(sides.0, sides.1);
                write!(f, "{}: {was}{a}, {is}{b}", self.object)?;
            }
        }
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }

    fn tell_value(
        &self,
        f: &mut fmt::Formatter<'_>,
        voice: &Voice,
        label: &str,
        absent: &str,
    ) -> fmt::Result {
        let side = |side: &Option<String>| match side {
            Some(sql) => format!("`{sql}`"),
            None => absent.to_owned(),
        };
        write!(f, "{}: ", self.object)?;
        let (was, is) = (voice.expected, voice.found);
        match (&self.expected, &self.found) {
            // A constraint that comes or goes, where there is a word for that.
            (None, Some(new)) if voice.tense == Tense::Past && label.is_empty() => {
                write!(f, "`{new}` {}", voice.unexpected)
            }
            (Some(old), None) if voice.tense == Tense::Past && label.is_empty() => {
                write!(f, "`{old}` {}", voice.missing)
            }
            (Some(_), _) if voice.tense == Tense::Past => {
                write!(
                    f,
                    "{label}{was}{}, {is}{}",
                    side(&self.expected),
                    side(&self.found)
                )
            }
            (Some(_), _) => {
                write!(
                    f,
                    "{was}{label}{}, {is}{}",
                    side(&self.expected),
                    side(&self.found)
                )
            }
            (None, _) => write!(
                f,
                "{was}{}, {is}{}",
                side(&self.expected),
                side(&self.found)
            ),
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
