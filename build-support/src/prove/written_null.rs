//! A statement that writes NULL into a NOT NULL column whatever the rows are.

use stepladder::sql::{Token, names_equal, tokens};

use super::text::{name_at, outermost};

/// What to do about a statement that SQLite refuses with this message because of what is written in it;
/// `None` where it is the rows.
pub(super) fn help(statement: &str, message: &str) -> Option<String> {
    let (_, place) = message.split_once("NOT NULL constraint failed: ")?;
    let (table, column) = place.trim().rsplit_once('.')?;
    let tokens = tokens(statement);
    let outer = outermost(&tokens);
    let has_null = match outer.first()? {
        first if first.is_keyword("UPDATE") => sets_null(&tokens, column),
        _ => {
            if !names_equal(&name_at(&outer, into(&outer)? + 1)?, table) {
                return None;
            }
            let columns = columns(&tokens)?;
            match columns.iter().position(|name| names_equal(name, column)) {
                Some(at) => values(&tokens)?.iter().any(|row| is_null(row.get(at))),
                None => {
                    return Some(format!(
                        "`{column}` is not among the columns that are written, and has no default: name it, \
                         with a value, as in `INSERT INTO {table} (.., {column}) SELECT .., '' FROM ..`"
                    ));
                }
            }
        }
    };
    has_null.then(|| {
        format!(
            "it is the `NULL` in the statement that goes into `{column}`, in every row: write a value in its \
             place, or an expression such as `coalesce(.., '')`"
        )
    })
}

fn into(outer: &[&Token<'_>]) -> Option<usize> {
    let into = outer.iter().position(|token| token.is_keyword("INTO"))?;
    let first = outer.first()?;
    let inserts = ["INSERT", "REPLACE", "WITH"];
    inserts
        .iter()
        .any(|word| first.is_keyword(word))
        .then_some(into)
}

/// The columns that an INSERT names.
fn columns(tokens: &[Token<'_>]) -> Option<Vec<String>> {
    let into = tokens.iter().position(|token| token.is_keyword("INTO"))?;
    let dot = tokens
        .get(into + 2)
        .is_some_and(|token| token.is_operator("."));
    let open = into + if dot { 4 } else { 2 };
    let list = in_parentheses(tokens, open)?;
    list.iter().map(|item| item.first()?.unquoted()).collect()
}

/// The rows of a VALUES, or what a SELECT reads.
fn values<'t>(tokens: &'t [Token<'t>]) -> Option<Vec<Vec<&'t [Token<'t>]>>> {
    let into = tokens.iter().position(|token| token.is_keyword("INTO"))?;
    let at = |word: &str| {
        let found = tokens[into..]
            .iter()
            .position(|token| token.is_keyword(word));
        found.map(|at| into + at)
    };
    if let Some(values) =
        at("VALUES").filter(|values| at("SELECT").is_none_or(|select| *values < select))
    {
        let mut rows = Vec::new();
        let mut open = values + 1;
        while let Some(row) = in_parentheses(tokens, open) {
            let length: usize = row.iter().map(|item| item.len() + 1).sum();
            // Behind the parenthesis and the comma.
            open += length + 2;
            rows.push(row);
        }
        return Some(rows);
    }
    let mut first = at("SELECT")? + 1;
    if tokens
        .get(first)
        .is_some_and(|token| token.is_keyword("DISTINCT") || token.is_keyword("ALL"))
    {
        first += 1;
    }
    Some(vec![items(&tokens[first..], |token| {
        token.is_keyword("FROM")
    })])
}

/// `SET a = NULL`, in an UPDATE without tables of its own.
fn sets_null(tokens: &[Token<'_>], column: &str) -> bool {
    let Some(set) = tokens.iter().position(|token| token.is_keyword("SET")) else {
        return false;
    };
    let ends = |token: &Token<'_>| token.is_keyword("WHERE") || token.is_keyword("FROM");
    items(&tokens[set + 1..], ends)
        .iter()
        .any(|item| match item {
            [name, equals, value @ ..] => {
                let is_it = name
                    .unquoted()
                    .is_some_and(|name| names_equal(&name, column));
                is_it && equals.is_operator("=") && is_null(Some(&value))
            }
            _ => false,
        })
}

fn is_null(item: Option<&&[Token<'_>]>) -> bool {
    matches!(item, Some([null]) if null.is_keyword("NULL"))
        || matches!(item, Some([null, word, _]) if null.is_keyword("NULL") && word.is_keyword("AS"))
}

/// What stands between parentheses that open at a place.
fn in_parentheses<'t>(tokens: &'t [Token<'t>], open: usize) -> Option<Vec<&'t [Token<'t>]>> {
    tokens.get(open).filter(|token| token.is_operator("("))?;
    Some(items(&tokens[open + 1..], |token| token.is_operator(")")))
}

/// The parts between the commas, up to a token that ends them; what is in deeper parentheses does
/// not count.
fn items<'t>(tokens: &'t [Token<'t>], ends: impl Fn(&Token<'_>) -> bool) -> Vec<&'t [Token<'t>]> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        if depth == 0 && (token.is_operator(";") || ends(token)) {
            found.push(&tokens[start..at]);
            return found;
        }
        if token.is_operator("(") {
            depth += 1;
        } else if token.is_operator(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.is_operator(",") {
            found.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    found.push(&tokens[start..]);
    found
}

#[cfg(test)]
mod tests {
    use super::help;

    #[test]
    fn what_is_written_is_told_from_the_rows() {
        let literal = "it is the `NULL` in the statement";
        let left_out = "`b` is not among the columns";
        for (sql, expected) in [
            ("INSERT INTO t (a, b) SELECT a, NULL FROM u", Some(literal)),
            (
                "INSERT OR ABORT INTO main.t (a, \"b\") SELECT max(a, 1), NULL AS b FROM u",
                Some(literal),
            ),
            (
                "WITH c AS (SELECT NULL) INSERT INTO t (b) SELECT DISTINCT NULL",
                Some(literal),
            ),
            (
                "INSERT INTO t (b, a) VALUES (1, 2), (NULL, (SELECT 3))",
                Some(literal),
            ),
            ("REPLACE INTO t (b) VALUES (NULL)", Some(literal)),
            ("UPDATE t SET a = 1, b = NULL WHERE a > 2", Some(literal)),
            ("INSERT INTO t (a) SELECT a FROM u", Some(left_out)),
            ("INSERT INTO t (a, b) SELECT NULL, b FROM u", None),
            (
                "INSERT INTO t (a, b) SELECT a, nullif(b, NULL) FROM u",
                None,
            ),
            ("INSERT INTO t SELECT a, NULL FROM u", None),
            ("INSERT INTO other (a) SELECT a FROM u", None),
            ("UPDATE t SET a = NULL, b = a", None),
        ] {
            let found = help(sql, "NOT NULL constraint failed: t.b");
            let expected = expected.map(ToOwned::to_owned);
            let start = expected.clone().map(|expected| expected.len());
            let found = found.map(|help| help[..start.unwrap_or(help.len())].to_owned());
            assert_eq!(found, expected, "{sql}");
        }
        assert_eq!(
            help(
                "INSERT INTO t (b) VALUES (NULL)",
                "UNIQUE constraint failed: t.b"
            ),
            None
        );
    }
}
