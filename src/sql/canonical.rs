//! The form in which two SQL texts are compared: tokens without what SQLite does not care about.

use std::fmt;

use super::keyword::is_reserved;
use super::name::{fold, quote_identifier, quote_string};
use super::token::{Token, TokenKind, tokens};

/// A token in canonical form. Two texts whose lexemes are equal mean the same to SQLite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lexeme {
    /// A keyword or a name, in lower case, without quotes.
    Word(String),
    /// A name in quotes that without them would be a keyword, in lower case.
    Quoted(String),
    /// A text.
    String(String),
    /// A blob: its hexadecimal digits in upper case.
    Blob(String),
    /// A number, in lower case.
    Number(String),
    /// A parameter.
    Variable(String),
    /// An operator: `==` is `=`, `!=` is `<>`.
    Operator(String),
    /// What is no token.
    Illegal(String),
}

impl Lexeme {
    /// The canonical form of a token.
    pub fn new(token: &Token<'_>) -> Self {
        match token.kind {
            TokenKind::Word => Self::Word(fold(token.text)),
            TokenKind::Quoted => {
                let name = fold(&token.unquoted().unwrap_or_default());
                if is_reserved(&name) {
                    Self::Quoted(name)
                } else {
                    Self::Word(name)
                }
            }
            TokenKind::String => Self::String(token.unquoted().unwrap_or_default()),
            TokenKind::Blob => Self::Blob(token.text[2..token.text.len() - 1].to_ascii_uppercase()),
            TokenKind::Number => Self::Number(token.text.to_ascii_lowercase().replace('_', "")),
            TokenKind::Variable => Self::Variable(token.text.to_owned()),
            TokenKind::Operator => Self::Operator(
                match token.text {
                    "==" => "=",
                    "!=" => "<>",
                    other => other,
                }
                .to_owned(),
            ),
            TokenKind::Illegal => Self::Illegal(token.text.to_owned()),
        }
    }
}

impl fmt::Display for Lexeme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) if !is_plain_name(text) => f.write_str(&quote_identifier(text)),
            Self::Word(text)
            | Self::Number(text)
            | Self::Variable(text)
            | Self::Operator(text)
            | Self::Illegal(text) => f.write_str(text),
            Self::Quoted(name) => f.write_str(&quote_identifier(name)),
            Self::String(text) => f.write_str(&quote_string(text)),
            Self::Blob(digits) => write!(f, "x'{digits}'"),
        }
    }
}

/// Whether the text is one token when written without quotes.
fn is_plain_name(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
    // A number, a parameter and white space begin with these.
    let other = |c: char| c.is_ascii_digit() || c == '$' || c == '\u{feff}';
    !text.is_empty() && !text.starts_with(other) && text.chars().all(name)
}

/// The lexemes of a text. White space, comments, keyword case, the style of quotes and semicolons
/// at the end do not count.
///
/// ```
/// use stepladder::sql::canonical;
/// assert_eq!(canonical("SELECT [a] /* note */ FROM T;"), canonical("select \"A\" from t"));
/// assert_ne!(canonical("SELECT 'a'"), canonical("SELECT 'A'"));
/// ```
pub fn canonical(sql: &str) -> Vec<Lexeme> {
    let mut lexemes: Vec<_> = tokens(sql).iter().map(Lexeme::new).collect();
    while matches!(lexemes.last(), Some(Lexeme::Operator(last)) if last == ";") {
        lexemes.pop();
    }
    lexemes
}

/// Whether two texts mean the same to SQLite, as far as their tokens tell.
///
/// ```
/// use stepladder::sql::means_the_same;
/// assert!(means_the_same("CREATE INDEX i ON t (a)", "create index \"i\" on [t](a);"));
/// ```
pub fn means_the_same(a: &str, b: &str) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// The lexemes as one text, for fingerprints and messages. Different lexemes give different texts.
pub fn canonical_text(lexemes: &[Lexeme]) -> String {
    let parts: Vec<_> = lexemes.iter().map(ToString::to_string).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{canonical, canonical_text};

    #[test]
    fn what_sqlite_ignores_is_ignored() {
        let a = canonical("CREATE TABLE \"Order Items\" (a INT DEFAULT 0X1f, b != 2)");
        let b = canonical("create table `order items`(A int default 0x1F,b<>2) -- end\n;;");
        assert_eq!(a, b);
    }

    #[test]
    fn a_quoted_keyword_is_not_the_keyword() {
        assert_ne!(canonical("x IS \"null\""), canonical("x IS NULL"));
        assert_ne!(canonical("x = \"true\""), canonical("x = true"));
        assert_eq!(canonical("\"key\""), canonical("key"));
    }

    #[test]
    fn the_text_keeps_lexemes_apart() {
        assert_ne!(
            canonical_text(&canonical("'a b'")),
            canonical_text(&canonical("a b"))
        );
        assert_ne!(
            canonical_text(&canonical("[a b]")),
            canonical_text(&canonical("a b"))
        );
        assert_ne!(
            canonical_text(&canonical("\"$a\"")),
            canonical_text(&canonical("$a"))
        );
        assert_ne!(
            canonical_text(&canonical("\"\u{feff}a\"")),
            canonical_text(&canonical("a"))
        );
    }
}
