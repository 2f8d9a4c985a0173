//! The statements that write every row of a table again: on a large one that takes long, and
//! needs room for a second copy.

use stepladder::rusqlite::{self, Connection};
use stepladder::sql::{Token, names_equal, quote_identifier, tokens};
use stepladder::synthesis::{Rows, Scenario, Values, fill};

use super::authorizer::guarded;
use super::finding::Finding;
use super::play::{Known, play};
use super::rows::Step;
use crate::diagnostic::Diagnostic;
use crate::rule::Rule;
use crate::script::ScriptPart;

/// Runs the step with a few rows, and looks at how many rows each statement writes.
pub(super) fn rewrites(step: &Step<'_>, connection: &Connection) -> rusqlite::Result<Vec<Finding>> {
    let ordinary = Scenario {
        rows: Rows::Many,
        values: Values::Recognisable,
        seed: 0,
    };
    fill(connection, &step.old.schema, &ordinary)?;
    let mut found = Vec::new();
    let known = Known::before(connection, step.script);
    for part in &step.script.parts {
        let statement = match part {
            ScriptPart::Statement(statement) => statement,
            ScriptPart::Call(_) => {
                play(connection, &known);
                continue;
            }
        };
        let tokens = tokens(&statement.sql);
        let counted = (step.old.schema.tables())
            .filter(|table| tokens.iter().any(|token| is_name(token, &table.name)))
            .filter_map(|table| Some((&table.name, count(connection, &table.name).ok()?)))
            .filter(|(_, rows)| *rows > 0);
        let counted: Vec<(&String, u64)> = counted.collect();
        if guarded(|| connection.execute_batch(&statement.sql)).is_err() {
            // It fails with these rows, which is told elsewhere.
            break;
        }
        let written = if drops_column(&tokens) {
            u64::MAX
        } else if writes(&tokens) {
            connection.changes()
        } else {
            0
        };
        if let Some((table, _)) = counted.iter().find(|(_, rows)| written >= *rows) {
            let first = tokens.first().map_or(1, |token| token.text.len());
            let message = format!("this statement writes every row of `{table}` again");
            let span = statement.start..statement.start + first;
            let diagnostic = Diagnostic::at(
                step.file,
                span,
                message,
                "the larger the table, the longer",
            )
            .help(
                "see whether `ALTER TABLE .. ADD COLUMN` or a RENAME would do: they write no row",
            );
            found.push(Finding {
                rule: Rule::SlowRewrite,
                object: (*table).clone(),
                diagnostic,
            });
        }
    }
    Ok(found)
}

fn is_name(token: &Token<'_>, name: &str) -> bool {
    (token.unquoted()).is_some_and(|text| names_equal(&text, name))
}

fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let table = quote_identifier(table);
    let rows: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
        row.get(0)
    })?;
    Ok(rows.unsigned_abs())
}

/// `ALTER TABLE .. DROP COLUMN` writes the rows without the column.
fn drops_column(tokens: &[Token<'_>]) -> bool {
    let has = |word: &str| tokens.iter().any(|token| token.is_keyword(word));
    tokens
        .first()
        .is_some_and(|first| first.is_keyword("ALTER"))
        && has("DROP")
}

fn writes(tokens: &[Token<'_>]) -> bool {
    tokens.first().is_some_and(|first| {
        ["UPDATE", "INSERT", "REPLACE", "WITH"]
            .iter()
            .any(|word| first.is_keyword(word))
    })
}
