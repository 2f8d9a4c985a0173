//! The statements that write every row of a table again: on a large one that takes long, and
//! needs room for a second copy.

use stepladder::accounting::name_after;
use stepladder::rusqlite::{self, Connection};
use stepladder::sql::{Token, names_equal, quote_identifier, tokens};
use stepladder::synthesis::{Rows, Scenario, Values, fill};

use super::authorizer::guarded;
use super::finding::Finding;
use super::play::{Known, play};
use super::rows::Step;
use super::text::{name_at, outermost};
use crate::diagnostic::Diagnostic;
use crate::rule::Rule;
use crate::script::{ScriptPart, statements_of};

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
    for (at, part) in step.script.parts.iter().enumerate() {
        let statement = match part {
            ScriptPart::Statement(statement) => statement,
            ScriptPart::Call(_) => {
                play(connection, &known);
                continue;
            }
        };
        let tokens = tokens(&statement.sql);
        let write = Write::read(&outermost(&tokens));
        let counted = counted(connection, &tokens)?;
        if guarded(|| connection.execute_batch(&statement.sql)).is_err() {
            // It fails with these rows, which is told elsewhere.
            break;
        }
        let Some(write) = write else { continue };
        let later = &step.script.parts[at + 1..];
        if let Some((object, message)) = write.told(&counted, connection.changes(), later) {
            let first = tokens.first().map_or(1, |token| token.text.len());
            let span = statement.start..statement.start + first;
            let label = "the larger the table, the longer";
            let diagnostic = Diagnostic::at(step.file, span, message, label).help(
                "see whether `ALTER TABLE .. ADD COLUMN` or a RENAME would do: they write no row",
            );
            found.push(Finding {
                rule: Rule::SlowRewrite,
                object,
                diagnostic,
            });
        }
    }
    Ok(found)
}

/// What a statement writes.
enum Write {
    /// `ALTER TABLE .. DROP COLUMN` writes the rows without the column.
    DropColumn(String),
    Update(String),
    /// Into a table, from another one.
    Insert(String, Option<String>),
}

impl Write {
    /// From the tokens that are in no parentheses.
    fn read(outer: &[&Token<'_>]) -> Option<Self> {
        let is = |at: usize, word: &str| outer.get(at).is_some_and(|token| token.is_keyword(word));
        let place = |word: &str| outer.iter().position(|token| token.is_keyword(word));
        if is(0, "ALTER") {
            let dot = outer.get(3).is_some_and(|token| token.is_operator("."));
            let behind = if dot { 5 } else { 3 };
            let drops = is(behind, "DROP") && !is(behind + 1, "CONSTRAINT");
            return drops.then(|| name_at(outer, 2).map(Self::DropColumn))?;
        }
        let begins = |at: usize| at == 0 || is(0, "WITH");
        if let Some(update) = place("UPDATE").filter(|at| begins(*at)) {
            // `UPDATE OR IGNORE t`
            let table = if is(update + 1, "OR") { 3 } else { 1 };
            return name_at(outer, update + table).map(Self::Update);
        }
        let first = place("INSERT").or_else(|| place("REPLACE"));
        first.filter(|at| begins(*at))?;
        let from = place("FROM").and_then(|from| name_at(outer, from + 1));
        Some(Self::Insert(name_at(outer, place("INTO")? + 1)?, from))
    }

    /// The table of which all rows are written, and what is said of it. `counted` are the tables
    /// that are named, with the rows that they had.
    fn told(
        self,
        counted: &[(String, u64)],
        written: u64,
        later: &[ScriptPart],
    ) -> Option<(String, String)> {
        let rows = |name: &str| {
            let found = counted.iter().find(|(table, _)| names_equal(table, name));
            found.map_or(0, |(_, rows)| *rows)
        };
        let (table, copied) = match self {
            Self::DropColumn(table) => ((rows(&table) > 0).then_some(table)?, None),
            Self::Update(table) => {
                let all = rows(&table);
                ((all > 0 && written >= all).then_some(table)?, None)
            }
            Self::Insert(table, from) => {
                let all = |(source, rows): &&(String, u64)| {
                    *rows > 0 && written >= *rows && !names_equal(source, &table)
                };
                let is_from = |(source, _): &&(String, u64)| {
                    (from.as_ref()).is_some_and(|from| names_equal(from, source))
                };
                let mut sources = counted.iter().filter(all);
                let source = sources.clone().find(is_from).or_else(|| sources.next())?;
                (table, Some(source.0.clone()))
            }
        };
        let table = name_after(&statements_of(later), &table);
        let message = match copied {
            Some(source) if !names_equal(&source, &table) => {
                format!("this statement copies every row of `{source}` to `{table}`")
            }
            Some(_) | None => format!("this statement writes every row of `{table}` again"),
        };
        Some((table, message))
    }
}

/// The tables that a statement names, and their rows.
fn counted(connection: &Connection, tokens: &[Token<'_>]) -> rusqlite::Result<Vec<(String, u64)>> {
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")?;
    let names: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mentioned = names.into_iter().filter(|name| {
        let is_it = |text: String| names_equal(&text, name);
        tokens.iter().filter_map(Token::unquoted).any(is_it)
    });
    let rows = mentioned.filter_map(|name| {
        let rows = count(connection, &name).ok()?;
        Some((name, rows))
    });
    Ok(rows.collect())
}

fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let table = quote_identifier(table);
    let rows: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
        row.get(0)
    })?;
    Ok(rows.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use stepladder::sql::tokens;

    use super::Write;
    use crate::prove::text::outermost;
    use crate::script::Script;

    fn told(sql: &str, later: &str) -> Option<String> {
        let counted = [("t".to_owned(), 5), ("u".to_owned(), 3)];
        let later = Script::new("step.sql", later).parts;
        let write = Write::read(&outermost(&tokens(sql)))?;
        Some(write.told(&counted, 5, &later)?.0)
    }

    #[test]
    fn the_table_that_is_written_is_named() {
        for (sql, later, expected) in [
            ("UPDATE t SET a = (SELECT b FROM u)", "", Some("t")),
            (
                "WITH c AS (SELECT 1) UPDATE OR IGNORE main.t SET a = 1",
                "",
                Some("t"),
            ),
            ("UPDATE t SET a = 1", "ALTER TABLE t RENAME TO v", Some("v")),
            (
                "INSERT INTO n SELECT * FROM t",
                "DROP TABLE t; ALTER TABLE n RENAME TO w",
                Some("w"),
            ),
            ("ALTER TABLE main.t DROP COLUMN a", "", Some("t")),
            ("ALTER TABLE t DROP a", "", Some("t")),
            ("ALTER TABLE t DROP CONSTRAINT c", "", None),
            ("ALTER TABLE t ALTER COLUMN a DROP NOT NULL", "", None),
            ("ALTER TABLE t RENAME TO v", "", None),
            (
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END",
                "",
                None,
            ),
        ] {
            assert_eq!(told(sql, later).as_deref(), expected, "{sql}");
        }
    }
}
