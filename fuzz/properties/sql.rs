//! What holds for every text that may be SQL.

use stepladder::sql::{
    TokenKind, canonical, canonical_text, means_the_same, quote_identifier, quote_string,
    split_statements, tokens,
};

pub(crate) fn check(text: &str) {
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
    assert!(means_the_same(text, text));
    let _ = canonical_text(&canonical(text));
}
