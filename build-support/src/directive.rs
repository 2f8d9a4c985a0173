//! The `-- stepladder:` lines of a step.

use stepladder::sql::tokens;

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

/// Whether a place between tokens is in a `/* */` comment: a token put there is then none.
fn in_comment(text: &str, at: usize) -> bool {
    let probe = format!("{}x", &text[..at]);
    tokens(&probe)
        .last()
        .is_none_or(|token| token.end() != probe.len())
}

#[cfg(test)]
mod tests {
    use super::directives;

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
}
