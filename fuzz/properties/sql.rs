//! What holds for every text that may be SQL.

use std::cell::RefCell;

#[allow(unused_imports, reason = "an older rusqlite has `next` without it")]
use fallible_iterator::FallibleIterator as _;
use stepladder::rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use stepladder::rusqlite::{Batch, Connection};
use stepladder::sql::{
    Token, TokenKind, canonical, canonical_text, means_the_same, quote_identifier, quote_string,
    split_statements, tokens,
};

pub(crate) fn check(text: &str) {
    tokens_are_in_place(text);
    statements_are_in_place(text);
    statements_are_those_of_sqlite(text);
    assert!(means_the_same(text, text));
    let lexemes = canonical(text);
    let again = canonical_text(&lexemes);
    if tokens(text)
        .iter()
        .all(|token| token.kind != TokenKind::Illegal)
    {
        assert_eq!(canonical(&again), lexemes, "{again:?}");
    }
}

fn tokens_are_in_place(text: &str) {
    let mut end = 0;
    for token in tokens(text) {
        assert!(token.start >= end && !token.text.is_empty(), "{token:?}");
        assert_eq!(&text[token.start..token.end()], token.text);
        end = token.end();
        if let Some(name) = token.unquoted() {
            let quoted = quote_identifier(&name);
            let again = tokens(&quoted);
            assert_eq!(again.len(), 1, "{quoted:?}");
            assert_eq!(again[0].unquoted(), Some(name.clone()));
            assert_eq!(again[0].kind, TokenKind::Quoted);
            let string = quote_string(&name);
            assert_eq!(tokens(&string)[0].unquoted(), Some(name));
        }
    }
}

fn statements_are_in_place(text: &str) {
    let mut end = 0;
    for statement in split_statements(text) {
        assert!(statement.start >= end && !statement.sql.is_empty());
        end = statement.start + statement.sql.len();
        assert_eq!(&text[statement.start..end], statement.sql);
        // What one statement is does not depend on those around it.
        let alone = split_statements(statement.sql);
        assert_eq!(alone.len(), 1, "{:?}", statement.sql);
        assert_eq!(alone[0].sql, statement.sql);
    }
}

thread_local! {
    /// Nothing is executed, so that it stays as it is.
    static CONNECTION: RefCell<Connection> = RefCell::new(connection());
}

fn connection() -> Connection {
    let mut connection = Connection::open_in_memory().expect("it is in memory");
    let tables =
        "CREATE TABLE a (b, c, d); CREATE TABLE t (a, b, c); CREATE VIEW v AS SELECT * FROM t;";
    connection.execute_batch(tables).expect("they are new");
    let hook = |context: AuthContext<'_>| match context.action {
        // Some of them do their work when they are prepared.
        AuthAction::Pragma { .. } => Authorization::Deny,
        _ => Authorization::Allow,
    };
    // An older rusqlite returns nothing here.
    let _ = connection.authorizer(Some(hook));
    connection
}

/// Where SQLite accepts a statement, it ends where ours ends, and all its tokens are known. What SQLite refuses, it does not read to
/// the end.
fn statements_are_those_of_sqlite(text: &str) {
    // For SQLite, this is the end.
    let text = text.split('\0').next().unwrap_or_default();
    let statements = split_statements(text);
    CONNECTION.with_borrow(|connection| {
        let mut end = 0;
        for statement in &statements {
            // The arguments of a module may be anything, even a semicolon. Ours ends there, as the shell's
            // does, and SQLite then misses the parenthesis.
            let of_module = tokens(statement.sql)
                .iter()
                .any(|token| token.is_keyword("VIRTUAL"));
            // White space and comments before it belong to it.
            if !of_module && let Some(read) = first_of(connection, &text[end..]) {
                let ours = &text[end..statement.start + statement.sql.len()];
                if read.parameters == 0 {
                    assert_eq!(without_end(&read.sql), ours, "of {:?}", read.sql);
                } else {
                    let alone = first_of(connection, ours).expect("it is whole");
                    assert_eq!(alone.parameters, read.parameters, "{ours:?}");
                }
                let is_known = |token: &Token<'_>| token.kind != TokenKind::Illegal;
                assert!(tokens(ours).iter().all(is_known), "{ours:?}");
            }
            end = statement.start + statement.sql.len();
        }
        if statements.is_empty() {
            assert!(first_of(connection, text).is_none());
        }
    });
}

/// The text up to the last token before the semicolon.
fn without_end(statement: &str) -> &str {
    let end = match &*tokens(statement) {
        [.., last, end] if end.is_operator(";") => last.end(),
        [.., last] => last.end(),
        [] => 0,
    };
    &statement[..end]
}

/// What SQLite reads of a text as the first statement.
struct Read {
    /// With the semicolon, and with NULL in place of each parameter.
    sql: String,
    parameters: usize,
}

fn first_of(connection: &Connection, text: &str) -> Option<Read> {
    let statement = Batch::new(connection, text).next().ok()??;
    Some(Read {
        sql: statement.expanded_sql()?,
        parameters: statement.parameter_count(),
    })
}
