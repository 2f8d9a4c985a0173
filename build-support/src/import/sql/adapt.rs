//! The text of a migration as a step: what an upgrade cannot have is commented out.

use std::collections::BTreeSet;

use stepladder::sql::tokens;

use crate::diagnostic::{Diagnostic, Severity};
use crate::script::{Script, ScriptStatement};
use crate::source::SourceFile;

/// The statements that a step cannot have, by their first word.
const REFUSED: [&str; 12] = [
    "BEGIN",
    "COMMIT",
    "END",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "VACUUM",
    "PRAGMA",
    "ATTACH",
    "DETACH",
    "EXPLAIN",
    "REINDEX",
];

/// The text of a step, and what was commented out of it.
#[derive(Debug)]
pub(super) struct Adapted {
    pub(super) text: String,
    pub(super) left_out: Option<Diagnostic>,
}

/// The word for which a step cannot have this statement.
pub(super) fn refused_word(sql: &str) -> Option<&'static str> {
    let tokens = tokens(sql);
    let first = tokens.first()?;
    REFUSED.into_iter().find(|word| first.is_keyword(word))
}

/// The text with the statements that a step cannot have as comments.
pub(super) fn adapt(file: &SourceFile, script: &Script) -> Adapted {
    let mut text = String::new();
    let mut at = 0;
    let mut out: Vec<(&ScriptStatement, &'static str)> = Vec::new();
    for statement in script.statements() {
        let Some(word) = refused_word(&statement.sql) else {
            continue;
        };
        text.push_str(&file.text[at..statement.start]);
        let end = end_of(&file.text, statement);
        comment(&mut text, &file.text[statement.start..end]);
        if !file.text[end..]
            .trim_start_matches([' ', '\t'])
            .starts_with('\n')
        {
            text.push('\n');
        }
        at = end;
        out.push((statement, word));
    }
    text.push_str(&file.text[at..]);
    Adapted {
        text: trimmed(&text, &file.path),
        left_out: told(file, &out),
    }
}

/// The offset behind a statement and its semicolon.
fn end_of(text: &str, statement: &ScriptStatement) -> usize {
    let end = statement.start + statement.sql.len();
    let space = text[end..].len() - text[end..].trim_start().len();
    if text[end + space..].starts_with(';') {
        end + space + 1
    } else {
        end
    }
}

/// Adds a statement as comment lines of their own.
fn comment(text: &mut String, statement: &str) {
    let line = text.rfind('\n').map_or(0, |newline| newline + 1);
    if text[line..].trim().is_empty() {
        text.truncate(line);
    } else {
        text.truncate(text.trim_end_matches([' ', '\t']).len());
        text.push('\n');
    }
    text.push_str("-- not in a step:");
    for (index, line) in statement.lines().enumerate() {
        text.push_str(if index == 0 { " " } else { "\n-- " });
        text.push_str(line);
    }
}

/// The text without empty lines around it, and never without a word.
fn trimmed(text: &str, path: &str) -> String {
    let text = text.trim_end();
    let start = text.len() - text.trim_start().len();
    let start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    match &text[start..] {
        "" => format!("-- {path} has no statements\n"),
        text => format!("{text}\n"),
    }
}

fn told(file: &SourceFile, out: &[(&ScriptStatement, &'static str)]) -> Option<Diagnostic> {
    let (first, rest) = out.split_first()?;
    let words: BTreeSet<_> = out.iter().map(|(_, word)| format!("`{word}`")).collect();
    let words = words.into_iter().collect::<Vec<_>>().join(", ");
    let span =
        |statement: &ScriptStatement, word: &str| statement.start..statement.start + word.len();
    let message = format!("{words} cannot be in a step");
    let label = "commented out";
    let mut diagnostic =
        Diagnostic::at(file, span(first.0, first.1), message, label).severity(Severity::Warning);
    for (statement, word) in rest {
        diagnostic = diagnostic.also_at(file, span(statement, word), label);
    }
    let transaction = "the whole upgrade is one transaction, in which foreign keys are off and \
                       checked at the end";
    Some(diagnostic.note(transaction).help(
        "nothing is to be done for a transaction and for foreign keys; settings belong to the app, \
         on the open connection",
    ))
}

#[cfg(test)]
mod tests {
    use super::adapt;
    use crate::script::Script;
    use crate::source::SourceFile;

    fn adapted(text: &str) -> String {
        let file = SourceFile::new("m/1.sql", text);
        adapt(&file, &Script::new("m/1.sql", text)).text
    }

    #[test]
    fn what_a_step_cannot_have_is_a_comment() {
        assert_eq!(
            adapted("PRAGMA foreign_keys=OFF;\nBEGIN;\n  CREATE TABLE t (a); COMMIT ;\n"),
            "-- not in a step: PRAGMA foreign_keys=OFF;\n-- not in a step: BEGIN;\n  \
             CREATE TABLE t (a);\n-- not in a step: COMMIT ;\n"
        );
        // A comment must not take what is behind it on the line along.
        assert_eq!(
            adapted("BEGIN\n  IMMEDIATE; DROP TABLE t"),
            "-- not in a step: BEGIN\n--   IMMEDIATE;\n DROP TABLE t\n"
        );
    }

    #[test]
    fn the_rest_stays_as_it_is() {
        let text = "-- why\nCREATE TABLE t (a TEXT DEFAULT 'PRAGMA x; BEGIN;');\n";
        assert_eq!(adapted(text), text);
        assert_eq!(adapted("\n\n \n"), "-- m/1.sql has no statements\n");
        let trigger = "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;\n";
        assert_eq!(adapted(trigger), trigger);
    }
}
