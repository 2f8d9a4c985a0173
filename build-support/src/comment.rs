//! The comments of SQL texts: <https://www.sqlite.org/lang_comment.html>

use std::ops::Range;

use stepladder::sql::tokens;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Its place, without the line ending.
    pub(crate) range: Range<usize>,
    /// Where its line begins; `None` where something else stands in front of it on that line.
    pub(crate) line: Option<usize>,
    pub(crate) form: Form,
}

/// How a comment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `-- to the end of the line`
    Line,
    /// `/* from here to there */`
    Block,
    /// `/*` without an end: SQLite takes all that follows for a comment.
    Open,
}

/// The comments of a text, in their order.
pub(crate) fn comments(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut at = 0;
    for token in tokens(text) {
        read_gap(text, at..token.start, &mut found);
        at = token.end();
    }
    read_gap(text, at..text.len(), &mut found);
    found
}

/// Reads what is between two tokens: white space and comments.
fn read_gap(text: &str, gap: Range<usize>, found: &mut Vec<Comment>) {
    let mut at = gap.start;
    let mut line = (at == 0).then_some(0);
    while at < gap.end {
        let rest = &text[at..gap.end];
        let (form, length) = if rest.starts_with("--") {
            (Form::Line, rest.find('\n').unwrap_or(rest.len()))
        } else if let Some(inside) = rest.strip_prefix("/*") {
            match inside.find("*/") {
                Some(end) => (Form::Block, end + 4),
                None => (Form::Open, rest.len()),
            }
        } else {
            if rest.starts_with('\n') {
                line = Some(at + 1);
            }
            // White space and a byte order mark are all that is left.
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let range = at..at + text[at..at + length].trim_end().len();
        found.push(Comment { range, line, form });
        at += length;
        line = None;
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, comments};

    #[test]
    fn comments_are_found_between_tokens() {
        let text = "-- a\nSELECT '-- b', [/* c */] /* d\n */ -- e \r\n  -- f\n- - 1 /* g";
        let found: Vec<_> = comments(text)
            .into_iter()
            .map(|comment| (&text[comment.range], comment.line.is_some(), comment.form))
            .collect();
        assert_eq!(
            found,
            [
                ("-- a", true, Form::Line),
                ("/* d\n */", false, Form::Block),
                ("-- e", false, Form::Line),
                ("-- f", true, Form::Line),
                ("/* g", false, Form::Open),
            ]
        );
    }
}
