//! Expressions of the stored SQL, in the form in which they are compared.

use super::cursor::matching_parenthesis;
use crate::schema::Expression;
use crate::sql::{Lexeme, Token, TokenKind, fold, names_equal, tokens};

/// The text of the tokens without comments, with one space where there was a gap.
pub(super) fn text_of(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| end < token.start) {
            text.push(' ');
        }
        text.push_str(token.text);
        end = Some(token.end());
    }
    text
}

/// The tokens without the parentheses that enclose all of them.
pub(super) fn without_parentheses<'t, 'a>(mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    while let [first, inside @ .., _] = tokens {
        if !first.is_operator("(") || matching_parenthesis(&tokens[1..]) != Some(inside.len()) {
            break;
        }
        tokens = inside;
    }
    tokens
}

/// An expression over the columns of a table.
///
/// A word in double quotes that names no column is a text for SQLite:
/// <https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted>.
pub(super) fn expression(tokens: &[Token<'_>], columns: &[String]) -> Expression {
    let is_column = |name: &str| columns.iter().any(|column| names_equal(column, name));
    let inner = without_parentheses(tokens);
    let lexemes = (0..inner.len())
        .map(|at| match text_in_double_quotes(inner, at) {
            Some(text) if !is_column(&text) => Lexeme::String(text),
            Some(_) | None => Lexeme::new(&inner[at]),
        })
        .collect();
    Expression {
        sql: text_of(tokens),
        lexemes,
    }
}

/// The word in double quotes at this place, unless only a name can stand there.
fn text_in_double_quotes(tokens: &[Token<'_>], at: usize) -> Option<String> {
    let token = tokens[at];
    if token.kind != TokenKind::Quoted || !token.text.starts_with('"') {
        return None;
    }
    let before = at.checked_sub(1).map(|before| tokens[before]);
    let after = tokens.get(at + 1);
    let is_name = before.is_some_and(|token| {
        token.is_operator(".") || token.is_keyword("COLLATE") || token.is_keyword("AS")
    }) || after.is_some_and(|token| token.is_operator(".") || token.is_operator("("));
    if is_name { None } else { token.unquoted() }
}

/// The default of a column, from the text that `PRAGMA table_xinfo` reports.
///
/// Parentheses around it, a plus sign before a number and the spelling of the booleans do not
/// count, and a name there is a text: <https://www.sqlite.org/lang_createtable.html#dfltval>.
pub(super) fn default(text: &str) -> Expression {
    let all = tokens(text);
    let inner = without_parentheses(&all);
    let lexemes = match inner {
        [word] if matches!(word.kind, TokenKind::Word | TokenKind::Quoted) => {
            vec![default_word(word)]
        }
        [sign, number] if sign.is_operator("+") && number.kind == TokenKind::Number => {
            vec![Lexeme::new(number)]
        }
        _ => return expression(inner, &[]),
    };
    Expression {
        sql: text_of(inner),
        lexemes,
    }
}

fn default_word(token: &Token<'_>) -> Lexeme {
    if token.kind == TokenKind::Word {
        match fold(token.text).as_str() {
            "true" => return Lexeme::Number("1".to_owned()),
            "false" => return Lexeme::Number("0".to_owned()),
            "null" | "current_time" | "current_date" | "current_timestamp" => {
                return Lexeme::new(token);
            }
            _ => {}
        }
    }
    Lexeme::String(token.unquoted().unwrap_or_default())
}
