//! The ways to spoil a step, one mistake each.

mod copies;
mod schema;
mod statements;
mod words;

use std::collections::HashSet;
use std::ops::Range;

use stepladder::sql::{Token, is_reserved, quote_identifier};

use crate::case::Case;
use crate::step::{Mutant, Step, shown};

/// A spoilt statement and the kind of mistake.
pub(crate) type Spoilt = (&'static str, String);

/// All mutants of a step, without those that read the same.
pub(crate) fn mutants(case: &Case) -> Vec<Mutant> {
    let step = Step::new(&case.step);
    let mut known = HashSet::from([step.meaning()]);
    let mut mutants = Vec::new();
    let mut add = |operator, shown: String, spoilt: &Step| {
        if known.insert(spoilt.meaning()) {
            let text = spoilt.text();
            mutants.push(Mutant {
                operator,
                shown,
                text,
            });
        }
    };
    for (operator, shown, spoilt) in statements::spoil(&step, case) {
        add(operator, shown, &spoilt);
    }
    for (index, sql) in step.statements.iter().enumerate() {
        let spoilt = schema::spoil(sql)
            .into_iter()
            .chain(copies::spoil(sql, case))
            .chain(words::spoil(sql, case));
        for (operator, spoilt) in spoilt {
            add(operator, shown(sql, &spoilt), &step.with(index, spoilt));
        }
    }
    mutants
}

/// A name as an author writes it. In double quotes it could be taken for a text.
pub(crate) fn name_of(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.chars().all(is_plain) && !is_reserved(name) {
        name.to_owned()
    } else {
        quote_identifier(name)
    }
}

/// The index of the parenthesis that closes the one at `open`.
pub(crate) fn closing(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.is_operator("(") {
            depth += 1;
        } else if token.is_operator(")") {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

/// The items between the commas of a range of tokens, those in parentheses left out.
pub(crate) fn items(tokens: &[Token<'_>], range: Range<usize>) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut depth = 0;
    let mut start = range.start;
    for index in range.clone() {
        if tokens[index].is_operator("(") {
            depth += 1;
        } else if tokens[index].is_operator(")") {
            depth -= 1;
        } else if depth == 0 && tokens[index].is_operator(",") {
            items.push(start..index);
            start = index + 1;
        }
    }
    items.push(start..range.end);
    items
}

/// The bytes of a range of tokens.
pub(crate) fn bytes(tokens: &[Token<'_>], range: &Range<usize>) -> Range<usize> {
    tokens[range.start].start..tokens[range.end - 1].end()
}

/// The bytes of an item of a list with the comma in front of it or behind it.
pub(crate) fn with_comma(
    tokens: &[Token<'_>],
    items: &[Range<usize>],
    index: usize,
) -> Range<usize> {
    let item = bytes(tokens, &items[index]);
    match (index.checked_sub(1), items.get(index + 1)) {
        (Some(before), _) => tokens[items[before].end - 1].end()..item.end,
        (None, Some(next)) => item.start..tokens[next.start].start,
        (None, None) => item,
    }
}

/// The index of a row of keywords.
pub(crate) fn find(tokens: &[Token<'_>], words: &[&str]) -> Option<usize> {
    find_all(tokens, words).into_iter().next()
}

/// The indexes of a row of keywords.
pub(crate) fn find_all(tokens: &[Token<'_>], words: &[&str]) -> Vec<usize> {
    let is_here = |window: &[Token<'_>]| {
        (window.iter().zip(words)).all(|(token, word)| token.is_keyword(word))
    };
    (tokens.windows(words.len()).enumerate())
        .filter(|(_, window)| is_here(window))
        .map(|(index, _)| index)
        .collect()
}
