//! The `-- stepladder:` lines of a step.

use std::ops::Range;

use crate::comment::{Form, comments};
use crate::rule::summary;

/// What `cargo stepladder explain` says of a directive: `directives/<name>.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectivePage {
    /// Its first word.
    pub name: &'static str,
    /// What it is for, and how it is written.
    pub text: &'static str,
}

impl DirectivePage {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 4] = [
        Self {
            name: "allow",
            text: include_str!("../directives/allow.md"),
        },
        Self {
            name: "call",
            text: include_str!("../directives/call.md"),
        },
        Self {
            name: "confirm",
            text: include_str!("../directives/confirm.md"),
        },
        Self {
            name: "fill_in",
            text: include_str!("../directives/fill_in.md"),
        },
    ];

    /// The page of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name == name)
    }

    /// What it is for, in one line.
    pub fn summary(self) -> String {
        summary(self.text)
    }
}

/// A line that says something to stepladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directive {
    /// The offset of its line.
    pub(crate) start: usize,
    /// The length of its line, without the line ending.
    pub(crate) length: usize,
    /// What follows the colon, its words one space apart.
    pub(crate) words: String,
}

/// The directives of a text. A line in a text literal or in a longer comment is none.
pub(crate) fn directives(text: &str) -> Vec<Directive> {
    let comments = comments(text).into_iter();
    let lines = comments.filter(|comment| comment.form == Form::Line);
    lines
        .filter_map(|comment| {
            let start = comment.line?;
            let words = said(&text[comment.range.start + 2..comment.range.end])?;
            Some(Directive {
                start,
                length: comment.range.end - start,
                words: words.split_whitespace().collect::<Vec<_>>().join(" "),
            })
        })
        .collect()
}

/// The places behind something else on their line where a directive would be, were it on a line of
/// its own: to read over them would be to do what was not said.
pub(crate) fn trailing_directives(text: &str) -> Vec<Range<usize>> {
    let comments = comments(text).into_iter();
    let trailing = comments.filter(|comment| comment.form == Form::Line && comment.line.is_none());
    trailing
        .map(|comment| comment.range)
        .filter(|range| said(&text[range.start + 2..range.end]).is_some())
        .collect()
}

/// What a comment says to stepladder. The colon may be forgotten: a line that was meant as a directive
/// and read over would be worse.
fn said(comment: &str) -> Option<&str> {
    let rest = comment.trim_start().strip_prefix("stepladder")?;
    if let Some(words) = rest.trim_start().strip_prefix(':') {
        return Some(words);
    }
    let first = rest.split_whitespace().next()?;
    let is_directive = rest.starts_with([' ', '\t']) && DirectivePage::named(first).is_some();
    is_directive.then_some(rest)
}

/// What a `-- stepladder: call fill_slugs` calls; empty where it does not say, `None` where the
/// directive is another one.
pub(crate) fn called(directive: &Directive) -> Option<&str> {
    let mut words = directive.words.splitn(2, ' ');
    (words.next() == Some("call")).then(|| words.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{directives, trailing_directives};

    fn words(text: &str) -> Vec<String> {
        let found = directives(text).into_iter();
        found.map(|directive| directive.words).collect()
    }

    #[test]
    fn only_comments_of_their_own_are_directives() {
        let text = "-- stepladder: call fill\nSELECT '\n-- stepladder: call no\n';\n/*\n\
             -- stepladder: call no\n*/\n  --stepladder:  allow  a\r\n-- stepladder is nice\n\
             -- stepladder allow b\n-- stepladder : allow c\n-- stepladderallow d";
        assert_eq!(words(text), ["call fill", "allow a", "allow b", "allow c"]);
    }

    #[test]
    fn what_hides_a_directive_and_what_does_not() {
        for (text, found) in [
            ("/* -- */ -- stepladder: call no", &[][..]),
            ("/* a\n*/\n-- stepladder: call yes", &["call yes"]),
            ("SELECT 1; -- stepladder: call no", &[]),
            ("SELECT 1 -- '\n-- stepladder: call yes\n", &["call yes"]),
            (
                "SELECT 1, -- /*\n-- stepladder: call yes\n2 -- */",
                &["call yes"],
            ),
            (
                "SELECT \"\n-- stepladder: call no\n\", [\n-- stepladder: call no\n]",
                &[],
            ),
            ("SELECT 'open\n-- stepladder: call no", &[]),
            ("/* open\n-- stepladder: call no", &[]),
            ("-- -- stepladder: call no", &[]),
            ("--\n-- stepladder:call yes", &["call yes"]),
        ] {
            assert_eq!(words(text), found, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_lines() {
        let text = "SELECT 1;\n  -- stepladder: call a  \r\n-- stepladder: call b";
        let places: Vec<_> = directives(text)
            .into_iter()
            .map(|found| &text[found.start..found.start + found.length])
            .collect();
        assert_eq!(places, ["  -- stepladder: call a", "-- stepladder: call b"]);
    }

    #[test]
    fn many_directives_are_read_in_time() {
        let text = "-- stepladder: call fill\nSELECT 'a', 'b'; /* c */\n".repeat(20_000);
        let start = Instant::now();
        assert_eq!(directives(&text).len(), 20_000);
        // With the text before each of them read again it takes minutes.
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{:?}",
            start.elapsed()
        );
    }

    #[test]
    fn a_directive_behind_something_is_found() {
        let text = "DELETE FROM t; -- stepladder: call a\n-- x -- stepladder: call no\n\
             SELECT '-- stepladder: call no', -- stepladder: call b\r\n\
             1 /* -- stepladder: call no */ -- it -- stepladder: call no";
        let found: Vec<_> = trailing_directives(text)
            .into_iter()
            .map(|span| &text[span])
            .collect();
        assert_eq!(found, ["-- stepladder: call a", "-- stepladder: call b"]);
        assert_eq!(directives(text), []);
    }
}
