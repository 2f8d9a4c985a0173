//! What is said of a step that goes wrong with rows.

use std::collections::BTreeMap;

use stepladder::rusqlite::Connection;
use stepladder::schema::Table;
use stepladder::synthesis::{Scenario, Values};

use super::allow::rule_of;
use super::blame::Rerun;
use super::culprit::{Culprit, candidates, culprit};
use super::finding::Finding;
use super::loss::Lost;
use super::orphan::Orphan;
use super::rows::{Step, undone};
use super::run::{Rejected, rejected, unreadable};
use super::slow::rewrites;
use super::written_null;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::rule::{Level, Rule};
use crate::time_limit::is_interrupted;

/// What is said of a statement that fails in the proof of one step.
pub(super) const ON_ROWS: &str = "it works on a database without rows, and fails on one with rows";

/// The message about a statement that fails only because of the rows.
pub(super) fn by_rows(
    rerun: &Rerun<'_>,
    refused: &Rejected<'_>,
    note: &str,
    errors: &mut Diagnostics,
) {
    let step = rerun.step;
    if is_interrupted(&refused.error) {
        // It would take as long for each row that is tried.
        let diagnostic = rejected(step.file, refused, step.old, rerun.connection);
        return errors.push(diagnostic.note(note));
    }
    let message = refused.error.to_string();
    let rule = rule_of(refused);
    // A declaration for one table says nothing of another.
    let is_allowed = |table: &&Table| rule.is_some_and(|rule| step.judge.allows(rule, &table.name));
    if candidates(rerun, &message).iter().any(is_allowed) {
        return;
    }
    let mut diagnostic = rejected(step.file, refused, step.old, rerun.connection);
    diagnostic.helps.pop();
    if let Some(help) = written_null::help(&refused.statement.sql, &message) {
        // No row is needed for it but any.
        let rule = Rule::NotNullOnExisting;
        return errors.push(diagnostic.rule(rule).note(note).help(help));
    }
    diagnostic = diagnostic.note(note);
    let found = culprit(rerun, &message);
    if let Some(culprit) = &found {
        diagnostic = diagnostic.note(culprit.note());
    }
    match (rule, found) {
        (Some(rule), Some(Culprit { table, .. })) => {
            let object = table;
            let help = match rule {
                Rule::NotNullWithoutDefault => {
                    "give the column a default, or make a new table and copy the rows with a value for it"
                }
                _ => "change the rows that cannot stay as they are before this statement",
            };
            let diagnostic = diagnostic.help(help);
            step.judge.tell(
                Finding {
                    rule,
                    object,
                    diagnostic,
                },
                errors,
            );
        }
        _ => errors.push(diagnostic.help(
            "what SQLite can do to a table with rows: https://www.sqlite.org/lang_altertable.html; \
             for anything else create a new table, copy the rows, drop the old one and rename",
        )),
    }
}

pub(super) fn tell_orphan(
    rerun: &Rerun<'_>,
    orphan: &Orphan,
    scenario: &Scenario,
    errors: &mut Diagnostics,
) {
    let step = rerun.step;
    let is_new = orphan.is_of_new_key(&step.old.schema, &step.new.schema);
    let message = format!("after the step, {}", orphan.message);
    let diagnostic = Diagnostic::in_file(&*step.file.path, message);
    let diagnostic = rerun.at_orphan(diagnostic);
    if !is_new {
        return errors.push(diagnostic.note(rows_of(scenario)).help(
            "mend it in the same step: keep the row that is referred to, or change or delete the \
             row that refers to it",
        ));
    }
    let (rule, object) = (Rule::ForeignKeyOnExisting, orphan.table.clone());
    let diagnostic = diagnostic
        .note(format!(
            "the foreign key is new in version {}, so nothing has held the rows of version {} to it",
            step.new.number, step.old.number
        ))
        .help(format!(
            "delete the rows without a parent, or set their columns to NULL, before they are copied \
             to the new `{object}`"
        ));
    step.judge.tell(
        Finding {
            rule,
            object,
            diagnostic,
        },
        errors,
    );
}

pub(super) fn damaged(rerun: &Rerun<'_>, message: &str, scenario: &Scenario) -> Diagnostic {
    let message = format!("after the step, SQLite's integrity check says: {message}");
    let diagnostic = Diagnostic::in_file(&*rerun.step.file.path, message);
    rerun
        .at_damage(diagnostic)
        .note(rows_of(scenario))
        .help("make a new table, copy the rows, drop the old one and rename")
}

/// Says what is lost, at the statement that loses it.
pub(super) fn tell(
    rerun: &Rerun<'_>,
    loss: &Lost,
    with_notes: impl FnOnce(Diagnostic) -> Diagnostic,
    errors: &mut Diagnostics,
) {
    let step = rerun.step;
    if step.judge.allows(loss.rule, &loss.object) {
        return;
    }
    let diagnostic = Diagnostic::in_file(&*step.file.path, loss.message.as_str());
    let mut diagnostic = with_notes(rerun.at_loss(diagnostic, loss));
    diagnostic.helps.extend(loss.help.clone());
    let finding = Finding {
        rule: loss.rule,
        object: loss.object.clone(),
        diagnostic,
    };
    step.judge.tell(finding, errors);
}

pub(super) fn tell_slow(step: &Step<'_>, connection: &Connection, errors: &mut Diagnostics) {
    if step.judge.levels.of(Rule::SlowRewrite) == Level::Allow {
        return;
    }
    match undone(step, connection, |connection| rewrites(step, connection)) {
        Ok(findings) => findings
            .into_iter()
            .for_each(|finding| step.judge.tell(finding, errors)),
        Err(error) => errors.push(unreadable(step.file, &error)),
    }
}

fn rows_of(scenario: &Scenario) -> &'static str {
    match scenario.values {
        Values::Recognisable => "it was run with a few ordinary rows in each table",
        Values::Nulls => "it was run with NULL in every column that allows it",
        Values::Odd => "it was run with odd values: look at types, collations and duplicates",
    }
}

/// The tables that could not be filled, and why.
pub(super) fn tell_unfilled(
    step: &Step<'_>,
    tables: BTreeMap<String, String>,
    errors: &mut Diagnostics,
) {
    for (object, reason) in tables {
        let message = format!("no row could be made for `{object}`: {reason}");
        let diagnostic = Diagnostic::in_file(&*step.file.path, message)
            .note(format!(
                "so what the step does to the rows of `{object}` is not proven"
            ))
            .help("test the step with rows of your own");
        let rule = Rule::UnfilledTable;
        let finding = Finding {
            rule,
            object,
            diagnostic,
        };
        step.judge.tell(finding, errors);
    }
}
