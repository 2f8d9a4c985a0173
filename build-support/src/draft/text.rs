//! The text of a draft.

use std::fmt::Write as _;

use super::{Draft, Drafted, Guessed, Place};
use crate::rule::Rule;

/// What is written where the author has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// A place that does not build until it is filled in.
    Leave,
    /// The obvious default, and a comment; a place that does not build where there is none.
    Accept,
    /// What stands in each place, for the proof.
    Try,
}

/// What a step has to declare.
pub(super) type Declared = (Rule, String);

/// The file.
pub(super) fn write(draft: &Draft, declared: &[Declared], fill: Fill) -> String {
    let mut text = String::new();
    for (rule, object) in declared {
        let reason = match fill {
            Fill::Leave => "..",
            Fill::Accept | Fill::Try => "it was accepted with the draft of this step",
        };
        comment(
            &mut text,
            &format!(
                "-- stepladder: allow {} {object} because {reason}",
                rule.name()
            ),
        );
    }
    for drafted in &draft.statements {
        if !text.is_empty() {
            text.push('\n');
        }
        statement(&mut text, drafted, fill);
    }
    if !draft.notes.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        let nothing = if draft.statements.is_empty() {
            "Nothing to do: these"
        } else {
            "These"
        };
        comment(
            &mut text,
            &format!(
                "-- {nothing} types mean the same to SQLite. A database that is upgraded keeps the old text, a new \
                 one has the new one."
            ),
        );
        for note in &draft.notes {
            comment(&mut text, &format!("-- {note}"));
        }
    }
    text
}

/// The file, where nothing is to be made: `example` is a statement that it could have.
pub(super) fn write_about_rows(fill: Fill, example: &str) -> String {
    match fill {
        Fill::Leave => format!(
            "-- stepladder: fill_in because the schema stays as it is, and only rows can change\n\
             -- Write below what becomes of the rows, such as `{}`, and remove these lines.\n",
            example.replace(['\n', '\r'], " ")
        ),
        Fill::Accept => {
            "-- accepted: nothing becomes of the rows (the schema stays as it is)\n".to_owned()
        }
        Fill::Try => String::new(),
    }
}

/// The text of a draft of which nothing has to be declared.
pub(crate) fn write_draft(draft: &Draft, fill: Fill) -> String {
    write(draft, &[], fill)
}

fn statement(text: &mut String, drafted: &Drafted, fill: Fill) {
    match (&drafted.guess, fill) {
        (None, _) => {}
        (Some(guess), Fill::Accept | Fill::Try) => {
            let line_of = format!(
                "-- guessed: `{}` is `{}` under its old name",
                guess.old, guess.new
            );
            comment(text, &line_of);
        }
        (Some(guess), Fill::Leave) => {
            let Guessed { old, new } = guess;
            comment(
                text,
                &format!(
                    "-- stepladder: confirm {old} because it looks like `{new}` under its old name"
                ),
            );
        }
    }
    for place in &drafted.places {
        let (object, reason, expression) = (&place.object, &place.reason, &place.expression);
        comment(
            text,
            &if is_open(place, fill) {
                let unless = if place.is_obvious {
                    ""
                } else {
                    ", and no obvious value passes its CHECK"
                };
                format!("-- stepladder: fill_in {object} because {reason}{unless}")
            } else {
                format!("-- accepted: {object} is {expression} ({reason})")
            },
        );
    }
    line(text, &format!("{};", drafted.sql));
}

/// Whether a place is left to the author.
pub(super) fn is_open(place: &Place, fill: Fill) -> bool {
    match fill {
        Fill::Leave => true,
        Fill::Accept => !place.is_obvious,
        Fill::Try => false,
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a String does not fail");
}

/// A comment ends with its line, and a name may go over more than one.
fn comment(text: &mut String, comment: &str) {
    line(text, &comment.replace(['\n', '\r'], " "));
}
