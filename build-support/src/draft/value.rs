//! The value that stands in a draft until somebody decides.

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Affinity, Column, Table};
use stepladder::sql::{Token, TokenKind, names_equal, quote_identifier, tokens};

/// A value for a column of rows that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// An expression.
    pub(super) sql: String,
    /// Whether the table takes it, as far as a value alone can tell.
    pub(super) fits: bool,
}

impl Value {
    pub(super) fn fitting(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            fits: true,
        }
    }
}

/// The obvious value of a column: its default, the zero of its type, or else the first literal that
/// its CHECKs mention and take.
pub(super) fn obvious(table: &Table, column: &Column) -> Value {
    let first = match &column.default {
        Some(default) => format!("({})", default.sql),
        None => zero(column).to_owned(),
    };
    let checks: Vec<&str> = (table.checks.iter())
        .map(|check| check.expression.sql.as_str())
        .filter(|check| mentions(check, column))
        .collect();
    if checks.is_empty() {
        return Value::fitting(first);
    }
    let mut candidates = vec![first, zero(column).to_owned()];
    for check in &checks {
        candidates.extend(literals(check, column));
    }
    let found = candidates
        .iter()
        .find(|value| takes(table, column, &checks, value).unwrap_or(false));
    match found {
        Some(value) => Value::fitting(value),
        None => Value {
            sql: candidates.swap_remove(0),
            fits: false,
        },
    }
}

/// The zero of a column's type, as SQL.
fn zero(column: &Column) -> &'static str {
    match column.affinity {
        Affinity::Integer | Affinity::Numeric => "0",
        Affinity::Real => "0.0",
        Affinity::Text => "''",
        Affinity::Blob if column.declared_type.is_empty() => "''",
        Affinity::Blob => "x''",
    }
}

fn mentions(check: &str, column: &Column) -> bool {
    let is_name = |token: &Token<'_>| {
        token
            .unquoted()
            .is_some_and(|text| names_equal(&text, &column.name))
    };
    tokens(check).iter().any(is_name)
}

/// The literals of a CHECK that may be values of the column: those of an IN list, and what it is
/// compared with. For `> 0` it is the number behind.
fn literals(check: &str, column: &Column) -> Vec<String> {
    let tokens = tokens(check);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_number = token.kind == TokenKind::Number;
        let fits = match column.affinity {
            Affinity::Integer | Affinity::Numeric | Affinity::Real => is_number,
            Affinity::Text => token.kind == TokenKind::String,
            Affinity::Blob => {
                is_number || matches!(token.kind, TokenKind::String | TokenKind::Blob)
            }
        };
        if !fits {
            continue;
        }
        let is_negative = at > 0 && tokens[at - 1].is_operator("-") && is_number;
        let sign = if is_negative { "-" } else { "" };
        let literal = format!("{sign}{}", token.text);
        found.push(literal.clone());
        if let Ok(number) = literal.parse::<i64>() {
            let beside = [number.checked_add(1), number.checked_sub(1)];
            found.extend(
                beside
                    .into_iter()
                    .flatten()
                    .map(|number| number.to_string()),
            );
        }
    }
    found
}

/// Whether a row with this value, and NULL everywhere else, passes: what a CHECK says of other
/// columns is about the rows.
fn takes(table: &Table, column: &Column, checks: &[&str], value: &str) -> rusqlite::Result<bool> {
    let connection = Connection::open_in_memory()?;
    let columns = table
        .columns
        .iter()
        .filter(|column| column.generated.is_none());
    let columns: Vec<_> = columns
        .map(|column| {
            let collation = column.collation.as_ref();
            let collation = collation.map(|name| format!(" COLLATE {}", quote_identifier(name)));
            let (name, collation) = (
                quote_identifier(&column.name),
                collation.unwrap_or_default(),
            );
            format!("{name} {}{collation}", column.declared_type)
        })
        .collect();
    let strict = if table.strict { " STRICT" } else { "" };
    let (name, column) = (
        quote_identifier(&table.name),
        quote_identifier(&column.name),
    );
    connection.execute_batch(&format!(
        "CREATE TABLE {name} ({}){strict}; INSERT INTO {name} ({column}) VALUES ({value});",
        columns.join(", ")
    ))?;
    for check in checks {
        let sql = format!("SELECT count(*) FROM {name} WHERE NOT ({check})");
        let refused: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        if refused > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use stepladder::introspect::introspect;
    use stepladder::rusqlite::Connection;

    use super::obvious;

    #[test]
    fn a_value_passes_the_checks_where_a_simple_one_does() {
        for (column, expected) in [
            ("c TEXT", Some("''")),
            ("c INTEGER CHECK (c >= 0)", Some("0")),
            ("c INTEGER CHECK (c > 0)", Some("1")),
            ("c INTEGER CHECK (c BETWEEN 5 AND 7)", Some("5")),
            ("c INTEGER CHECK (c < -4)", Some("-5")),
            ("c REAL CHECK (c >= 0.5 AND c < 1)", Some("0.5")),
            ("c TEXT CHECK (c IN ('low', 'high'))", Some("'low'")),
            (
                "c TEXT CHECK (c <> '' AND c IN ('', 'it''s'))",
                Some("'it''s'"),
            ),
            ("c TEXT COLLATE NOCASE CHECK (c = 'A')", Some("'A'")),
            ("c TEXT DEFAULT 'x' CHECK (c IN ('x', 'y'))", Some("('x')")),
            ("c TEXT DEFAULT 'z' CHECK (c IN ('x', 'y'))", Some("'x'")),
            ("c TEXT CHECK (c = 'a' OR other > 1)", Some("''")),
            ("c TEXT CHECK (length(c) = 3)", None),
            ("c TEXT CHECK (my_own(c))", None),
            ("c TEXT CHECK (c GLOB '[0-9][0-9]')", None),
        ] {
            let connection = Connection::open_in_memory().unwrap();
            let sql = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, other INTEGER, {column})");
            // A table may have a CHECK with a function that is not there.
            if connection.execute_batch(&sql).is_err() {
                continue;
            }
            let schema = introspect(&connection).unwrap();
            let table = schema.table("t").unwrap();
            let value = obvious(table, table.column("c").unwrap());
            let found = value.fits.then_some(value.sql.as_str());
            assert_eq!(found, expected, "{column}");
        }
    }
}
