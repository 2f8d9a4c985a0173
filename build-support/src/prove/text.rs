//! The rules about the text of a step: statements that it cannot have, and forms of a copy that go
//! wrong for some rows.

use stepladder::schema::Schema;
use stepladder::sql::{Token, tokens};

use super::finding::Finding;
use crate::diagnostic::Diagnostic;
use crate::rule::Rule;
use crate::script::ScriptStatement;
use crate::source::SourceFile;

/// The statements that a file cannot have, by their first word, and why.
const REFUSED: [(&str, Option<Rule>, &str); 12] = [
    ("BEGIN", Some(Rule::TransactionControl), TRANSACTION),
    ("COMMIT", Some(Rule::TransactionControl), TRANSACTION),
    ("END", Some(Rule::TransactionControl), TRANSACTION),
    ("ROLLBACK", Some(Rule::TransactionControl), TRANSACTION),
    ("SAVEPOINT", Some(Rule::TransactionControl), TRANSACTION),
    ("RELEASE", Some(Rule::TransactionControl), TRANSACTION),
    (
        "VACUUM",
        Some(Rule::TransactionControl),
        "SQLite does it only outside of a transaction",
    ),
    ("PRAGMA", Some(Rule::PragmaInStep), PRAGMA),
    ("ATTACH", Some(Rule::Attach), OTHER_FILE),
    ("DETACH", Some(Rule::Attach), OTHER_FILE),
    (
        "EXPLAIN",
        None,
        "it shows what the statement would do, and does nothing",
    ),
    (
        "REINDEX",
        None,
        "the step brings indexes to the new version by its `CREATE INDEX`",
    ),
];
const TRANSACTION: &str = "the whole upgrade is one transaction, which a step must not end";
const PRAGMA: &str =
    "stepladder sets what an upgrade needs, `user_version` and foreign keys included";
const OTHER_FILE: &str = "a step changes its own database only";

/// The message about a statement that cannot be in a file.
pub(super) fn refuse(file: &SourceFile, statement: &ScriptStatement) -> Option<Diagnostic> {
    let tokens = tokens(&statement.sql);
    let first = tokens.first()?;
    let (word, rule, reason) = REFUSED.iter().find(|(word, ..)| first.is_keyword(word))?;
    let span = statement.start..statement.start + first.text.len();
    let diagnostic = Diagnostic::at(
        file,
        span,
        format!("`{word}` cannot be in this file"),
        "not here",
    );
    let writable_schema = tokens
        .iter()
        .any(|token| token.is_keyword("writable_schema"));
    if writable_schema {
        return Some(
            diagnostic
                .rule(Rule::WritableSchema)
                .note("with it SQLite's own tables can be written, and one wrong byte makes the file unreadable")
                .help("make a new table, copy the rows, drop the old one and rename: https://www.sqlite.org/lang_altertable.html#otheralter"),
        );
    }
    let diagnostic = match rule {
        Some(rule) => diagnostic.rule(*rule),
        None => diagnostic,
    };
    Some(diagnostic.note(*reason).help("remove the statement"))
}

/// What breaks a rule about copies.
pub(super) fn copies(file: &SourceFile, statement: &ScriptStatement, old: &Schema) -> Vec<Finding> {
    let tokens = tokens(&statement.sql);
    let Some(copy) = read_copy(&tokens) else {
        return Vec::new();
    };
    let at = |token: &Token<'_>| statement.start + token.start..statement.start + token.end();
    // What a WITH or a subquery names is in the order in which it is written there.
    let from = copy.from.filter(|from| old.relation(from).is_some());
    let mut found = Vec::new();
    if let Some(word) = copy.conflict {
        let drops = if word.is_keyword("IGNORE") {
            "leaves out each row that breaks a constraint"
        } else {
            "deletes each row that is in the way of a new one"
        };
        let message = format!("a copy into `{}` that {drops}, without a word", copy.into);
        found.push(Finding {
            rule: Rule::InsertOrIgnoreCopy,
            object: from.clone().unwrap_or_else(|| copy.into.clone()),
            diagnostic: Diagnostic::at(file, at(word), message, "rows go by this").help(
                "write `INSERT INTO` alone: what SQLite refuses then is what would have been lost; \
                 choose by a `WHERE` which rows to leave out",
            ),
        });
    }
    if let (Some(star), Some(from)) = (copy.star, from) {
        let message = format!(
            "a copy into `{}` that relies on the order of the columns of `{from}`",
            copy.into
        );
        found.push(Finding {
            rule: Rule::SelectStarCopy,
            diagnostic: Diagnostic::at(file, at(star), message, "all columns, in any order")
                .note(
                    "in a database that was upgraded they may stand in another order than in a new \
                     one, and values would go into the wrong columns",
                )
                .help(named_columns(old, &from)),
            object: from,
        });
    }
    found
}

fn named_columns(old: &Schema, from: &str) -> String {
    let columns = old.table(from).map(|table| {
        let stored = table
            .columns
            .iter()
            .filter(|column| column.generated.is_none());
        let names: Vec<_> = stored.map(|column| column.name.as_str()).collect();
        names.join(", ")
    });
    format!(
        "name the columns on both sides: `SELECT {} FROM {from}`",
        columns.as_deref().unwrap_or("a, b")
    )
}

/// An `INSERT .. SELECT`.
struct Copy<'t> {
    into: String,
    /// The word IGNORE or REPLACE.
    conflict: Option<&'t Token<'t>>,
    /// The first table that the outermost SELECT reads.
    from: Option<String>,
    /// Its `*`.
    star: Option<&'t Token<'t>>,
}

fn read_copy<'t>(tokens: &'t [Token<'t>]) -> Option<Copy<'t>> {
    let outer = outermost(tokens);
    let place = |keyword: &str| outer.iter().position(|token| token.is_keyword(keyword));
    let first = outer.first()?;
    // Behind the tables of a WITH.
    let insert = place("INSERT").or_else(|| place("REPLACE"))?;
    if !first.is_keyword("WITH") && insert != 0 {
        return None;
    }
    let into = outer.iter().position(|token| token.is_keyword("INTO"))?;
    let select = place("SELECT").filter(|select| *select > into)?;
    let conflict = outer[insert..into]
        .iter()
        .find(|token| token.is_keyword("IGNORE") || token.is_keyword("REPLACE"));
    let from = outer[select..]
        .iter()
        .position(|token| token.is_keyword("FROM"));
    let list = &outer[select + 1..from.map_or(outer.len(), |from| select + from)];
    // A product needs something before it: `a * b`.
    let star = list.iter().enumerate().find(|(index, token)| {
        let before = index.checked_sub(1).map(|index| list[index]);
        token.is_operator("*")
            && before.is_none_or(|before| {
                [",", "."]
                    .iter()
                    .any(|operator| before.is_operator(operator))
                    || ["DISTINCT", "ALL"]
                        .iter()
                        .any(|word| before.is_keyword(word))
            })
    });
    Some(Copy {
        into: name_at(&outer, into + 1)?,
        conflict: conflict.copied(),
        from: from.and_then(|from| name_at(&outer, select + from + 1)),
        star: star.map(|(_, star)| *star),
    })
}

/// The name at a place, without the schema before it.
pub(super) fn name_at(tokens: &[&Token<'_>], place: usize) -> Option<String> {
    let name = match tokens.get(place + 1) {
        Some(dot) if dot.is_operator(".") => tokens.get(place + 2)?,
        _ => tokens.get(place)?,
    };
    name.unquoted()
}

/// The tokens that are in no parentheses.
pub(super) fn outermost<'t>(tokens: &'t [Token<'t>]) -> Vec<&'t Token<'t>> {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for token in tokens {
        if token.is_operator(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_operator("(") {
            depth += 1;
        } else if depth == 0 {
            found.push(token);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::read_copy;
    use stepladder::sql::tokens;

    #[test]
    fn copies_are_read() {
        let read = |sql: &str| {
            let tokens = tokens(sql);
            read_copy(&tokens).map(|copy| {
                let from = copy.from.unwrap_or_default();
                (
                    copy.into,
                    from,
                    copy.conflict.is_some(),
                    copy.star.is_some(),
                )
            })
        };
        let copy =
            |from: &str, ignores, star| Some(("n".to_owned(), from.to_owned(), ignores, star));
        for (sql, expected) in [
            ("INSERT INTO n SELECT * FROM t", copy("t", false, true)),
            (
                "INSERT INTO main.\"n\" (a) SELECT DISTINCT t.* FROM main.t",
                copy("t", false, true),
            ),
            (
                "INSERT INTO n (a, b) SELECT a, 2 * b FROM t",
                copy("t", false, false),
            ),
            (
                "INSERT INTO n SELECT count(*) FROM t",
                copy("t", false, false),
            ),
            (
                "INSERT INTO n SELECT * FROM (SELECT a, b FROM t)",
                copy("", false, true),
            ),
            (
                "WITH c AS (SELECT a FROM t) INSERT OR IGNORE INTO n SELECT a FROM c",
                copy("c", true, false),
            ),
            ("REPLACE INTO n SELECT a FROM t", copy("t", true, false)),
            ("INSERT INTO n SELECT 1", copy("", false, false)),
        ] {
            assert_eq!(read(sql), expected, "{sql}");
        }
        for sql in [
            "INSERT OR IGNORE INTO n VALUES (1)",
            "UPDATE t SET a = 1",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO n SELECT * FROM t; END",
        ] {
            assert_eq!(read(sql), None, "{sql}");
        }
    }
}
