//! A step in SQL that can be changed, and what was changed in it.

use std::ops::Range;

use stepladder::sql::{Token, canonical, canonical_text, split_statements, tokens};

/// A step: its directives, and its statements.
#[derive(Clone)]
pub(crate) struct Step {
    head: String,
    pub(crate) statements: Vec<String>,
}

/// A step with one mistake.
pub(crate) struct Mutant {
    /// The kind of mistake.
    pub(crate) operator: &'static str,
    /// What was changed, in one line.
    pub(crate) shown: String,
    /// The whole step.
    pub(crate) text: String,
}

impl Step {
    pub(crate) fn new(text: &str) -> Self {
        let statements = split_statements(text);
        let start = statements.first().map_or(0, |first| first.start);
        Self {
            head: text[..start].to_owned(),
            statements: statements.iter().map(|s| s.sql.to_owned()).collect(),
        }
    }

    pub(crate) fn text(&self) -> String {
        let statements: Vec<_> = self.statements.iter().map(|s| format!("{s};\n")).collect();
        format!("{}{}", self.head, statements.concat())
    }

    /// What SQLite reads, so that two mutants that differ in white space are one.
    pub(crate) fn meaning(&self) -> Vec<String> {
        let canonical = |sql: &String| canonical_text(&canonical(sql));
        self.statements.iter().map(canonical).collect()
    }

    /// The step with another text for one of its statements.
    pub(crate) fn with(&self, index: usize, sql: String) -> Self {
        let mut step = self.clone();
        step.statements[index] = sql;
        step
    }
}

/// The statement with texts at some places replaced.
pub(crate) fn edited(sql: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut text = String::new();
    let mut at = 0;
    for (range, with) in edits {
        text.push_str(&sql[at..range.start]);
        text.push_str(&with);
        at = range.end;
    }
    text + &sql[at..]
}

/// The difference of two statements in one line.
pub(crate) fn shown(old: &str, new: &str) -> String {
    let (before, after) = (tokens(old), tokens(new));
    let same = |(a, b): &(&Token<'_>, &Token<'_>)| a.text == b.text;
    let head = before.iter().zip(&after).take_while(same).count();
    let (rest, other) = (&before[head..], &after[head..]);
    let tail = (rest.iter().rev())
        .zip(other.iter().rev())
        .take_while(same)
        .count();
    let words = |tokens: &[Token<'_>]| one_line(tokens);
    let removed = words(&rest[..rest.len() - tail]);
    let added = words(&other[..other.len() - tail]);
    let context = words(&before[head.saturating_sub(2)..head]);
    let place = words(&before[..before.len().min(3)]);
    format!("{place} .. {context} [{removed}] -> [{added}]")
}

/// A statement in one line that is not too long.
pub(crate) fn short(sql: &str) -> String {
    let text = one_line(&tokens(sql));
    match text.char_indices().nth(90) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}

fn one_line(tokens: &[Token<'_>]) -> String {
    let words: Vec<_> = tokens.iter().map(|token| token.text).collect();
    words.join(" ")
}
