//! Asks SQLite whether a row would pass the CHECKs of its table, without inserting it.
//!
//! The values are put in a temporary table of the same columns, so that affinity, collation and
//! generated columns are those of the table.

use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params_from_iter};

use super::cell::{Kind, kind};
use super::parents;
use super::plan::{Plan, Rule, is_rowid_alias};
use crate::schema::{Column, Table};
use crate::sql::{Lexeme, canonical_text, quote_identifier};

/// Tries for one row. What is not found by then is hardly there.
const TRIES: usize = 2500;

/// A temporary table with one row, and the rules as questions about it.
#[derive(Debug)]
pub(super) struct Evaluator<'c> {
    connection: &'c Connection,
    update: Statement<'c>,
    /// `None` where SQLite does not understand the rule: the INSERT will say why.
    rules: Vec<Option<Statement<'c>>>,
    targets: Vec<Target<'c>>,
    stored: Option<Vec<Value>>,
    tries: usize,
}

/// A column that a rule compares with something else, which says what to store in it.
#[derive(Debug)]
struct Target<'c> {
    rule: usize,
    column: usize,
    other_side: Statement<'c>,
}

impl<'c> Evaluator<'c> {
    /// `None` where the table has no rules.
    pub(super) fn new(
        connection: &'c Connection,
        plan: &Plan<'_>,
    ) -> rusqlite::Result<Option<Self>> {
        if plan.rules.is_empty() {
            return Ok(None);
        }
        connection.execute_batch(&create(plan.table))?;
        let names: Vec<_> = (plan.columns.iter())
            .map(|slot| format!("{} = ?", quote_identifier(&slot.column.name)))
            .collect();
        let sql = format!("UPDATE temp.stepladder_row SET {}", names.join(", "));
        let update = connection.prepare(&sql)?;
        let ask = |expression: &str| {
            let table = quote_identifier(&plan.table.name);
            let sql = format!("SELECT {expression} FROM temp.stepladder_row AS {table}");
            connection.prepare(&sql).ok()
        };
        let rules = (plan.rules.iter())
            .map(|rule| ask(&format!("({}) IS NOT FALSE", rule.sql)))
            .collect();
        let mut targets = Vec::new();
        for (place, rule) in plan.rules.iter().enumerate() {
            for (column, other_side) in comparisons(rule, plan) {
                targets.extend(ask(&other_side).map(|other_side| Target {
                    rule: place,
                    column,
                    other_side,
                }));
            }
        }
        Ok(Some(Self {
            connection,
            update,
            rules,
            targets,
            stored: None,
            tries: TRIES,
        }))
    }

    /// Removes the temporary table.
    pub(super) fn finish(self) -> rusqlite::Result<()> {
        let Self {
            connection,
            update,
            rules,
            targets,
            ..
        } = self;
        drop((update, rules, targets));
        connection.execute_batch("DROP TABLE temp.stepladder_row")
    }

    pub(super) fn begin_row(&mut self) {
        self.tries = TRIES;
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.tries == 0
    }

    /// Whether a row with these values passes a rule.
    pub(super) fn passes(&mut self, rule: usize, values: &[Value]) -> bool {
        self.tries = self.tries.saturating_sub(1);
        if !self.store(values) {
            return false;
        }
        match &mut self.rules[rule] {
            // Errors are those of functions that do not take such a value.
            Some(question) => question.query_row([], |row| row.get(0)).unwrap_or(false),
            None => true,
        }
    }

    /// What the rule would like to see in columns that it compares, given the other values.
    pub(super) fn targets(&mut self, rule: usize, values: &[Value]) -> Vec<(usize, Value)> {
        if !self.store(values) {
            return Vec::new();
        }
        let targets = self.targets.iter_mut().filter(|target| target.rule == rule);
        targets
            .filter_map(|target| {
                let value = (target.other_side)
                    .query_row([], |row| Ok(parents::readable(row, 0)))
                    .ok()??;
                Some((target.column, value))
            })
            .collect()
    }

    fn store(&mut self, values: &[Value]) -> bool {
        if self.stored.as_deref() == Some(values) {
            return true;
        }
        let stored = self.update.execute(params_from_iter(values)).is_ok();
        self.stored = stored.then(|| values.to_vec());
        stored
    }
}

fn create(table: &Table) -> String {
    let columns: Vec<_> = (table.columns.iter())
        .map(|column| definition(table, column))
        .collect();
    let strict = if table.strict { "STRICT" } else { "" };
    let columns = columns.join(", ");
    format!(
        "CREATE TEMP TABLE stepladder_row ({columns}) {strict}; \
         INSERT INTO temp.stepladder_row DEFAULT VALUES;"
    )
}

fn definition(table: &Table, column: &Column) -> String {
    let mut sql = quote_identifier(&column.name);
    sql += " ";
    if table.strict {
        sql += &column.declared_type;
    } else {
        sql += &column.affinity.to_string();
    }
    if is_rowid_alias(table, column) {
        sql += " PRIMARY KEY";
    }
    if let Some(collation) = &column.collation {
        sql = format!("{sql} COLLATE {}", quote_identifier(collation));
    }
    if let Some(generated) = &column.generated {
        let expression = canonical_text(&generated.expression.lexemes);
        sql = format!("{sql} GENERATED ALWAYS AS ({expression})");
    }
    sql
}

/// For each `column = expression`, or with another comparison, in a rule: the column and the text
/// of the other side.
fn comparisons(rule: &Rule, plan: &Plan<'_>) -> Vec<(usize, String)> {
    const COMPARISONS: [&str; 3] = ["=", "<=", ">="];
    let mut found = Vec::new();
    for part in split_at_and(&rule.lexemes) {
        let at = top_level(part, |lexeme| match lexeme {
            Lexeme::Operator(operator) => COMPARISONS.contains(&operator.as_str()),
            Lexeme::Word(word) => word == "is",
            _ => false,
        });
        let Some(&at) = at.first() else { continue };
        let (left, right) = (&part[..at], &part[at + 1..]);
        for (side, other) in [(left, right), (right, left)] {
            if let [Lexeme::Word(name) | Lexeme::Quoted(name)] = side
                && other.len() > 1
                && let Some(column) = (plan.columns.iter())
                    .position(|slot| slot.column.name.eq_ignore_ascii_case(name))
            {
                let other = canonical_text(other);
                let is_number = matches!(
                    kind(plan.columns[column].column),
                    Kind::Integer | Kind::Real
                );
                found.push((column, format!("({other})")));
                if is_number {
                    found.push((column, format!("({other}) + 1")));
                    found.push((column, format!("({other}) - 1")));
                }
            }
        }
    }
    found
}

fn split_at_and(lexemes: &[Lexeme]) -> Vec<&[Lexeme]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in top_level(
        lexemes,
        |lexeme| matches!(lexeme, Lexeme::Word(word) if word == "and"),
    ) {
        parts.push(&lexemes[start..at]);
        start = at + 1;
    }
    parts.push(&lexemes[start..]);
    parts
}

/// The places outside parentheses.
fn top_level(lexemes: &[Lexeme], is_it: impl Fn(&Lexeme) -> bool) -> Vec<usize> {
    let mut depth = 0;
    let mut found = Vec::new();
    for (at, lexeme) in lexemes.iter().enumerate() {
        match lexeme {
            Lexeme::Operator(operator) if operator == "(" => depth += 1,
            Lexeme::Operator(operator) if operator == ")" => depth -= 1,
            other if depth == 0 && is_it(other) => found.push(at),
            _ => {}
        }
    }
    found
}
