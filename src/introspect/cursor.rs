//! Walking over the tokens of a statement.

use crate::sql::Token;

/// A place in a list of tokens. Reading past the end gives nothing and never fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub(super) fn new(tokens: &'t [Token<'a>]) -> Self {
        Self { tokens, at: 0 }
    }

    /// The next token, left in place.
    pub(super) fn peek(&self) -> Option<&'t Token<'a>> {
        self.tokens.get(self.at)
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Option<&'t Token<'a>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Takes this keyword if it is next.
    pub(super) fn eat(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_keyword(keyword));
        self.at += usize::from(found);
        found
    }

    /// Takes these keywords if all of them are next.
    pub(super) fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let mut ahead = *self;
        let found = keywords.iter().all(|keyword| ahead.eat(keyword));
        if found {
            *self = ahead;
        }
        found
    }

    /// The name that is next, without its quotes.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = self.peek()?.unquoted()?;
        self.at += 1;
        Some(name)
    }

    /// What stands between the parenthesis that is next and its partner, or the end.
    pub(super) fn group(&mut self) -> Option<&'t [Token<'a>]> {
        if !self.peek()?.is_operator("(") {
            return None;
        }
        let start = self.at + 1;
        let inside = &self.tokens[start..];
        let length = matching_parenthesis(inside).unwrap_or(inside.len());
        self.at = (start + length + 1).min(self.tokens.len());
        Some(&inside[..length])
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'t [Token<'a>] {
        &self.tokens[self.at..]
    }
}

/// The place of the parenthesis that closes one opened before the first token.
pub(super) fn matching_parenthesis(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        if token.is_operator("(") {
            depth += 1;
        } else if token.is_operator(")") {
            if depth == 0 {
                return true;
            }
            depth -= 1;
        }
        false
    })
}

/// The parts between the commas that stand in no parentheses; none for no tokens.
pub(super) fn split_at_commas<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    if tokens.is_empty() {
        return Vec::new();
    }
    let mut depth = 0_i32;
    tokens
        .split(|token| {
            depth += i32::from(token.is_operator("(")) - i32::from(token.is_operator(")"));
            depth == 0 && token.is_operator(",")
        })
        .collect()
}
