//! Where one statement ends and the next begins.

use super::token::{Token, tokens};

/// One statement of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The text from its first token to the token before the semicolon.
    pub sql: &'a str,
    /// The offset of its first byte in the script.
    pub start: usize,
}

/// The statements of a script, without the empty ones.
///
/// The rule is that of [`sqlite3_complete`](https://www.sqlite.org/c3ref/complete.html): a
/// semicolon ends a statement, except in `CREATE TRIGGER`, which ends at `; END ;`.
///
/// ```
/// let script = "CREATE TABLE t (x); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;";
/// assert_eq!(stepladder::sql::split_statements(script).len(), 2);
/// ```
pub fn split_statements(script: &str) -> Vec<Statement<'_>> {
    let mut statements = Vec::new();
    let mut open: Vec<Token<'_>> = Vec::new();
    for token in tokens(script) {
        if token.is_operator(";") && (ends_trigger(&open) || !is_trigger(&open)) {
            push(script, &mut open, &mut statements);
        } else {
            open.push(token);
        }
    }
    push(script, &mut open, &mut statements);
    statements
}

fn push<'a>(script: &'a str, open: &mut Vec<Token<'a>>, statements: &mut Vec<Statement<'a>>) {
    if let (Some(first), Some(last)) = (open.first(), open.last()) {
        statements.push(Statement {
            sql: &script[first.start..last.end()],
            start: first.start,
        });
    }
    open.clear();
}

fn is_trigger(tokens: &[Token<'_>]) -> bool {
    let mut tokens = tokens
        .iter()
        .skip_while(|token| {
            token.is_keyword("EXPLAIN") || token.is_keyword("QUERY") || token.is_keyword("PLAN")
        })
        .filter(|token| !(token.is_keyword("TEMP") || token.is_keyword("TEMPORARY")));
    tokens
        .next()
        .is_some_and(|token| token.is_keyword("CREATE"))
        && tokens
            .next()
            .is_some_and(|token| token.is_keyword("TRIGGER"))
}

fn ends_trigger(tokens: &[Token<'_>]) -> bool {
    matches!(tokens, [.., semicolon, end] if semicolon.is_operator(";") && end.is_keyword("END"))
}

#[cfg(test)]
mod tests {
    use super::split_statements;

    #[test]
    fn a_trigger_is_one_statement() {
        let script = "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN\n  \
             SELECT CASE WHEN 1 THEN ';' END; -- END;\n  DELETE FROM t;\nEND;\n;; SELECT 1";
        let statements = split_statements(script);
        assert_eq!(statements.len(), 2);
        assert!(statements[0].sql.ends_with("END"));
        assert_eq!(statements[1].sql, "SELECT 1");
        assert_eq!(&script[statements[1].start..], "SELECT 1");
    }

    #[test]
    fn semicolons_in_texts_and_comments_do_not_count() {
        let statements = split_statements("SELECT ';' /* ; */, \";\" -- ;\n, [;];");
        assert_eq!(statements.len(), 1);
    }

    #[test]
    fn a_column_named_trigger_does_not_swallow_the_script() {
        assert_eq!(split_statements("SELECT trigger; SELECT 2").len(), 2);
    }
}
