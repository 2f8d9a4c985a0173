//! The tokens of SQLite, with their place in the text.
//!
//! The rules are those of SQLite's own tokenizer: <https://www.sqlite.org/lang_expr.html> for
//! literals, <https://www.sqlite.org/lang_comment.html> for comments.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in `"…"`, `` `…` `` or `[…]`.
    Quoted,
    /// A text in `'…'`.
    String,
    /// A blob `x'…'`.
    Blob,
    /// A number.
    Number,
    /// A parameter: `?`, `?1`, `:a`, `@a`, `$a`.
    Variable,
    /// An operator or a punctuation mark.
    Operator,
    /// What SQLite does not know as a token, such as a quote that is never closed.
    Illegal,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// The text as written, quotes included.
    pub text: &'a str,
    /// The offset of its first byte.
    pub start: usize,
}

impl Token<'_> {
    /// The offset behind its last byte.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword (given in upper case), written without quotes.
    pub fn is_keyword(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it is this operator or punctuation mark.
    pub fn is_operator(&self, operator: &str) -> bool {
        self.kind == TokenKind::Operator && self.text == operator
    }

    /// The name or text without its quotes; `None` where it is neither a name nor a text.
    ///
    /// SQLite takes `'text'` for a name where only a name can stand, as in `CREATE TABLE 't' (x)`.
    pub fn unquoted(&self) -> Option<String> {
        match self.kind {
            TokenKind::Word => Some(self.text.to_owned()),
            TokenKind::Quoted | TokenKind::String => {
                let inner = &self.text[1..self.text.len() - 1];
                Some(match self.text.as_bytes()[0] {
                    b'[' => inner.to_owned(),
                    b'"' => inner.replace("\"\"", "\""),
                    b'`' => inner.replace("``", "`"),
                    _ => inner.replace("''", "'"),
                })
            }
            TokenKind::Blob
            | TokenKind::Number
            | TokenKind::Variable
            | TokenKind::Operator
            | TokenKind::Illegal => None,
        }
    }
}

/// The tokens of a text, without white space and comments.
pub fn tokens(sql: &str) -> Vec<Token<'_>> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (kind, length) = token_at(sql, at);
        if let Some(kind) = kind {
            found.push(Token {
                kind,
                text: &sql[at..at + length],
                start: at,
            });
        }
        at += length;
    }
    found
}

/// The kind (`None`: white space or a comment) and length of what begins at `at`.
fn token_at(sql: &str, at: usize) -> (Option<TokenKind>, usize) {
    let rest = &sql[at..];
    let bytes = rest.as_bytes();
    let next = bytes.get(1).copied().unwrap_or(0);
    match bytes[0] {
        first if starts_space(first) => (None, run(bytes, is_space)),
        // A byte order mark is white space wherever a token could begin.
        0xef if rest.starts_with('\u{feff}') => (None, '\u{feff}'.len_utf8()),
        b'-' if next == b'-' => (None, rest.find('\n').unwrap_or(rest.len())),
        b'/' if next == b'*' => (None, rest[2..].find("*/").map_or(rest.len(), |end| end + 4)),
        quote @ (b'\'' | b'"' | b'`') => match quoted_length(bytes, quote) {
            Some(length) if quote == b'\'' => (Some(TokenKind::String), length),
            Some(length) => (Some(TokenKind::Quoted), length),
            None => (Some(TokenKind::Illegal), rest.len()),
        },
        b'[' => match rest.find(']') {
            Some(end) => (Some(TokenKind::Quoted), end + 1),
            None => (Some(TokenKind::Illegal), rest.len()),
        },
        b'x' | b'X' if next == b'\'' => match quoted_length(&bytes[1..], b'\'') {
            Some(length) => (Some(TokenKind::Blob), length + 1),
            None => (Some(TokenKind::Illegal), rest.len()),
        },
        b'0'..=b'9' => (Some(TokenKind::Number), number_length(bytes)),
        b'.' if next.is_ascii_digit() => (Some(TokenKind::Number), number_length(bytes)),
        b'?' => (
            Some(TokenKind::Variable),
            1 + run(&bytes[1..], |byte| byte.is_ascii_digit()),
        ),
        b':' | b'@' | b'$' | b'#' => {
            let (kind, length) = variable(bytes);
            (Some(kind), length)
        }
        byte if is_name(byte) => (Some(TokenKind::Word), run(bytes, is_name)),
        _ => operator_at(rest),
    }
}

fn operator_at(rest: &str) -> (Option<TokenKind>, usize) {
    const LONG: [&str; 9] = ["->>", "->", "||", "<=", "<>", "<<", ">=", ">>", "=="];
    if let Some(operator) = LONG.iter().find(|operator| rest.starts_with(**operator)) {
        return (Some(TokenKind::Operator), operator.len());
    }
    if rest.starts_with("!=") {
        return (Some(TokenKind::Operator), 2);
    }
    let kind = if "()*+,-./;<=>%&|~".contains(&rest[..1]) {
        TokenKind::Operator
    } else {
        TokenKind::Illegal
    };
    (Some(kind), 1)
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

fn starts_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// SQLite takes a vertical tab for white space, but not at its start.
fn is_space(byte: u8) -> bool {
    starts_space(byte) || byte == 0x0b
}

/// A parameter as in Tcl: `$a`, `$a::b`, `$a(b)`, where anything but white space may be in the
/// parentheses, even a semicolon. SQLite reads `:a` and `@a` in the same way.
fn variable(bytes: &[u8]) -> (TokenKind, usize) {
    let mut at = 1;
    let mut has_name = false;
    loop {
        match (bytes.get(at).copied(), bytes.get(at + 1)) {
            (Some(byte), _) if is_name(byte) => {
                has_name = true;
                at += 1;
            }
            (Some(b':'), Some(b':')) => at += 2,
            (Some(b'('), _) if has_name => {
                at += run(&bytes[at..], |byte| {
                    byte != b')' && byte != 0 && !is_space(byte)
                });
                return match bytes.get(at) {
                    Some(b')') => (TokenKind::Variable, at + 1),
                    _ => (TokenKind::Illegal, at),
                };
            }
            _ if has_name => return (TokenKind::Variable, at),
            _ => return (TokenKind::Illegal, at),
        }
    }
}

/// SQLite's `IdChar`: letters, digits, `_`, `$` and every byte above ASCII.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The length of a quoted token in which the quote is doubled to stand for itself.
fn quoted_length(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) == Some(&quote) {
                at += 2;
                continue;
            }
            return Some(at + 1);
        }
        at += 1;
    }
    None
}

fn number_length(bytes: &[u8]) -> usize {
    let digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    if bytes[0] == b'0' && matches!(bytes.get(1), Some(b'x' | b'X')) {
        return 2 + run(&bytes[2..], |byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    let mut at = run(bytes, digit);
    if bytes.get(at) == Some(&b'.') {
        at += 1 + run(&bytes[at + 1..], digit);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if bytes.get(at + 1 + sign).is_some_and(u8::is_ascii_digit) {
            at += 1 + sign + run(&bytes[at + 1 + sign..], digit);
        }
    }
    at + run(&bytes[at..], is_name)
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, tokens};

    fn texts(sql: &str) -> Vec<&str> {
        tokens(sql).iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_space_are_no_tokens() {
        assert_eq!(texts("a -- b ' \n/* ; */ c"), ["a", "c"]);
        assert_eq!(texts("a /* never closed"), ["a"]);
        assert_eq!(
            texts("\u{feff}a;\u{feff}b\u{feff}"),
            ["a", ";", "b\u{feff}"]
        );
    }

    #[test]
    fn every_quoting_is_one_token() {
        let sql = r#"'it''s' "a""b" `c``d` [e f] x'00ff'"#;
        let found = tokens(sql);
        assert_eq!(found.len(), 5);
        let names: Vec<_> = found.iter().filter_map(super::Token::unquoted).collect();
        assert_eq!(names, ["it's", "a\"b", "c`d", "e f"]);
    }

    #[test]
    fn an_open_quote_is_illegal_to_the_end() {
        let found = tokens("a 'b c");
        assert_eq!(found[1].kind, TokenKind::Illegal);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn numbers_and_operators() {
        assert_eq!(
            texts("1.5e-3+.5<>0x1F||a->>'b'"),
            ["1.5e-3", "+", ".5", "<>", "0x1F", "||", "a", "->>", "'b'"]
        );
    }

    #[test]
    fn a_vertical_tab_is_space_behind_other_space_only() {
        assert_eq!(texts("a \u{b}b;\n\u{b}\u{b}c"), ["a", "b", ";", "c"]);
        assert_eq!(tokens("a\u{b} b")[1].kind, TokenKind::Illegal);
    }

    #[test]
    fn parameters_are_those_of_tcl() {
        let (variable, illegal) = (TokenKind::Variable, TokenKind::Illegal);
        let sql = "$a::b(;') :c(d)e @f::g(h i $ : ::: ::j";
        let found: Vec<_> = (tokens(sql).iter())
            .map(|token| (token.kind, token.text))
            .collect();
        let expected = [
            (variable, "$a::b(;')"),
            (variable, ":c(d)"),
            (TokenKind::Word, "e"),
            (illegal, "@f::g(h"),
            (TokenKind::Word, "i"),
            (illegal, "$"),
            (illegal, ":"),
            (illegal, ":::"),
            (illegal, ":"),
            (variable, ":j"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn tokens_never_split_a_character() {
        assert_eq!(texts("größe=\u{1F980}"), ["größe", "=", "\u{1F980}"]);
        assert_eq!(texts("^\u{7f}"), ["^", "\u{7f}"]);
    }
}
