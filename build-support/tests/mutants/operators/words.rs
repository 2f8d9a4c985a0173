//! A name, a text, a number or an operator that is another one, in any statement.

use stepladder::schema::Entity;
use stepladder::sql::{Token, TokenKind, names_equal, tokens};

use super::{Spoilt, name_of};
use crate::case::Case;
use crate::step::edited;

pub(crate) fn spoil(sql: &str, case: &Case) -> Vec<Spoilt> {
    let tokens = tokens(sql);
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        for (operator, with) in instead(token, case) {
            let place = token.start..token.end();
            found.push((operator, edited(sql, vec![(place, with)])));
        }
        if let Some((operator, end)) = branch(&tokens, index) {
            let place = token.start..end;
            found.push((operator, edited(sql, vec![(place, String::new())])));
        }
    }
    found
}

/// What may stand in the place of a token by mistake.
fn instead(token: &Token<'_>, case: &Case) -> Vec<Spoilt> {
    match token.kind {
        TokenKind::String => {
            let text = token.unquoted().unwrap_or_default();
            let other = |text: String| ("other text", stepladder::sql::quote_string(&text));
            vec![other(format!("{text}x")), other(text.to_uppercase())]
        }
        TokenKind::Number => match token.text.parse::<i64>() {
            Ok(number) => [number + 1, number - 1, number * 10]
                .map(|number| ("other number", number.to_string()))
                .into(),
            Err(_) => Vec::new(),
        },
        TokenKind::Operator => operator(token.text)
            .map(|with| ("other operator", with.to_owned()))
            .into_iter()
            .collect(),
        TokenKind::Word | TokenKind::Quoted => {
            let mut found = keyword(token);
            found.extend(names(token, case));
            found
        }
        TokenKind::Blob | TokenKind::Variable | TokenKind::Illegal => Vec::new(),
    }
}

fn operator(text: &str) -> Option<&'static str> {
    let pairs = [
        ("+", "-"),
        ("-", "+"),
        ("*", "+"),
        ("=", "<>"),
        ("<>", "="),
        ("<", "<="),
        ("<=", "<"),
        (">", ">="),
        (">=", ">"),
        ("||", "+"),
    ];
    (pairs.iter()).find_map(|(from, to)| (*from == text).then_some(*to))
}

fn keyword(token: &Token<'_>) -> Vec<Spoilt> {
    let pairs = [
        ("AND", "OR"),
        ("OR", "AND"),
        ("EXISTS", "NOT EXISTS"),
        ("NOT", ""),
        ("DESC", ""),
        ("LEFT", ""),
        ("ON", "ON 1 OR"),
        ("COUNT", "max"),
        ("SUM", "max"),
        ("LOWER", "upper"),
        ("COALESCE", "nullif"),
        ("IFNULL", "nullif"),
    ];
    let is_same = |word: &str| token.is_keyword(word);
    let found = pairs.iter().filter(|(word, _)| is_same(word));
    found
        .map(|(_, with)| ("other word", (*with).to_owned()))
        .collect()
}

/// Other names of the same kind: of the tables, and of the columns of a table.
fn names(token: &Token<'_>, case: &Case) -> Vec<Spoilt> {
    let Some(name) = token.unquoted() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for schema in &case.schemas {
        let relations: Vec<_> = schema.entities.iter().filter(|e| is_relation(e)).collect();
        let names: Vec<_> = relations.iter().map(|entity| entity.name()).collect();
        found.extend(next(&name, &names).map(|with| ("other table", with)));
        for table in schema.tables() {
            let columns: Vec<_> = table.columns.iter().map(|c| c.name.as_str()).collect();
            found.extend(next(&name, &columns).map(|with| ("other column", with)));
            let back: Vec<_> = columns.into_iter().rev().collect();
            found.extend(next(&name, &back).map(|with| ("other column", with)));
        }
    }
    found
}

fn is_relation(entity: &Entity) -> bool {
    matches!(
        entity,
        Entity::Table(_) | Entity::View(_) | Entity::VirtualTable(_)
    )
}

/// The name behind this one in a list.
fn next(name: &str, names: &[&str]) -> Option<String> {
    let at = names.iter().position(|other| names_equal(other, name))?;
    let next = names[(at + 1) % names.len()];
    (!names_equal(next, name)).then(|| name_of(next))
}

/// The end of a branch of CASE that begins here.
fn branch(tokens: &[Token<'_>], index: usize) -> Option<(&'static str, usize)> {
    if !tokens[index].is_keyword("WHEN") && !tokens[index].is_keyword("ELSE") {
        return None;
    }
    let ends = ["WHEN", "ELSE", "END"];
    let next = (tokens.iter().skip(index + 1))
        .find(|token| ends.iter().any(|word| token.is_keyword(word)))?;
    Some(("branch of CASE dropped", next.start))
}
