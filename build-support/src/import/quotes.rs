//! Texts in double quotes, which SQLite takes for texts where they name nothing, and which neither
//! `schema.sql` nor a step may have: a mistyped name would be one too. Which they are, SQLite says.
//! <https://www.sqlite.org/quirks.html#dblquote>

use std::ops::Range;
use std::time::Duration;

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Schema;
use stepladder::sql::{Token, quote_string, tokens};

use crate::diagnostic::Diagnostics;
use crate::quoted_text::refuse_quoted_texts;
use crate::schema_sql::read_schema;
use crate::script::Script;
use crate::source::SourceFile;
use crate::sql_error::SqlError;
use crate::time_limit::with_limit;

/// How long a statement may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A text, and how many of its double quotes have become single ones.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Requoted {
    pub(super) text: String,
    pub(super) count: usize,
}

/// `schema.sql` with single quotes.
pub(super) fn in_schema_sql(mut text: String) -> Requoted {
    let mut count = 0;
    loop {
        let mut errors = Diagnostics::default();
        read_schema(&SourceFile::new("schema.sql", text.as_str()), &mut errors);
        let mut spans: Vec<_> = errors
            .take()
            .into_iter()
            .filter_map(|error| Some(error.primary?.span))
            .filter(|span| is_quoted(&text, span))
            .collect();
        spans.sort_by_key(|span| span.start);
        spans.dedup();
        if spans.is_empty() {
            return Requoted { text, count };
        }
        count += spans.len();
        // From the end, so that the places before it stay right.
        for span in spans.into_iter().rev() {
            text = requoted(&text, span);
        }
    }
}

/// A step from a schema with single quotes.
pub(super) fn in_step(text: &str, from: &Schema) -> rusqlite::Result<Requoted> {
    let connection = super::sql::at(from)?;
    refuse_quoted_texts(&connection)?;
    let mut done = Requoted {
        text: String::new(),
        count: 0,
    };
    let mut at = 0;
    for statement in Script::new("", text).statements() {
        let requote = || in_statement(&statement.sql, &connection);
        let (sql, count) = with_limit(&connection, LIMIT, requote);
        done.text.push_str(&text[at..statement.start]);
        done.text.push_str(&sql);
        done.count += count;
        at = statement.start + statement.sql.len();
    }
    done.text.push_str(&text[at..]);
    Ok(done)
}

fn in_statement(sql: &str, connection: &Connection) -> (String, usize) {
    let mut sql = sql.to_owned();
    let mut count = 0;
    // What is wrong otherwise is told by others.
    while let Err(error) = connection.execute_batch(&sql) {
        let error = SqlError::new(&error, &sql);
        let is_text = error.message.contains("no such column") && is_quoted(&sql, &error.span);
        if !is_text {
            break;
        }
        sql = requoted(&sql, error.span);
        count += 1;
    }
    (sql, count)
}

fn is_quoted(text: &str, span: &Range<usize>) -> bool {
    text[span.clone()].len() > 1
        && text[span.clone()].starts_with('"')
        && text[span.clone()].ends_with('"')
}

fn requoted(text: &str, span: Range<usize>) -> String {
    let tokens = tokens(&text[span.clone()]);
    let inner = tokens.first().and_then(Token::unquoted);
    let single = quote_string(&inner.unwrap_or_default());
    format!("{}{single}{}", &text[..span.start], &text[span.end..])
}

#[cfg(test)]
mod tests {
    use super::{in_schema_sql, in_step};
    use stepladder::introspect::introspect;
    use stepladder::rusqlite::Connection;

    #[test]
    fn texts_get_single_quotes_and_names_keep_theirs() {
        let schema = "CREATE TABLE \"t\" (\"a\" TEXT DEFAULT \"it's\", b CHECK (\"b\" <> \"y\" OR \"z\"));\n\
                      CREATE INDEX i ON t (\"a\") WHERE b = \"x\";\n";
        let done = in_schema_sql(schema.to_owned());
        assert_eq!(
            done.text,
            "CREATE TABLE \"t\" (\"a\" TEXT DEFAULT \"it's\", b CHECK (\"b\" <> 'y' OR 'z'));\n\
             CREATE INDEX i ON t (\"a\") WHERE b = 'x';\n"
        );
        assert_eq!(done.count, 3);
    }

    #[test]
    fn a_step_is_read_on_its_version() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE t (a, b DEFAULT \"d\")")
            .unwrap();
        let schema = introspect(&connection).unwrap();
        let step = "-- \"why\"\nALTER TABLE t ADD COLUMN c;\n\
                    UPDATE t SET \"c\" = \"a\" || \"x\" WHERE \"b\" IN (\"c\", \"y\"); -- end\n";
        let done = in_step(step, &schema).unwrap();
        assert_eq!(
            done.text,
            "-- \"why\"\nALTER TABLE t ADD COLUMN c;\n\
             UPDATE t SET \"c\" = \"a\" || 'x' WHERE \"b\" IN (\"c\", 'y'); -- end\n"
        );
        assert_eq!(done.count, 2);
    }
}
