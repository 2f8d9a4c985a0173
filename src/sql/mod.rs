//! SQL text as SQLite reads it: names, tokens, statements.
//!
//! Nothing here parses SQL: SQLite is the parser. Tokens serve where SQLite gives no answer, namely
//! to tell whether two stored texts mean the same and to find the parts of a `CREATE TABLE` that
//! the PRAGMAs do not report.

mod canonical;
mod keyword;
mod name;
mod statement;
mod token;

pub use canonical::{Lexeme, canonical, canonical_text, means_the_same};
pub use keyword::is_reserved;
pub use name::{fold, names_equal, quote_identifier, quote_string};
pub use statement::{Statement, split_statements};
pub use token::{Token, TokenKind, tokens};
