use std::fmt;

use crate::sql::{Lexeme, canonical};

/// A piece of SQL: a default, a CHECK, a WHERE. Two are equal when their tokens are.
#[derive(Debug, Clone)]
pub struct Expression {
    /// The text as written.
    pub sql: String,
    /// Its canonical tokens.
    pub lexemes: Vec<Lexeme>,
}

impl Expression {
    /// The expression with this text.
    pub fn new(sql: impl Into<String>) -> Self {
        let sql = sql.into();
        Self {
            lexemes: canonical(&sql),
            sql,
        }
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.lexemes == other.lexemes
    }
}

impl Eq for Expression {}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}
