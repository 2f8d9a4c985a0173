//! What SQLite says against a statement, and where in it.

use std::ops::Range;

use stepladder::rusqlite;
use stepladder::sql::{names_equal, tokens};

/// An error of SQLite about a statement.
#[derive(Debug)]
pub(crate) struct SqlError {
    /// SQLite's own words.
    pub(crate) message: String,
    /// The bytes of the statement it is about; the whole where SQLite does not tell.
    pub(crate) span: Range<usize>,
    /// What is said at that place.
    pub(crate) label: &'static str,
}

impl SqlError {
    pub(crate) fn new(error: &rusqlite::Error, sql: &str) -> Self {
        let (message, span) = match error {
            rusqlite::Error::SqlInputError { msg, offset, .. } => {
                (in_our_words(msg), token_span(sql, *offset))
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) => {
                let span = named_span(sql, message).or_else(|| end_span(sql, message));
                (in_our_words(message), span)
            }
            other => (other.to_string(), None),
        };
        let span = span.unwrap_or(0..sql.len());
        if message.starts_with("unrecognized token: ") && is_open(&sql[span.clone()]) {
            // SQLite repeats all that follows.
            return Self {
                message: "a quote is never closed".to_owned(),
                span: span.start..span.start + 1,
                label: "it begins here",
            };
        }
        Self {
            message,
            span,
            label: "SQLite stops here",
        }
    }

    /// What to do where a text was put in double quotes.
    pub(crate) fn help(&self, sql: &str) -> Option<String> {
        let name = sql[self.span.clone()]
            .strip_prefix('"')?
            .strip_suffix('"')?;
        Some(format!(
            "if it is a text and no name, put it in single quotes: `'{name}'`"
        ))
    }

    /// The table that SQLite did not find.
    pub(crate) fn missing_table(&self) -> Option<&str> {
        let (_, name) = self.message.split_once("no such table: ")?;
        Some(name)
    }
}

/// The message without the `main.` that nobody wrote.
fn in_our_words(message: &str) -> String {
    let message = without_advice(message);
    let message = message.as_str();
    // All that SQLite says of `ALTER TABLE .. SET NOT NULL` and `.. ADD CHECK`.
    if message == "constraint failed" {
        return "there are rows that the new constraint does not allow".to_owned();
    }
    message.replace("no such table: main.", "no such table: ")
}

/// Newer versions of SQLite put the name in double quotes and advice behind it. The name alone can be
/// compared with others.
fn without_advice(message: &str) -> String {
    match message.split_once(" - should this be a string literal") {
        Some((message, _)) => message.replace('"', ""),
        None => message.to_owned(),
    }
}

/// The token at an offset; the last one where the offset is behind the text.
fn token_span(sql: &str, offset: i32) -> Option<Range<usize>> {
    let offset = usize::try_from(offset).ok()?;
    let tokens = tokens(sql);
    let token = tokens
        .iter()
        .find(|token| offset < token.end())
        .or(tokens.last())?;
    Some(token.start..token.end())
}

/// The place of the name with which a message ends, as in `no such table: main.todos`.
pub(crate) fn named_span(sql: &str, message: &str) -> Option<Range<usize>> {
    let (_, name) = message.rsplit_once(": ")?;
    // `old.title` and `main.todos` are three tokens; the last one is what is missing.
    let name = name.rsplit('.').next().unwrap_or(name);
    let tokens = tokens(sql);
    let named: Vec<_> = tokens
        .iter()
        .filter(|token| {
            token
                .unquoted()
                .is_some_and(|text| names_equal(&text, name))
        })
        .collect();
    // The second of two that are the same is the one too many.
    let index = usize::from(message.starts_with("duplicate") && named.len() > 1);
    named.get(index).map(|token| token.start..token.end())
}

/// Whether a token that SQLite does not know is a quote without an end.
fn is_open(token: &str) -> bool {
    token.starts_with(['\'', '"', '`', '[']) && tokens(token).len() == 1
}

/// The last token, where the statement ends too early.
fn end_span(sql: &str, message: &str) -> Option<Range<usize>> {
    let tokens = tokens(sql);
    let last = tokens.last().filter(|_| message == "incomplete input")?;
    Some(last.start..last.end())
}

#[cfg(test)]
mod tests {
    use super::SqlError;
    use stepladder::rusqlite::Connection;

    fn error_at(sql: &str) -> (String, &str) {
        let connection = Connection::open_in_memory().unwrap();
        let error = SqlError::new(&connection.execute_batch(sql).unwrap_err(), sql);
        (error.message, &sql[error.span])
    }

    #[test]
    fn the_token_is_found() {
        for (sql, at) in [
            ("CREATE TABLE t (a INTEGER NOTNULL)", "NOTNULL"),
            ("CREATE TABLE t (a, b, A)", "A"),
            ("CREATE INDEX i ON missing (a)", "missing"),
            ("CREATE TABLE t (a, CHECK (nope > 1))", "nope"),
            ("CREATE TABLE t (a", "a"),
        ] {
            let (message, found) = error_at(sql);
            assert_eq!(found, at, "{message}");
        }
    }
}
