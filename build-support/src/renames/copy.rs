//! `INSERT INTO new (a, b) SELECT x, y FROM old`: which column goes where.

use stepladder::sql::{Token, TokenKind};

/// A copy from one table into another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) into: String,
    pub(super) from: String,
    /// The columns, each with the column that it comes from; `None` for an expression.
    pub(super) columns: Vec<(String, Option<String>)>,
}

/// The name at the begin of the tokens, without the schema before it, and the rest.
pub(super) fn name<'t, 's>(tokens: &'t [Token<'s>]) -> Option<(String, &'t [Token<'s>])> {
    match tokens {
        [schema, dot, name, rest @ ..] if dot.is_operator(".") => {
            let is_main = schema.unquoted()?.eq_ignore_ascii_case("main");
            is_main.then_some((name.unquoted()?, rest))
        }
        [name, rest @ ..] => Some((name.unquoted()?, rest)),
        [] => None,
    }
}

/// The tokens behind these keywords.
pub(super) fn after<'t, 's>(tokens: &'t [Token<'s>], words: &[&str]) -> Option<&'t [Token<'s>]> {
    words.iter().try_fold(tokens, |rest, word| match rest {
        [first, rest @ ..] if first.is_keyword(word) => Some(rest),
        _ => None,
    })
}

/// The copy that a statement is; `None` where it is none, reads several tables, or does not name its
/// columns.
pub(super) fn read_copy(tokens: &[Token<'_>]) -> Option<Copy> {
    let (into, rest) = name(behind_into(tokens)?)?;
    let (list, rest) = in_parentheses(rest)?;
    let targets: Option<Vec<String>> = items(list).into_iter().map(plain).collect();
    let rest = after(rest, &["SELECT"])?;
    let from = outermost(rest, |token| token.is_keyword("FROM"))?;
    let sources: Vec<_> = items(&rest[..from]).into_iter().map(column).collect();
    let (from, rest) = name(&rest[from + 1..])?;
    let targets = targets?;
    (targets.len() == sources.len() && is_of_one_table(rest)).then(|| Copy {
        into,
        from,
        columns: targets.into_iter().zip(sources).collect(),
    })
}

fn behind_into<'t, 's>(tokens: &'t [Token<'s>]) -> Option<&'t [Token<'s>]> {
    if let Some(rest) =
        after(tokens, &["REPLACE", "INTO"]).or_else(|| after(tokens, &["INSERT", "INTO"]))
    {
        return Some(rest);
    }
    let rest = after(tokens, &["INSERT", "OR"])?;
    after(rest.get(1..)?, &["INTO"])
}

/// What follows the name of the table: an alias, and which rows in which order.
fn is_of_one_table(rest: &[Token<'_>]) -> bool {
    let ends = |rest: &[Token<'_>]| match rest {
        [] => true,
        [first, ..] => ["WHERE", "ORDER", "LIMIT"]
            .iter()
            .any(|word| first.is_keyword(word)),
    };
    let behind_alias = match after(rest, &["AS"]) {
        Some(rest) => rest.get(1..),
        None if ends(rest) => Some(rest),
        None => rest.get(1..),
    };
    let compound = |token: &Token<'_>| {
        ["UNION", "EXCEPT", "INTERSECT"]
            .iter()
            .any(|word| token.is_keyword(word))
    };
    behind_alias.is_some_and(ends) && outermost(rest, compound).is_none()
}

/// The tokens between two parentheses, and those behind them.
fn in_parentheses<'t, 's>(tokens: &'t [Token<'s>]) -> Option<(&'t [Token<'s>], &'t [Token<'s>])> {
    let [open, rest @ ..] = tokens else {
        return None;
    };
    let close = rest.iter().position(|token| token.is_operator(")"))?;
    open.is_operator("(")
        .then(|| (&rest[..close], &rest[close + 1..]))
}

/// The place of the first such token that is in no parentheses.
fn outermost(tokens: &[Token<'_>], is_it: impl Fn(&Token<'_>) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        if token.is_operator("(") {
            depth += 1;
        } else if token.is_operator(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && is_it(token)
    })
}

/// The parts between the commas that are in no parentheses.
fn items<'t, 's>(tokens: &'t [Token<'s>]) -> Vec<&'t [Token<'s>]> {
    let mut rest = tokens;
    let mut found = Vec::new();
    while let Some(comma) = outermost(rest, |token| token.is_operator(",")) {
        found.push(&rest[..comma]);
        rest = &rest[comma + 1..];
    }
    found.push(rest);
    found
}

/// The one name that an item is.
fn plain(item: &[Token<'_>]) -> Option<String> {
    let [name] = item else { return None };
    let is_name = matches!(name.kind, TokenKind::Word | TokenKind::Quoted);
    is_name.then(|| name.unquoted()).flatten()
}

/// The column that an item of a SELECT is, with or without its table and an alias.
fn column(item: &[Token<'_>]) -> Option<String> {
    match item {
        [_, dot, rest @ ..] if dot.is_operator(".") => column(rest),
        [name, word, _] if word.is_keyword("AS") => plain(std::slice::from_ref(name)),
        item => plain(item),
    }
}

#[cfg(test)]
mod tests {
    use super::read_copy;
    use stepladder::sql::tokens;

    fn read(sql: &str) -> Option<String> {
        let copy = read_copy(&tokens(sql))?;
        let columns = copy.columns.iter();
        let columns: Vec<_> = columns
            .map(|(new, old)| format!("{new}={}", old.as_deref().unwrap_or("?")))
            .collect();
        Some(format!(
            "{} <- {}: {}",
            copy.into,
            copy.from,
            columns.join(" ")
        ))
    }

    #[test]
    fn columns_are_read_by_their_places() {
        for (sql, expected) in [
            ("INSERT INTO n (a, b) SELECT x, y FROM t", "n <- t: a=x b=y"),
            (
                "insert or ignore into main.\"n\" (a, [b c]) select t.x, \"main\".t.y as z from main.t",
                "n <- t: a=x b c=y",
            ),
            (
                "REPLACE INTO n (a, b, c) SELECT coalesce(x, y), 2 * y, 'z' FROM t AS o WHERE x > (SELECT 1 UNION SELECT 2)",
                "n <- t: a=? b=? c=?",
            ),
            (
                "INSERT INTO n (a, b) SELECT (SELECT u.x FROM u, t), o.y FROM t o ORDER BY 1, 2",
                "n <- t: a=? b=y",
            ),
        ] {
            assert_eq!(read(sql).as_deref(), Some(expected), "{sql}");
        }
    }

    #[test]
    fn what_is_no_copy_of_one_table_is_not_read() {
        for sql in [
            "INSERT INTO n SELECT x, y FROM t",
            "INSERT INTO n (a) SELECT x, y FROM t",
            "INSERT INTO n (a) SELECT x FROM t, u",
            "INSERT INTO n (a) SELECT x FROM t JOIN u ON u.id = t.u",
            "INSERT INTO n (a) SELECT x FROM t GROUP BY x",
            "INSERT INTO n (a) SELECT x FROM t UNION SELECT y FROM u",
            "INSERT INTO n (a) SELECT x FROM t WHERE y UNION ALL SELECT y FROM u",
            "INSERT INTO n (a) SELECT x FROM (SELECT x FROM t)",
            "INSERT INTO n (a) VALUES (1)",
            "INSERT INTO temp.n (a) SELECT x FROM t",
            "WITH c AS (SELECT 1) INSERT INTO n (a) SELECT x FROM t",
            "UPDATE n SET a = 1",
        ] {
            assert_eq!(read(sql), None, "{sql}");
        }
    }
}
