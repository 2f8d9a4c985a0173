//! Rows that a step asks for by a value, as in `DELETE FROM mails WHERE folder = 'trash'`: among
//! rows that hold other values it does nothing, and what it loses is not seen.

use std::collections::{BTreeMap, BTreeSet};

use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Schema, Table};
use stepladder::sql::{Token, TokenKind, fold, is_reserved, names_equal, quote_identifier, tokens};

use super::culprit::rowid;
use crate::script::Script;

/// Puts each value that the step compares a column with in some rows of every table that has a column
/// of that name, where the old version lets it.
pub(super) fn hold_what_is_asked_for(
    connection: &Connection,
    old: &Schema,
    script: &Script,
) -> rusqlite::Result<()> {
    let asked = asked_for(script);
    if asked.is_empty() {
        return Ok(());
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    for table in old.tables() {
        let columns = table.columns.iter().filter(|column| {
            column.generated.is_none() && !is_of_foreign_key(old, table, &column.name)
        });
        let asked = columns.filter_map(|column| {
            let values = asked.get(&fold(&column.name))?;
            Some((column.name.as_str(), values))
        });
        for (place, (column, values)) in asked.enumerate() {
            for (row, value) in rows(values) {
                // The rows of two columns overlap: what is asked for may be asked of both.
                let sql = put(table, column, value, place + row);
                // Whatever the old version refuses cannot be there.
                let _ = connection.execute_batch(&sql);
            }
        }
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    Ok(())
}

/// More values than this are not tried: there are not many more rows.
const MOST: usize = 8;

/// The rows for each value: some for one or two, and one for each of many.
fn rows(values: &BTreeSet<String>) -> impl Iterator<Item = (usize, &String)> {
    let each = match values.len() {
        0 | 1 => 3,
        2 => 2,
        _ => 1,
    };
    let values = values.iter().take(MOST).enumerate();
    values.flat_map(move |(place, value)| (0..each).map(move |row| (place * each + row, value)))
}

/// The statement that puts a value in the row behind so many others.
fn put(table: &Table, column: &str, value: &str, behind: usize) -> String {
    let name = quote_identifier(&table.name);
    let key = match &table.primary_key {
        Some(key) if table.without_rowid => {
            let names = key.columns.iter().map(|key| quote_identifier(&key.name));
            names.collect::<Vec<_>>().join(", ")
        }
        _ => rowid(table),
    };
    format!(
        "UPDATE OR IGNORE main.{name} SET {} = {value} WHERE ({key}) IN (SELECT {key} FROM main.{name} \
         ORDER BY {key} LIMIT 1 OFFSET {behind} % (SELECT max(1, count(*)) FROM main.{name}))",
        quote_identifier(column)
    )
}

/// Whether rows would lose their parents or children with another value in the column.
pub(super) fn is_of_foreign_key(schema: &Schema, table: &Table, column: &str) -> bool {
    let is_it = |name: &String| names_equal(name, column);
    let refers = |key: &stepladder::schema::ForeignKey| key.columns.iter().any(is_it);
    let is_referred_to = |key: &stepladder::schema::ForeignKey| {
        names_equal(&key.parent, &table.name)
            && match (&key.parent_columns, &table.primary_key) {
                (Some(columns), _) => columns.iter().any(is_it),
                (None, Some(primary)) => primary.columns.iter().any(|key| is_it(&key.name)),
                (None, None) => false,
            }
    };
    table.foreign_keys.iter().any(refers)
        || (schema.tables()).any(|other| other.foreign_keys.iter().any(is_referred_to))
}

/// The literals that columns are compared with, as they are written, by the folded name of the
/// column.
fn asked_for(script: &Script) -> BTreeMap<String, BTreeSet<String>> {
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for statement in script.statements() {
        let tokens = tokens(&statement.sql);
        // What a table, an index or a trigger asks for, it asks of other rows.
        if tokens
            .first()
            .is_some_and(|first| first.is_keyword("CREATE"))
        {
            continue;
        }
        let mut open = Open::default();
        for (at, token) in tokens.iter().enumerate() {
            open.read(&tokens, at);
            if !is_literal(token) || is_assigned(&tokens, at) {
                continue;
            }
            let column = compared(&tokens, at).or_else(|| open.column(&tokens, at));
            if let Some(name) = column.and_then(Token::unquoted) {
                let values = asked.entry(fold(&name)).or_default();
                values.extend(near(&tokens, at));
            }
        }
    }
    asked
}

/// One literal for each column that an expression compares with one; NULL for `IS NULL`.
pub(super) fn compared_with(expression: &str) -> Vec<(String, String)> {
    let tokens = tokens(expression);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_null = token.is_keyword("NULL") && at > 0 && tokens[at - 1].is_keyword("IS");
        if is_literal(token) || is_null {
            let column = compared(&tokens, at).and_then(Token::unquoted);
            found.extend(column.map(|column| (column, token.text.to_owned())));
        } else if is_name(token) && tokens.len() == 1 {
            // `WHERE active`
            found.extend(token.unquoted().map(|column| (column, "1".to_owned())));
        }
    }
    found
}

/// What has begun and not ended, with the column that its values are compared with.
#[derive(Default)]
struct Open<'t, 's> {
    /// `CASE column`
    cases: Vec<Option<&'t Token<'s>>>,
    /// `column IN (`, `nullif (column`, or another parenthesis.
    lists: Vec<Option<&'t Token<'s>>>,
}

impl<'t, 's> Open<'t, 's> {
    fn read(&mut self, tokens: &'t [Token<'s>], at: usize) {
        let token = &tokens[at];
        if token.is_keyword("CASE") {
            let is_base = (tokens.get(at + 2)).is_some_and(|token| token.is_keyword("WHEN"));
            self.cases.push(name(tokens, at + 1).filter(|_| is_base));
        } else if token.is_keyword("END") {
            self.cases.pop();
        } else if token.is_operator("(") {
            self.lists.push(match &tokens[..at] {
                [.., function] if function.is_keyword("NULLIF") => name(tokens, at + 1),
                [.., column, not, list] if list.is_keyword("IN") && not.is_keyword("NOT") => {
                    Some(column).filter(|column| is_name(column))
                }
                [.., column, list] if list.is_keyword("IN") => {
                    Some(column).filter(|column| is_name(column))
                }
                _ => None,
            });
        } else if token.is_operator(")") {
            self.lists.pop();
        }
    }

    fn column(&self, tokens: &[Token<'_>], at: usize) -> Option<&'t Token<'s>> {
        let before = &tokens[at.checked_sub(1)?];
        if before.is_keyword("WHEN") {
            self.cases.last().copied().flatten()
        } else if before.is_operator("(") || before.is_operator(",") {
            self.lists.last().copied().flatten()
        } else {
            None
        }
    }
}

fn name<'t, 's>(tokens: &'t [Token<'s>], at: usize) -> Option<&'t Token<'s>> {
    tokens.get(at).filter(|token| is_name(token))
}

/// The literal, and for a number in a comparison those next to it.
fn near(tokens: &[Token<'_>], at: usize) -> Vec<String> {
    let literal = tokens[at].text;
    let is_bound = at > 0
        && ["<", "<=", ">", ">="]
            .iter()
            .any(|o| tokens[at - 1].is_operator(o));
    if is_bound && tokens[at].kind == TokenKind::Number {
        [
            format!("{literal} - 1"),
            literal.to_owned(),
            format!("{literal} + 1"),
        ]
        .into()
    } else {
        vec![literal.to_owned()]
    }
}

/// The column that a literal is compared with by an operator.
fn compared<'t, 's>(tokens: &'t [Token<'s>], at: usize) -> Option<&'t Token<'s>> {
    let before = at.checked_sub(1)?;
    if is_comparison(&tokens[before]) {
        // `IS NOT` is two words.
        let is_two =
            tokens[before].is_keyword("NOT") && before > 0 && tokens[before - 1].is_keyword("IS");
        return name(tokens, before.checked_sub(1 + usize::from(is_two))?);
    }
    if tokens.get(at + 1).is_some_and(is_comparison) {
        let dot = tokens.get(at + 3);
        let is_qualified = dot.is_some_and(|token| token.is_operator("."));
        return name(tokens, if is_qualified { at + 4 } else { at + 2 });
    }
    None
}

fn is_literal(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::String | TokenKind::Number)
}

/// Whether a literal is what `UPDATE .. SET` gives to a column.
pub(super) fn is_assigned(tokens: &[Token<'_>], at: usize) -> bool {
    let [before @ .., _, operator] = &tokens[..at] else {
        return false;
    };
    let is_first = |token: &Token<'_>| token.is_keyword("SET") || token.is_operator(",");
    operator.is_operator("=") && before.last().is_some_and(is_first)
}

fn is_comparison(token: &Token<'_>) -> bool {
    let operators = ["=", "==", "<>", "!=", "<", "<=", ">", ">="];
    let words = ["IS", "NOT", "LIKE", "GLOB", "BETWEEN"];
    operators.iter().any(|text| token.is_operator(text))
        || words.iter().any(|word| token.is_keyword(word))
}

fn is_name(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word => !is_reserved(token.text),
        TokenKind::Quoted => true,
        TokenKind::String
        | TokenKind::Blob
        | TokenKind::Number
        | TokenKind::Variable
        | TokenKind::Operator
        | TokenKind::Illegal => false,
    }
}

#[cfg(test)]
mod tests {
    use super::asked_for;
    use crate::script::Script;

    fn asked(sql: &str) -> Vec<String> {
        let script = Script::new("a.sql", sql);
        let found = asked_for(&script).into_iter();
        found
            .map(|(column, values)| {
                let values: Vec<_> = values.into_iter().collect();
                format!("{column}: {}", values.join(" "))
            })
            .collect()
    }

    #[test]
    fn comparisons_are_found() {
        for (sql, found) in [
            (
                "DELETE FROM t WHERE Kind = 'a' OR 'b' <> t.kind",
                &["kind: 'a' 'b'"][..],
            ),
            ("DELETE FROM t WHERE \"a b\" IS NOT 'x'", &["a b: 'x'"]),
            ("DELETE FROM t WHERE a NOT IN (1, 'x', 3)", &["a: 'x' 1 3"]),
            ("DELETE FROM t WHERE a > 5", &["a: 5 5 + 1 5 - 1"]),
            (
                "UPDATE t SET b = CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' END",
                &["a: 1 2"],
            ),
            (
                "UPDATE t SET b = CASE WHEN a = 1 THEN 'x' ELSE 'y' END",
                &["a: 1"],
            ),
            ("UPDATE t SET a = 'x', b = 'y' WHERE c = 'z'", &["c: 'z'"]),
            ("UPDATE t SET a = nullif(a, '')", &["a: ''"]),
            ("CREATE TABLE u (a CHECK (a > 5))", &[]),
            ("SELECT CASE a || b WHEN 'x' THEN 'y' END", &[]),
            ("INSERT INTO t VALUES ('x', 1)", &[]),
            ("SELECT coalesce(a, 'x'), 'y' FROM t LIMIT 1", &[]),
        ] {
            assert_eq!(asked(sql), found, "{sql}");
        }
    }
}
