//! A file of SQL as a row of parts: statements, and calls into Rust.

use stepladder::sql::split_statements;

use crate::directive::{Directive, called, directives};

/// A file of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    /// The file, as it is shown.
    pub(crate) file: String,
    /// What it does, in order.
    pub(crate) parts: Vec<ScriptPart>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScriptPart {
    /// SQLite runs it.
    Statement(ScriptStatement),
    /// The app runs it.
    Call(ScriptCall),
}

/// A statement and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScriptStatement {
    /// The text, without the semicolon.
    pub(crate) sql: String,
    /// The offset of its first byte in the file.
    pub(crate) start: usize,
    /// The line of its first byte, from 1.
    pub(crate) line: u32,
}

/// A line `-- stepladder: call fill_slugs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScriptCall {
    /// The name of the method.
    pub(crate) method: String,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// The texts of the statements among some parts.
pub(crate) fn statements_of(parts: &[ScriptPart]) -> Vec<&str> {
    let statements = parts.iter().filter_map(|part| match part {
        ScriptPart::Statement(statement) => Some(statement.sql.as_str()),
        ScriptPart::Call(_) => None,
    });
    statements.collect()
}

impl Script {
    /// The parts of a text. A call in the middle of a statement, which the proof refuses, is none.
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let mut lines = Lines {
            text,
            at: 0,
            line: 1,
        };
        let mut parts = Vec::new();
        let mut calls: Vec<Directive> = directives(text);
        calls.retain(|directive| called(directive).is_some());
        let mut calls = calls.into_iter().peekable();
        let mut end = 0;
        for statement in split_statements(text) {
            while let Some(call) = calls.next_if(|call| call.start < statement.start) {
                parts.extend((call.start >= end).then(|| lines.call(&call)));
            }
            end = statement.start + statement.sql.len();
            parts.push(ScriptPart::Statement(ScriptStatement {
                sql: statement.sql.replace("\r\n", "\n"),
                start: statement.start,
                line: lines.line_of(statement.start),
            }));
        }
        parts.extend((calls.filter(|call| call.start >= end)).map(|call| lines.call(&call)));
        Self {
            file: file.to_owned(),
            parts,
        }
    }

    /// The statements, in order.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &ScriptStatement> {
        self.parts.iter().filter_map(|part| match part {
            ScriptPart::Statement(statement) => Some(statement),
            ScriptPart::Call(_) => None,
        })
    }

    /// Whether it calls into Rust.
    pub(crate) fn has_calls(&self) -> bool {
        self.calls().next().is_some()
    }

    /// The calls, in order.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &ScriptCall> {
        self.parts.iter().filter_map(|part| match part {
            ScriptPart::Statement(_) => None,
            ScriptPart::Call(call) => Some(call),
        })
    }
}

/// Counts the lines of a text from its begin to its end.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of an offset that is not before the one that was asked for last.
    fn line_of(&mut self, offset: usize) -> u32 {
        let newlines = self.text[self.at..offset].matches('\n').count();
        self.line += u32::try_from(newlines).unwrap_or(u32::MAX - self.line);
        self.at = offset;
        self.line
    }

    fn call(&mut self, directive: &Directive) -> ScriptPart {
        ScriptPart::Call(ScriptCall {
            method: called(directive).unwrap_or_default().to_owned(),
            line: self.line_of(directive.start),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Script, ScriptPart};

    #[test]
    fn statements_have_their_lines() {
        let script = Script::new("a.sql", "\n-- one\nSELECT 1;\n\nSELECT\n 2; SELECT 3");
        let lines: Vec<_> = script
            .statements()
            .map(|statement| statement.line)
            .collect();
        assert_eq!(lines, [3, 5, 6]);
    }

    #[test]
    fn calls_are_between_the_statements() {
        let text = "-- stepladder: call a\nSELECT 1;\n-- stepladder: call b\n\
                    SELECT\n-- stepladder: call no\n2;\n-- stepladder: allow x y\n-- stepladder: call c";
        let parts = Script::new("a.sql", text).parts;
        let shown: Vec<_> = (parts.iter())
            .map(|part| match part {
                ScriptPart::Statement(statement) => format!("{} sql", statement.line),
                ScriptPart::Call(call) => format!("{} {}", call.line, call.method),
            })
            .collect();
        assert_eq!(shown, ["1 a", "2 sql", "3 b", "4 sql", "8 c"]);
    }
}
