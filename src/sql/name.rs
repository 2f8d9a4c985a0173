//! Names: how SQLite compares them and how to write one so that SQLite reads it back.

/// The name in the form in which SQLite compares names: ASCII letters in lower case, all other
/// characters as they are.
///
/// ```
/// assert_eq!(stepladder::sql::fold("Größe"), "größe");
/// assert_eq!(stepladder::sql::fold("GRÖSSE"), "grÖsse");
/// ```
pub fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Whether SQLite takes the two names for the same object.
pub fn names_equal(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The name as a quoted identifier, whatever characters it has.
///
/// ```
/// assert_eq!(stepladder::sql::quote_identifier(r#"a "b""#), r#""a ""b""""#);
/// ```
pub fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The text as an SQL string literal.
///
/// ```
/// assert_eq!(stepladder::sql::quote_string("it's"), "'it''s'");
/// ```
pub fn quote_string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
