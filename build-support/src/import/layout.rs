//! A schema as the file that people edit from now on: `schema.sql`.

use stepladder::schema::{Entity, EntityKind, Schema};
use stepladder::sql::{Token, tokens};

const INDENT: &str = "    ";

/// The text of `schema.sql`: an empty line between two entities, and in what was one line a line
/// for each column.
pub(crate) fn schema_sql(schema: &Schema) -> String {
    let entities: Vec<_> = schema
        .entities
        .iter()
        .map(|entity| format!("{};\n", entity_sql(entity)))
        .collect();
    entities.join("\n")
}

pub(crate) fn entity_sql(entity: &Entity) -> String {
    let sql = entity.sql().replace("\r\n", "\n");
    let sql = sql.trim_end();
    // A comment may stand behind the last token; the semicolon must not be part of it.
    let ends_in_comment = tokens(sql)
        .last()
        .is_some_and(|last| last.end() < sql.len());
    let sql = if ends_in_comment {
        format!("{sql}\n")
    } else {
        sql.to_owned()
    };
    if sql.contains('\n') {
        return sql;
    }
    match entity.kind() {
        EntityKind::Table => table(&sql),
        EntityKind::Trigger => trigger(&sql),
        EntityKind::VirtualTable | EntityKind::Index | EntityKind::View => sql,
    }
}

/// A line for each column and constraint.
fn table(sql: &str) -> String {
    parts(sql).map_or_else(|| sql.to_owned(), |parts| parts.to_sql())
}

/// A `CREATE TABLE`, by what stands between its commas.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    head: String,
    /// The columns, and behind them the constraints of the table.
    pub(crate) list: Vec<String>,
    tail: String,
}

impl Parts {
    pub(crate) fn to_sql(&self) -> String {
        let lines: Vec<_> = self
            .list
            .iter()
            .map(|part| format!("{INDENT}{part}"))
            .collect();
        format!("{} (\n{}\n{}", self.head, lines.join(",\n"), self.tail)
    }
}

pub(crate) fn parts(sql: &str) -> Option<Parts> {
    let tokens = tokens(sql);
    let (open, close, commas) = outer_list(&tokens)?;
    let mut starts = vec![tokens[open].end()];
    starts.extend(commas.iter().map(|comma| tokens[*comma].end()));
    let ends = commas.iter().chain([&close]).map(|end| tokens[*end].start);
    let list = starts.into_iter().zip(ends);
    Some(Parts {
        head: sql[..tokens[open].start].trim_end().to_owned(),
        list: list
            .map(|(start, end)| sql[start..end].trim().to_owned())
            .collect(),
        tail: sql[tokens[close].start..].to_owned(),
    })
}

/// The first parentheses, and the commas directly in them.
fn outer_list(tokens: &[Token<'_>]) -> Option<(usize, usize, Vec<usize>)> {
    let open = tokens.iter().position(|token| token.is_operator("("))?;
    let mut depth = 0_usize;
    let mut commas = Vec::new();
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.is_operator("(") {
            depth += 1;
        } else if token.is_operator(")") {
            depth -= 1;
            if depth == 0 {
                return Some((open, index, commas));
            }
        } else if depth == 1 && token.is_operator(",") {
            commas.push(index);
        }
    }
    None
}

/// A line for each statement of a trigger.
fn trigger(sql: &str) -> String {
    let tokens = tokens(sql);
    let Some(begin) = tokens.iter().position(|token| token.is_keyword("BEGIN")) else {
        return sql.to_owned();
    };
    let mut text = sql[..tokens[begin].end()].to_owned();
    let mut start = tokens[begin].end();
    for token in tokens[begin..]
        .iter()
        .filter(|token| token.is_operator(";"))
    {
        text.push('\n');
        text.push_str(INDENT);
        text.push_str(sql[start..token.end()].trim());
        start = token.end();
    }
    format!("{text}\n{}", sql[start..].trim())
}

#[cfg(test)]
mod tests {
    use super::{table, trigger};

    #[test]
    fn columns_get_lines() {
        let sql = "CREATE TABLE t(a INT DEFAULT (max(1, 2)), b TEXT CHECK (b <> ','), UNIQUE (a, b)) STRICT";
        assert_eq!(
            table(sql),
            "CREATE TABLE t (\n    a INT DEFAULT (max(1, 2)),\n    b TEXT CHECK (b <> ','),\n    \
             UNIQUE (a, b)\n) STRICT"
        );
        assert_eq!(
            table("CREATE TABLE \"a(b\"(c)"),
            "CREATE TABLE \"a(b\" (\n    c\n)"
        );
    }

    #[test]
    fn statements_of_a_trigger_get_lines() {
        let sql = "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM u; SELECT ';'; END";
        assert_eq!(
            trigger(sql),
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n    DELETE FROM u;\n    SELECT ';';\nEND"
        );
    }
}
