//! The calls of steps into Rust: `-- stepladder: call fill_slugs`. Each becomes a method of one
//! trait, and has to have a name that a method can have, and that no other call has.

use std::collections::BTreeMap;
use std::ops::Range;

use stepladder::sql::{Statement, split_statements};
use unicode_normalization::UnicodeNormalization as _;

use crate::diagnostic::Diagnostic;
use crate::directive::{called, directives, trailing_directives};
use crate::history::History;
use crate::names::is_plain_identifier;
use crate::source::SourceFile;

/// The calls that cannot be made, and the directives that would be read over.
pub(super) fn check_calls(history: &History) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    let mut first: BTreeMap<String, (&SourceFile, Range<usize>)> = BTreeMap::new();
    let files = || history.steps.values().chain(history.rollbacks.values());
    for file in files().chain(&history.seed) {
        let found = trailing_directives(&file.text).into_iter();
        wrong.extend(found.map(|span| trailing(file, span)));
    }
    for file in files() {
        let statements = split_statements(&file.text);
        for directive in directives(&file.text) {
            let Some(name) = called(&directive) else {
                continue;
            };
            let call = Call {
                file,
                name,
                span: directive.start..directive.start + directive.length,
            };
            wrong.extend(call.misplaced(&statements));
            if let Some(diagnostic) = call.misnamed() {
                wrong.push(diagnostic);
                continue;
            }
            let place = (file, call.span.clone());
            if let Some((other, span)) = first.get(&name.nfc().to_string()) {
                wrong.push(call.made_twice(other, span.clone()));
            } else {
                first.insert(name.nfc().to_string(), place);
            }
        }
    }
    wrong
}

fn trailing(file: &SourceFile, span: Range<usize>) -> Diagnostic {
    Diagnostic::at(
        file,
        span,
        "a directive is a line of its own",
        "there is something before it",
    )
    .help("move it to the next line")
}

/// A call and the place of its line.
struct Call<'f> {
    file: &'f SourceFile,
    name: &'f str,
    span: Range<usize>,
}

impl Call<'_> {
    fn at(&self, message: String, label: &str) -> Diagnostic {
        Diagnostic::at(self.file, self.span.clone(), message, label)
    }

    fn misplaced(&self, statements: &[Statement<'_>]) -> Option<Diagnostic> {
        let around = statements.iter().find(|statement| {
            let end = statement.start + statement.sql.len();
            (statement.start..end).contains(&self.span.start)
        })?;
        let first_line = around.sql.lines().next().map_or(0, str::len);
        let begin = around.start..around.start + first_line;
        let message = format!(
            "the call of `{}` is in the middle of a statement",
            self.name
        );
        Some(
            self.at(message, "not here")
                .also_at(self.file, begin, "the statement begins here")
                .help("move the line before the statement, or behind its `;`"),
        )
    }

    fn misnamed(&self) -> Option<Diagnostic> {
        let name = self.name;
        if name.is_empty() {
            return Some(
                self.at("a call needs the name of a method".to_owned(), "no name")
                    .help("write `-- stepladder: call fill_slugs` with a name of yours"),
            );
        }
        if is_step_name(name) {
            return Some(
                self.at(
                    format!("`{name}` is the name of a step, not of a call"),
                    "taken",
                )
                .note("methods of this form are steps and rollbacks as a whole")
                .help("call it by what it does, such as `fill_slugs`"),
            );
        }
        (!is_plain_identifier(name)).then(|| {
            self.at(
                format!("`{name}` is not a name for a method"),
                "expected a Rust identifier that is no keyword",
            )
            .help(format!(
                "for instance `-- stepladder: call {}`",
                proposed(name)
            ))
        })
    }

    fn made_twice(&self, other: &SourceFile, first: Range<usize>) -> Diagnostic {
        self.at(
            format!("`{}` is called twice", self.name),
            "called here again",
        )
        .also_at(other, first, "called here first")
        .note("one method would run on two schemas, and could not tell on which it is")
        .help(format!(
            "give it another name, such as `{}_2`; both methods can call one function",
            self.name
        ))
    }
}

/// Whether the name is of the form `from1_to2`.
fn is_step_name(name: &str) -> bool {
    let numbers = name
        .strip_prefix("from")
        .and_then(|rest| rest.split_once("_to"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    numbers.is_some_and(|(from, to)| is_number(from) && is_number(to))
}

/// A name that looks like the text.
fn proposed(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let name = words.join("_").to_ascii_lowercase();
    if is_plain_identifier(&name) {
        name
    } else {
        format!("fill_{name}").trim_end_matches('_').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{is_step_name, proposed};

    #[test]
    fn names_are_proposed() {
        for (text, name) in [
            ("fill slugs();", "fill_slugs"),
            ("type", "fill_type"),
            ("2nd", "fill_2nd"),
            ("€", "fill"),
        ] {
            assert_eq!(proposed(text), name);
        }
    }

    #[test]
    fn names_of_steps_are_known() {
        assert!(is_step_name("from1_to2") && is_step_name("from10_to9"));
        for name in [
            "from_1_to_2",
            "from1_to",
            "from_to",
            "fromage_to2",
            "from1_to2b",
        ] {
            assert!(!is_step_name(name), "{name}");
        }
    }
}
