//! Copies of rows, `INSERT INTO t (..) SELECT .. FROM ..`, that take other rows or other values.

use std::ops::Range;

use stepladder::sql::{Token, names_equal, tokens};

use super::{Spoilt, bytes, closing, find, items, name_of, with_comma};
use crate::case::Case;
use crate::step::edited;

/// A copy, as places of its tokens.
struct Copy<'s> {
    sql: &'s str,
    tokens: Vec<Token<'s>>,
    columns: Vec<Range<usize>>,
    values: Vec<Range<usize>>,
    /// The table that is read.
    source: usize,
}

fn read(sql: &str) -> Option<Copy<'_>> {
    let tokens = tokens(sql);
    if !tokens.first()?.is_keyword("INSERT") {
        return None;
    }
    let open = tokens.iter().position(|token| token.is_operator("("))?;
    let close = closing(&tokens, open)?;
    let from = from(&tokens, close + 2)?;
    if !tokens.get(close + 1)?.is_keyword("SELECT") {
        return None;
    }
    Some(Copy {
        sql,
        columns: items(&tokens, open + 1..close),
        values: items(&tokens, close + 2..from),
        source: from + 1,
        tokens,
    })
}

/// The `FROM` of a `SELECT`, and not of a query inside it.
fn from(tokens: &[Token<'_>], start: usize) -> Option<usize> {
    let mut depth = 0;
    (start..tokens.len()).find(|index| {
        let token = &tokens[*index];
        depth += i32::from(token.is_operator("(")) - i32::from(token.is_operator(")"));
        depth == 0 && token.is_keyword("FROM")
    })
}

pub(crate) fn spoil(sql: &str, case: &Case) -> Vec<Spoilt> {
    let Some(copy) = read(sql) else {
        return Vec::new();
    };
    let mut found = rows(&copy);
    found.extend(conflicts(&copy));
    found.extend(tables(&copy, case));
    found.extend(columns(&copy));
    found.extend(values(&copy));
    found
}

/// Fewer rows, or rows as groups.
fn rows(copy: &Copy<'_>) -> Vec<Spoilt> {
    let mut found = Vec::new();
    let end = copy.sql.len();
    let select = bytes(&copy.tokens, &copy.values[0]).start;
    let mut add = |operator, at: usize, text: String| {
        found.push((operator, edited(copy.sql, vec![(at..at, text)])));
    };
    for limit in ["LIMIT 1", "LIMIT 3", "LIMIT -1 OFFSET 1"] {
        add("LIMIT added", end, format!(" {limit}"));
    }
    add("DISTINCT added", select, "DISTINCT ".to_owned());
    let word = match find(&copy.tokens, &["WHERE"]) {
        Some(_) => "AND",
        None => "WHERE",
    };
    for value in &copy.values {
        let value = &copy.sql[bytes(&copy.tokens, value)];
        add("WHERE added", end, format!(" {word} {value} IS NOT NULL"));
        add("WHERE added", end, format!(" {word} {value} <> ''"));
        add("GROUP BY added", end, format!(" GROUP BY {value}"));
    }
    add("WHERE added", end, format!(" {word} rowid > 1"));
    if let Some(at) = find(&copy.tokens, &["WHERE"]) {
        let place = copy.tokens[at].start..end;
        found.push((
            "WHERE dropped",
            edited(copy.sql, vec![(place, String::new())]),
        ));
    }
    found
}

fn conflicts(copy: &Copy<'_>) -> Vec<Spoilt> {
    let insert = copy.tokens[0].end();
    let or = |how: &str| edited(copy.sql, vec![(insert..insert, format!(" OR {how}"))]);
    vec![
        ("OR IGNORE added", or("IGNORE")),
        ("OR REPLACE added", or("REPLACE")),
    ]
}

/// Another table is read.
fn tables(copy: &Copy<'_>, case: &Case) -> Vec<Spoilt> {
    let source = &copy.tokens[copy.source];
    let here = source.unquoted().unwrap_or_default();
    let others = case.schemas[0].tables();
    let others = others.filter(|table| !names_equal(&table.name, &here));
    others
        .map(|table| {
            let place = source.start..source.end();
            let spoilt = edited(copy.sql, vec![(place, name_of(&table.name))]);
            ("other table", spoilt)
        })
        .collect()
}

/// Columns that are forgotten, or in another order.
fn columns(copy: &Copy<'_>) -> Vec<Spoilt> {
    let mut found = Vec::new();
    let count = copy.values.len();
    if count != copy.columns.len() {
        return found;
    }
    for index in 0..count {
        let edits = [&copy.columns, &copy.values]
            .map(|list| (with_comma(&copy.tokens, list, index), String::new()));
        found.push(("column forgotten", edited(copy.sql, edits.to_vec())));
        for other in index + 1..count {
            let (a, b) = (&copy.values[index], &copy.values[other]);
            let (a, b) = (bytes(&copy.tokens, a), bytes(&copy.tokens, b));
            let edits = vec![
                (a.clone(), copy.sql[b.clone()].to_owned()),
                (b, copy.sql[a].to_owned()),
            ];
            found.push(("columns swapped", edited(copy.sql, edits)));
        }
    }
    found
}

/// What takes the place of a value; `{}` is the value.
const VALUES: [(&str, &str); 14] = [
    ("constant in place of a value", "NULL"),
    ("constant in place of a value", "''"),
    ("constant in place of a value", "0"),
    ("value changed", "lower({})"),
    ("value changed", "upper({})"),
    ("value changed", "trim({})"),
    ("value changed", "substr({}, 1, 3)"),
    ("value changed", "abs({})"),
    ("value changed", "{} + 1"),
    ("value changed", "CAST({} AS TEXT)"),
    ("value changed", "CAST({} AS INTEGER)"),
    ("value changed", "nullif({}, '')"),
    ("value changed", "coalesce({}, '')"),
    ("value changed", "max({})"),
];

fn values(copy: &Copy<'_>) -> Vec<Spoilt> {
    let mut found = Vec::new();
    for (index, place) in copy.values.iter().enumerate() {
        let place = bytes(&copy.tokens, place);
        let value = &copy.sql[place.clone()];
        for (operator, with) in VALUES {
            let with = with.replace("{}", value);
            found.push((operator, edited(copy.sql, vec![(place.clone(), with)])));
        }
        for (other, _) in copy.values.iter().enumerate().filter(|(o, _)| *o != index) {
            let with = copy.sql[bytes(&copy.tokens, &copy.values[other])].to_owned();
            found.push((
                "value of another column",
                edited(copy.sql, vec![(place.clone(), with)]),
            ));
        }
    }
    found
}
