//! The `-- stepladder:` lines of a step.

use std::ops::Range;

use stepladder::sql::{Token, tokens};

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
    let mut found = Vec::new();
    let mut start = 0;
    let tokens = tokens(text);
    for line in text.split_inclusive('\n') {
        let words = (line.trim_start().strip_prefix("--"))
            .and_then(|comment| comment.trim_start().strip_prefix("stepladder:"));
        let inside = |at: usize| {
            tokens
                .iter()
                .any(|token| token.start < at && at < token.end())
        };
        if let Some(words) = words.filter(|_| !inside(start) && !in_comment(text, start)) {
            found.push(Directive {
                start,
                length: line.trim_end().len(),
                words: words.split_whitespace().collect::<Vec<_>>().join(" "),
            });
        }
        start += line.len();
    }
    found
}

/// The places behind something else on their line where a directive would be, were it on a line of
/// its own: to read over them would be to do what was not said.
pub(crate) fn trailing_directives(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let tokens = tokens(text);
    for line in text.split_inclusive('\n') {
        let is_code = |at: &usize| {
            let at = start + at;
            let inside = |token: &Token<'_>| token.start <= at && at < token.end();
            !tokens.iter().any(inside) && !in_comment(text, at)
        };
        let comment = (line.match_indices("--").map(|(at, _)| at)).find(is_code);
        if let Some(at) = comment.filter(|at| !line[..*at].trim().is_empty())
            && line[at + 2..].trim_start().starts_with("stepladder:")
        {
            found.push(start + at..start + line.trim_end().len());
        }
        start += line.len();
    }
    found
}

/// What a `-- stepladder: call fill_slugs` calls; empty where it does not say, `None` where the
/// directive is another one.
pub(crate) fn called(directive: &Directive) -> Option<&str> {
    let mut words = directive.words.splitn(2, ' ');
    (words.next() == Some("call")).then(|| words.next().unwrap_or_default())
}

/// Whether a place between tokens is in a `/* */` comment: a token put there is then none.
fn in_comment(text: &str, at: usize) -> bool {
    let probe = format!("{}x", &text[..at]);
    tokens(&probe)
        .last()
        .is_none_or(|token| token.end() != probe.len())
}

#[cfg(test)]
mod tests {
    use super::{directives, trailing_directives};

    #[test]
    fn only_comments_of_their_own_are_directives() {
        let text = "-- stepladder: call fill\nSELECT '\n-- stepladder: call no\n';\n/*\n\
             -- stepladder: call no\n*/\n  --stepladder:  allow  a\r\n-- stepladder is nice";
        let words: Vec<_> = directives(text)
            .into_iter()
            .map(|found| found.words)
            .collect();
        assert_eq!(words, ["call fill", "allow a"]);
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
