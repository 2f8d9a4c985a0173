//! What SQLite has learned, and how it is recognised: <https://www.sqlite.org/changes.html>

use std::ops::Range;

use stepladder::sql::{Token, TokenKind, tokens};

use crate::settings::SqliteVersion;

/// Something that SQLite learned.
pub(super) struct Feature {
    /// What it is, as it is written.
    name: &'static str,
    since: SqliteVersion,
    form: Form,
}

/// How it is recognised.
enum Form {
    /// These words, one behind the other.
    Words(&'static [&'static str]),
    /// `ALTER TABLE t <word> ..`, and this word behind it, if any.
    Alter(&'static str, Option<&'static str>),
    /// A function of this name.
    Function(&'static str),
    /// An operator.
    Operator(&'static str),
    /// A word behind the last parenthesis of a CREATE TABLE.
    TableOption(&'static str),
}

impl Feature {
    pub(super) fn message(&self, oldest: SqliteVersion) -> String {
        format!(
            "{} needs SQLite {}, and the oldest to be supported is {oldest}",
            self.name, self.since
        )
    }
}

const fn feature(name: &'static str, since: (i32, i32), form: Form) -> Feature {
    Feature {
        name,
        since: SqliteVersion::new(since.0, since.1, 0),
        form,
    }
}

const FEATURES: [Feature; 38] = [
    feature(
        "`ON CONFLICT .. DO`",
        (3, 24),
        Form::Words(&["DO", "UPDATE"]),
    ),
    feature(
        "`ON CONFLICT .. DO`",
        (3, 24),
        Form::Words(&["DO", "NOTHING"]),
    ),
    feature(
        "`ALTER TABLE .. RENAME COLUMN`",
        (3, 25),
        Form::Alter("RENAME", Some("COLUMN")),
    ),
    feature("a window function", (3, 25), Form::Words(&[")", "OVER"])),
    feature(
        "`FILTER (WHERE ..)`",
        (3, 30),
        Form::Words(&["FILTER", "("]),
    ),
    feature("`NULLS FIRST`", (3, 30), Form::Words(&["NULLS", "FIRST"])),
    feature("`NULLS LAST`", (3, 30), Form::Words(&["NULLS", "LAST"])),
    feature(
        "a generated column",
        (3, 31),
        Form::Words(&["GENERATED", "ALWAYS"]),
    ),
    feature("`iif`", (3, 32), Form::Function("iif")),
    feature(
        "`UPDATE .. FROM`",
        (3, 33),
        Form::Words(&["UPDATE", "..", "SET", "..", "FROM"]),
    ),
    feature(
        "`ALTER TABLE .. DROP COLUMN`",
        (3, 35),
        Form::Alter("DROP", Some("COLUMN")),
    ),
    feature("`RETURNING`", (3, 35), Form::Words(&["RETURNING"])),
    feature("`MATERIALIZED`", (3, 35), Form::Words(&["MATERIALIZED"])),
    feature("`STRICT`", (3, 37), Form::TableOption("STRICT")),
    feature("the operator `->`", (3, 38), Form::Operator("->")),
    feature("the operator `->>`", (3, 38), Form::Operator("->>")),
    feature("`unixepoch`", (3, 38), Form::Function("unixepoch")),
    feature("`format`", (3, 38), Form::Function("format")),
    feature(
        "`IS NOT DISTINCT FROM`",
        (3, 39),
        Form::Words(&["NOT", "DISTINCT", "FROM"]),
    ),
    feature(
        "`IS DISTINCT FROM`",
        (3, 39),
        Form::Words(&["IS", "DISTINCT", "FROM"]),
    ),
    feature("`RIGHT JOIN`", (3, 39), Form::Words(&["RIGHT", "JOIN"])),
    feature(
        "`RIGHT OUTER JOIN`",
        (3, 39),
        Form::Words(&["RIGHT", "OUTER", "JOIN"]),
    ),
    feature("`FULL JOIN`", (3, 39), Form::Words(&["FULL", "JOIN"])),
    feature(
        "`FULL OUTER JOIN`",
        (3, 39),
        Form::Words(&["FULL", "OUTER", "JOIN"]),
    ),
    feature("`unhex`", (3, 41), Form::Function("unhex")),
    feature("`octet_length`", (3, 43), Form::Function("octet_length")),
    feature("`timediff`", (3, 43), Form::Function("timediff")),
    feature("`concat`", (3, 44), Form::Function("concat")),
    feature("`concat_ws`", (3, 44), Form::Function("concat_ws")),
    feature("`string_agg`", (3, 44), Form::Function("string_agg")),
    feature("`jsonb`", (3, 45), Form::Function("jsonb")),
    feature("`jsonb_extract`", (3, 45), Form::Function("jsonb_extract")),
    feature("`if` as a function", (3, 48), Form::Function("if")),
    feature("`unistr`", (3, 50), Form::Function("unistr")),
    feature(
        "`ALTER TABLE .. ALTER COLUMN`",
        (3, 53),
        Form::Alter("ALTER", None),
    ),
    feature(
        "`ALTER TABLE .. ADD CONSTRAINT`",
        (3, 53),
        Form::Alter("ADD", Some("CONSTRAINT")),
    ),
    feature(
        "`ALTER TABLE .. ADD CHECK`",
        (3, 53),
        Form::Alter("ADD", Some("CHECK")),
    ),
    feature(
        "`ALTER TABLE .. DROP CONSTRAINT`",
        (3, 53),
        Form::Alter("DROP", Some("CONSTRAINT")),
    ),
];

/// What of a statement is newer than a version, with its place; each feature once.
pub(super) fn newer(sql: &str, oldest: SqliteVersion) -> Vec<(&'static Feature, Range<usize>)> {
    let tokens = tokens(sql);
    let newer = FEATURES.iter().filter(|feature| feature.since > oldest);
    let mut found: Vec<(&Feature, Range<usize>)> = Vec::new();
    for feature in newer {
        let Some(token) = place(&tokens, &feature.form) else {
            continue;
        };
        if !found.iter().any(|(other, _)| other.name == feature.name) {
            found.push((feature, token.start..token.end()));
        }
    }
    found.sort_by_key(|(_, place)| place.start);
    found
}

fn place<'t>(tokens: &'t [Token<'t>], form: &Form) -> Option<&'t Token<'t>> {
    let is = |token: &Token<'_>, word: &str| token.is_keyword(word) || token.is_operator(word);
    match form {
        Form::Words(words) => words_at(tokens, words),
        Form::Alter(first, second) => {
            let alter = is(tokens.first()?, "ALTER") && is(tokens.get(1)?, "TABLE");
            // `main.t` is three tokens.
            let name = if is(tokens.get(3)?, ".") { 4 } else { 2 };
            let (word, behind) = (tokens.get(name + 1)?, tokens.get(name + 2));
            let second = second.is_none_or(|second| behind.is_some_and(|token| is(token, second)));
            (alter && is(word, first) && second).then_some(word)
        }
        Form::Function(name) => tokens.windows(2).enumerate().find_map(|(index, pair)| {
            let [function, parenthesis] = pair else {
                return None;
            };
            // `INSERT INTO format (a)` names a table, and so does `CREATE TABLE format (a)`.
            let before = index.checked_sub(1).and_then(|before| tokens.get(before));
            let is_name = before.is_some_and(|before| {
                ["INTO", "TABLE", "ON", "EXISTS", "REFERENCES", "."]
                    .iter()
                    .any(|word| is(before, word))
            });
            let is_function = function.kind == TokenKind::Word
                && function.text.eq_ignore_ascii_case(name)
                && parenthesis.is_operator("(");
            (is_function && !is_name).then_some(function)
        }),
        Form::Operator(operator) => tokens.iter().find(|token| token.is_operator(operator)),
        Form::TableOption(option) => {
            let create = is(tokens.first()?, "CREATE");
            let end = tokens.iter().rposition(|token| token.is_operator(")"))?;
            let token = tokens[end..].iter().find(|token| is(token, option))?;
            create.then_some(token)
        }
    }
}

/// The last of the words. `..` stands for any tokens in between that are in no deeper
/// parentheses.
fn words_at<'t>(tokens: &'t [Token<'t>], words: &[&str]) -> Option<&'t Token<'t>> {
    let is = |token: &Token<'_>, word: &str| token.is_keyword(word) || token.is_operator(word);
    (0..tokens.len()).find_map(|start| {
        let mut at = start;
        let mut last = &tokens[start];
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            if *word == ".." {
                let next = words.peek()?;
                at += same_depth(&tokens[at..]).find(|offset| is(&tokens[at + offset], next))?;
            } else {
                let token = tokens.get(at)?;
                if !is(token, word) {
                    return None;
                }
                last = token;
                at += 1;
            }
        }
        Some(last)
    })
}

/// The places of the tokens that are as deep in parentheses as the first, up to where those end or
/// the statement does.
fn same_depth<'t>(tokens: &'t [Token<'t>]) -> impl Iterator<Item = usize> + 't {
    let mut depth = 0_i32;
    tokens
        .iter()
        .enumerate()
        .map(move |(index, token)| {
            if token.is_operator("(") {
                depth += 1;
            } else if token.is_operator(")") {
                depth -= 1;
            }
            (index, depth, token.is_operator(";"))
        })
        .take_while(|(_, depth, ends)| *depth >= 0 && !ends)
        .filter(|(_, depth, _)| *depth == 0)
        .map(|(index, ..)| index)
}

#[cfg(test)]
mod tests {
    use super::newer;
    use crate::settings::SqliteVersion;

    fn features(sql: &str, oldest: (i32, i32)) -> Vec<(&'static str, &str)> {
        newer(sql, SqliteVersion::new(oldest.0, oldest.1, 0))
            .into_iter()
            .map(|(feature, place)| (feature.name, &sql[place.start..]))
            .collect()
    }

    #[test]
    fn what_is_newer_is_found_with_its_place() {
        assert_eq!(
            features("ALTER TABLE main.t DROP COLUMN a", (3, 34)),
            [("`ALTER TABLE .. DROP COLUMN`", "DROP COLUMN a")]
        );
        assert_eq!(features("ALTER TABLE main.t DROP COLUMN a", (3, 35)), []);
        assert_eq!(
            features("CREATE TABLE t (a INT, CHECK (a > 0)) STRICT", (3, 36)),
            [("`STRICT`", "STRICT")]
        );
        assert_eq!(
            features(
                "UPDATE t SET a = u.a FROM u WHERE t.id = u.id RETURNING t.a",
                (3, 30)
            ),
            [
                ("`UPDATE .. FROM`", "FROM u WHERE t.id = u.id RETURNING t.a"),
                ("`RETURNING`", "RETURNING t.a")
            ]
        );
        assert_eq!(
            features(
                "UPDATE t SET a = iif(a > 1, b ->> '$.x', format('%d', a))",
                (3, 31)
            ),
            [
                ("`iif`", "iif(a > 1, b ->> '$.x', format('%d', a))"),
                ("the operator `->>`", "->> '$.x', format('%d', a))"),
                ("`format`", "format('%d', a))")
            ]
        );
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for sql in [
            "UPDATE t SET a = (SELECT b FROM u)",
            "CREATE TABLE format (strict TEXT, returning_at TEXT)",
            "INSERT INTO format (a) VALUES ('RETURNING STRICT ->')",
            "CREATE INDEX i ON concat (a)",
            "SELECT extract(a FROM b)",
            "UPDATE t SET a = 1; SELECT 1 FROM t",
        ] {
            assert_eq!(features(sql, (3, 0)), [], "{sql}");
        }
    }
}
