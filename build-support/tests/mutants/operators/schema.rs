//! Tables, indexes and columns that are not made as the next version has them.

use std::ops::Range;

use stepladder::sql::{Token, tokens};

use super::{Spoilt, bytes, closing, find_all, items, with_comma};
use crate::step::edited;

pub(crate) fn spoil(sql: &str) -> Vec<Spoilt> {
    let tokens = tokens(sql);
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|t| t.is_keyword(word));
    let mut found = Vec::new();
    if is(0, "CREATE") && is(1, "TABLE") {
        found.extend(table(sql, &tokens));
        found.extend(words(sql, &tokens));
    } else if is(0, "ALTER") && is(3, "ADD") {
        let start = if is(4, "COLUMN") { 5 } else { 4 };
        found.extend(column(sql, &tokens, start..tokens.len()));
        found.extend(words(sql, &tokens));
    } else if is(0, "CREATE") && (is(1, "INDEX") || is(2, "INDEX")) {
        found.extend(index(sql, &tokens));
    } else if is(0, "CREATE") && is(1, "TRIGGER") {
        found.extend(words(sql, &tokens));
        found.extend(trigger(sql, &tokens));
    }
    found
}

/// The columns and constraints of a table, and what stands behind them.
fn table(sql: &str, tokens: &[Token<'_>]) -> Vec<Spoilt> {
    let mut found = Vec::new();
    let Some(open) = tokens.iter().position(|token| token.is_operator("(")) else {
        return found;
    };
    let close = closing(tokens, open).unwrap();
    let list = items(tokens, open + 1..close);
    for (index, item) in list.iter().enumerate() {
        let gone = with_comma(tokens, &list, index);
        let without = edited(sql, vec![(gone, String::new())]);
        if is_constraint(&tokens[item.start]) {
            found.push(("constraint forgotten", without));
        } else {
            found.push(("column not made", without));
            found.extend(column(sql, tokens, item.clone()));
        }
        if let Some(next) = list.get(index + 1) {
            let (a, b) = (bytes(tokens, item), bytes(tokens, next));
            let swapped = vec![
                (a.clone(), sql[b.clone()].to_owned()),
                (b, sql[a].to_owned()),
            ];
            found.push(("columns of a table swapped", edited(sql, swapped)));
        }
    }
    let behind = &tokens[close + 1..];
    for option in behind.iter().filter(|token| token.is_keyword("STRICT")) {
        let place = option.start..option.end();
        found.push((
            "table option forgotten",
            edited(sql, vec![(place, String::new())]),
        ));
    }
    if !behind.is_empty() {
        let all = tokens[close].end()..sql.len();
        found.push((
            "table option forgotten",
            edited(sql, vec![(all, String::new())]),
        ));
    }
    found
}

fn is_constraint(token: &Token<'_>) -> bool {
    ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
        .iter()
        .any(|word| token.is_keyword(word))
}

/// The words that begin a constraint of a column.
const CONSTRAINTS: [&str; 9] = [
    "NOT",
    "DEFAULT",
    "CHECK",
    "COLLATE",
    "REFERENCES",
    "UNIQUE",
    "PRIMARY",
    "AS",
    "GENERATED",
];

/// A column: its type, and each of its constraints.
fn column(sql: &str, tokens: &[Token<'_>], item: Range<usize>) -> Vec<Spoilt> {
    let mut found = Vec::new();
    let mut starts = Vec::new();
    let mut depth = 0;
    let inside = tokens.iter().enumerate().take(item.end);
    for (index, token) in inside.skip(item.start + 1) {
        depth += i32::from(token.is_operator("(")) - i32::from(token.is_operator(")"));
        if depth == 0 && CONSTRAINTS.iter().any(|word| token.is_keyword(word)) {
            starts.push(index);
        }
    }
    starts.push(item.end);
    if item.start + 1 < starts[0] {
        let place = bytes(tokens, &(item.start + 1..starts[0]));
        for other in ["TEXT", "INTEGER", "BLOB", "REAL"] {
            found.push((
                "type changed",
                edited(sql, vec![(place.clone(), other.to_owned())]),
            ));
        }
    }
    for pair in starts.windows(2) {
        let place = bytes(tokens, &(pair[0]..pair[1]));
        let operator = match tokens[pair[0]].text.to_ascii_uppercase().as_str() {
            "NOT" => "NOT NULL forgotten",
            "DEFAULT" => "DEFAULT forgotten",
            "CHECK" => "CHECK forgotten",
            "COLLATE" => "COLLATE forgotten",
            "REFERENCES" => "foreign key forgotten",
            "UNIQUE" => "UNIQUE forgotten",
            "PRIMARY" => "PRIMARY KEY forgotten",
            _ => "generated column stored as another",
        };
        found.push((operator, edited(sql, vec![(place, String::new())])));
    }
    let end = tokens[item.end - 1].end();
    let has = |word: &str| {
        tokens[item.clone()]
            .iter()
            .any(|token| token.is_keyword(word))
    };
    for (operator, text) in [
        ("NOT NULL added", " NOT NULL"),
        ("DEFAULT added", " DEFAULT 7"),
        ("COLLATE added", " COLLATE NOCASE"),
        ("UNIQUE added", " UNIQUE"),
        ("CHECK added", " CHECK (1)"),
    ] {
        // What is there already means no more when it is there twice.
        let is_there = operator == "NOT NULL added" && has("NOT")
            || operator == "COLLATE added" && has("NOCASE");
        if !is_there {
            found.push((operator, edited(sql, vec![(end..end, text.to_owned())])));
        }
    }
    found
}

/// A row of keywords, and what takes its place.
const WORDS: [(&str, &[&str], &str); 22] = [
    ("AUTOINCREMENT forgotten", &["AUTOINCREMENT"], ""),
    ("action changed", &["ON", "DELETE", "CASCADE"], ""),
    (
        "action changed",
        &["ON", "DELETE", "CASCADE"],
        "ON DELETE SET NULL",
    ),
    (
        "action changed",
        &["ON", "DELETE", "SET", "NULL"],
        "ON DELETE CASCADE",
    ),
    ("action changed", &["ON", "DELETE", "SET", "NULL"], ""),
    ("action changed", &["ON", "UPDATE", "CASCADE"], ""),
    (
        "action changed",
        &["ON", "UPDATE", "CASCADE"],
        "ON UPDATE SET NULL",
    ),
    (
        "timing changed",
        &["DEFERRABLE", "INITIALLY", "DEFERRED"],
        "",
    ),
    (
        "timing changed",
        &["DEFERRABLE", "INITIALLY", "DEFERRED"],
        "DEFERRABLE",
    ),
    (
        "conflict clause added",
        &["NOT", "NULL"],
        "NOT NULL ON CONFLICT IGNORE",
    ),
    (
        "conflict clause added",
        &["PRIMARY", "KEY"],
        "PRIMARY KEY ON CONFLICT REPLACE",
    ),
    (
        "order of a key changed",
        &["PRIMARY", "KEY"],
        "PRIMARY KEY DESC",
    ),
    ("COLLATE changed", &["NOCASE"], "RTRIM"),
    ("COLLATE changed", &["RTRIM"], "BINARY"),
    ("storage changed", &["STORED"], "VIRTUAL"),
    ("storage changed", &["STORED"], ""),
    ("CHECK loosened", &["CHECK"], "CHECK (1) CHECK"),
    ("trigger changed", &["AFTER"], "BEFORE"),
    ("trigger changed", &["AFTER", "INSERT"], "AFTER UPDATE"),
    ("trigger changed", &["AFTER", "DELETE"], "AFTER INSERT"),
    ("trigger changed", &["BEGIN"], "WHEN 1 BEGIN"),
    ("trigger changed", &["BEGIN"], "BEGIN SELECT 1;"),
];

fn words(sql: &str, tokens: &[Token<'_>]) -> Vec<Spoilt> {
    let mut found = Vec::new();
    for (operator, words, with) in WORDS {
        for at in find_all(tokens, words) {
            let place = bytes(tokens, &(at..at + words.len()));
            found.push((operator, edited(sql, vec![(place, with.to_owned())])));
        }
    }
    // Each value that a CHECK allows, and one more.
    for at in find_all(tokens, &["IN"]) {
        let Some(close) = closing(tokens, at + 1) else {
            continue;
        };
        let end = tokens[close].start;
        found.push((
            "CHECK loosened",
            edited(sql, vec![(end..end, ", 'x'".to_owned())]),
        ));
        let list = items(tokens, at + 2..close);
        for index in 0..list.len() {
            let gone = with_comma(tokens, &list, index);
            found.push(("CHECK tightened", edited(sql, vec![(gone, String::new())])));
        }
    }
    found
}

fn index(sql: &str, tokens: &[Token<'_>]) -> Vec<Spoilt> {
    let mut found = Vec::new();
    let first = tokens[0].end();
    if tokens[1].is_keyword("UNIQUE") {
        let place = tokens[1].start..tokens[1].end();
        found.push((
            "UNIQUE forgotten",
            edited(sql, vec![(place, String::new())]),
        ));
    } else {
        found.push((
            "UNIQUE added",
            edited(sql, vec![(first..first, " UNIQUE".to_owned())]),
        ));
    }
    let Some(open) = tokens.iter().position(|token| token.is_operator("(")) else {
        return found;
    };
    let close = closing(tokens, open).unwrap();
    let list = items(tokens, open + 1..close);
    for (index, item) in list.iter().enumerate() {
        if list.len() > 1 {
            let gone = with_comma(tokens, &list, index);
            found.push((
                "index column forgotten",
                edited(sql, vec![(gone, String::new())]),
            ));
        }
        let end = tokens[item.end - 1].end();
        for text in [" DESC", " COLLATE NOCASE", " COLLATE RTRIM"] {
            let spoilt = edited(sql, vec![(end..end, text.to_owned())]);
            found.push(("index column changed", spoilt));
        }
        if let Some(next) = list.get(index + 1) {
            let (a, b) = (bytes(tokens, item), bytes(tokens, next));
            let swapped = vec![
                (a.clone(), sql[b.clone()].to_owned()),
                (b, sql[a].to_owned()),
            ];
            found.push(("index columns swapped", edited(sql, swapped)));
        }
    }
    for word in ["DESC", "NOCASE"] {
        for at in find_all(tokens, &[word]) {
            let from = if word == "NOCASE" { at - 1 } else { at };
            let place = bytes(tokens, &(from..at + 1));
            found.push((
                "index column changed",
                edited(sql, vec![(place, String::new())]),
            ));
        }
    }
    let behind = tokens[close].end();
    let all = behind..sql.len();
    if all.is_empty() {
        let with = " WHERE rowid > 0".to_owned();
        found.push(("partial index", edited(sql, vec![(all, with)])));
    } else {
        found.push(("partial index", edited(sql, vec![(all, String::new())])));
    }
    found
}

/// Each statement of the body, and the condition.
fn trigger(sql: &str, tokens: &[Token<'_>]) -> Vec<Spoilt> {
    let mut found = Vec::new();
    let begin = tokens.iter().position(|token| token.is_keyword("BEGIN"));
    let when = tokens.iter().position(|token| token.is_keyword("WHEN"));
    if let (Some(when), Some(begin)) = (when, begin)
        && when < begin
    {
        let place = tokens[when].start..tokens[begin].start;
        found.push(("trigger changed", edited(sql, vec![(place, String::new())])));
    }
    if let (Some(begin), Some(end)) = (begin, tokens.last()) {
        let place = tokens[begin].end()..end.start;
        found.push((
            "trigger changed",
            edited(sql, vec![(place, " SELECT 1; ".to_owned())]),
        ));
    }
    found
}
