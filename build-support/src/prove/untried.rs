//! Statements that change rows by a condition that no row made for the proof meets: what they do was
//! not tried.

use stepladder::rusqlite::Connection;
use stepladder::sql::{Token, tokens};

use super::authorizer::guarded;
use super::finding::Finding;
use super::rows::Step;
use crate::diagnostic::Diagnostic;
use crate::rule::Rule;
use crate::script::{ScriptPart, ScriptStatement};

/// The statements that choose rows by a condition.
pub(super) fn choosing<'s>(step: &Step<'s>) -> Vec<&'s ScriptStatement> {
    let chooses = |statement: &&ScriptStatement| target(&tokens(&statement.sql)).is_some();
    step.script.statements().filter(chooses).collect()
}

/// Runs the step on rows that are there, and leaves out of `waiting` what has changed some.
pub(super) fn try_each(
    step: &Step<'_>,
    connection: &Connection,
    waiting: &mut Vec<&ScriptStatement>,
) {
    for part in &step.script.parts {
        // What a call does is not known here, and what follows it may need it.
        let ScriptPart::Statement(statement) = part else {
            waiting.clear();
            return;
        };
        if guarded(|| connection.execute_batch(&statement.sql)).is_err() {
            return;
        }
        let is_it = |waits: &&ScriptStatement| waits.start == statement.start;
        if waiting.iter().any(is_it) && connection.changes() > 0 {
            waiting.retain(|waits| !is_it(waits));
        }
    }
}

/// What is said of those that no row has met.
pub(super) fn untried(step: &Step<'_>, waiting: &[&ScriptStatement]) -> Vec<Finding> {
    let found = waiting.iter().filter_map(|statement| {
        let tokens = tokens(&statement.sql);
        let object = target(&tokens)?;
        let table = step
            .old
            .schema
            .relation(&object)
            .or_else(|| step.new.schema.relation(&object))?;
        let span =
            statement.start..statement.start + tokens.first().map_or(1, |token| token.text.len());
        let message = "no row that was made for the proof meets the condition of this statement";
        Some(Finding {
            rule: Rule::UntriedStatement,
            object: table.name().to_owned(),
            diagnostic: Diagnostic::at(step.file, span, message, "it was run and changed nothing")
                .note("so what it does to the rows that meet it is not proven")
                .help("test the step with rows of your own"),
        })
    });
    found.collect()
}

/// The table of a DELETE or UPDATE with a WHERE.
fn target(tokens: &[Token<'_>]) -> Option<String> {
    let mut depth = 0_usize;
    let mut outer: Vec<&Token<'_>> = Vec::new();
    for token in tokens {
        if token.is_operator(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_operator("(") {
            depth += 1;
        } else if depth == 0 {
            outer.push(token);
        }
    }
    let first = outer.first()?;
    let place = |word: &str| outer.iter().position(|token| token.is_keyword(word));
    let statement = if first.is_keyword("WITH") {
        place("DELETE").or_else(|| place("UPDATE"))?
    } else if first.is_keyword("DELETE") || first.is_keyword("UPDATE") {
        0
    } else {
        return None;
    };
    place("WHERE")?;
    let skipped = [
        "FROM", "OR", "IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK",
    ];
    let mut names = outer[statement + 1..]
        .iter()
        .skip_while(|token| skipped.iter().any(|word| token.is_keyword(word)));
    let name = names.next()?;
    match names.next() {
        Some(dot) if dot.is_operator(".") => names.next()?.unquoted(),
        _ => name.unquoted(),
    }
}

#[cfg(test)]
mod tests {
    use super::target;
    use stepladder::sql::tokens;

    #[test]
    fn the_table_is_found() {
        for (sql, table) in [
            ("DELETE FROM main.t WHERE a = 1", Some("t")),
            ("UPDATE OR IGNORE \"a b\" SET x = 1 WHERE y", Some("a b")),
            ("WITH c AS (SELECT 1) DELETE FROM t WHERE a IN c", Some("t")),
            ("DELETE FROM t", None),
            ("UPDATE t SET a = (SELECT 1 WHERE 1)", None),
            ("INSERT INTO t SELECT 1 WHERE 1", None),
        ] {
            assert_eq!(target(&tokens(sql)).as_deref(), table, "{sql}");
        }
    }
}
