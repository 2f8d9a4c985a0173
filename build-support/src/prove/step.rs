//! The proof of one step: first without rows, for the schema; then with rows, for the data.

use stepladder::compare::{CompareOptions, Difference, DifferenceKind, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{EntityKind, Schema};

use super::allow::{read_allowances, warn_unneeded};
use super::blame::Rerun;
use super::blame::schema::at_differences;
use super::finding::Judge;
use super::left_broken::{left_broken, unusable};
use super::oldest;
use super::orphan::is_mismatch;
use super::rollback::prove_round_trip;
use super::rows::{Step, prove_rows};
use super::run::{database, nothing_temporary, rejected, run, unreadable};
use super::text::{copies, refuse};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::folder::command;
use crate::foreign_keys::{UnusableKey, unusable_keys};
use crate::history::Version;
use crate::rule::Rule;
use crate::script::Script;
use crate::settings::Settings;
use crate::source::SourceFile;

/// How many differences are shown.
const SHOWN: usize = 20;

/// Proves that a file leads from one version to another, and keeps the data; of a rollback, that it
/// undoes its step, where that is a file too.
pub(super) fn prove_step(
    file: &SourceFile,
    [old, new]: [&Version; 2],
    (settings, undone): (&Settings, Option<&SourceFile>),
    errors: &mut Diagnostics,
) {
    let script = Script::new(&file.path, &file.text);
    let mut found = Diagnostics::default();
    let allowances = read_allowances(file, [old, new], &mut found);
    let judge = Judge {
        levels: &settings.lints,
        allowances: &allowances,
    };
    let step = Step {
        file,
        script: &script,
        old,
        new,
        judge,
    };
    for statement in script.statements() {
        found.push_some(refuse(file, statement));
    }
    // What is said about the text alone does not hide what happens when it runs.
    let mut by_text = Diagnostics::default();
    for statement in script.statements() {
        for copy in copies(file, statement, &old.schema) {
            judge.tell(copy, &mut by_text);
        }
    }
    oldest::check_file(file, &script, settings, &mut by_text);
    if !found.has_errors() {
        prove_schema(&step, &mut found);
    }
    if !found.has_errors() {
        prove_rows(&step, &mut found);
        if let Some(up) = undone.filter(|_| !found.has_errors()) {
            prove_round_trip(&step, up, &mut found);
        }
    }
    // What the methods that it calls do to the rows is not known here.
    if !found.has_errors() && !script.has_calls() {
        warn_unneeded(file, &allowances, judge.levels, &mut found);
    }
    for diagnostic in by_text.take().into_iter().chain(found.take()) {
        errors.push(diagnostic);
    }
}

fn prove_schema(step: &Step<'_>, errors: &mut Diagnostics) {
    let Step {
        file,
        script,
        old,
        new,
        ..
    } = *step;
    let Some(connection) = errors.ok(database(file, &old.schema)) else {
        return;
    };
    let before = errors.ok(unusable(&connection).map_err(|error| unreadable(file, &error)));
    let Some(before) = before else { return };
    if let Some(refused) = run(&connection, script) {
        return errors.push(rejected(file, &refused, old, &connection));
    }
    if errors.ok(nothing_temporary(file, &connection)).is_none() {
        return;
    }
    let read = || Ok((introspect(&connection)?, unusable(&connection)?));
    let (found, after) = match read() {
        Ok(read) => read,
        Err(error) => return errors.push(unreadable(file, &error)),
    };
    for finding in left_broken(file, &before, after) {
        step.judge.tell(finding, errors);
    }
    if errors.has_errors() {
        // What is broken is not what the new version has, and that is how to mend it.
        return;
    }
    match unusable_keys_made(&connection, [old, new]) {
        Ok(keys) => {
            for key in keys {
                errors.push(key_made_unusable(file, new, &key));
            }
        }
        Err(error) => return errors.push(unreadable(file, &error)),
    }
    let differences = compare(&new.schema, &found, &CompareOptions::default());
    let (lost, differences) = gone_with_their_table(&old.schema, differences);
    if lost.is_empty() && differences.is_empty() {
        return;
    }
    let Some(again) = errors.ok(database(file, &old.schema)) else {
        return;
    };
    let rerun = Rerun::new(step, &again, &|_| Ok(()));
    if !lost.is_empty() {
        errors.push(index_lost(&rerun, &lost));
    }
    if !differences.is_empty() {
        errors.push(elsewhere(&rerun, &differences));
    }
}

/// The foreign keys of the new version that keep an upgrade from being committed: SQLite cannot check
/// them, and the old version has none for the table.
fn unusable_keys_made(
    connection: &Connection,
    [old, new]: [&Version; 2],
) -> rusqlite::Result<Vec<UnusableKey>> {
    let checked = connection.prepare("SELECT 1 FROM pragma_foreign_key_check");
    match checked.and_then(|mut check| check.exists([])) {
        Err(error) if is_mismatch(&error) => {}
        checked => return checked.map(|_| Vec::new()),
    }
    let before = unusable_keys(&old.schema)?;
    let mut after = unusable_keys(&new.schema)?;
    after.retain(|key| key.is_mismatch() && !before.iter().any(|known| known.is_of(&key.table)));
    Ok(after)
}

fn key_made_unusable(file: &SourceFile, new: &Version, key: &UnusableKey) -> Diagnostic {
    let (version, snapshot) = (new.number, &new.file.path);
    let folder = snapshot.rsplit_once('/').map_or("", |(folder, _)| folder);
    Diagnostic::in_file(&*file.path, format!("after the step, {}", key.message()))
        .note(format!(
            "`{snapshot}` has it so, and the upgrade would fail with \"foreign key mismatch\" when its \
             foreign keys are checked"
        ))
        .help(key.help())
        .help(format!(
            "where version {version} was not released yet, change `schema.sql` and make it anew: `{}`",
            command(folder, "make-migrations --amend")
        ))
        .help(
            "where it was, make a history that begins with it, in a new folder: `cargo stepladder export \
             app.db`",
        )
}

/// The indexes and triggers that both versions have and that are not there after the step, and the
/// other differences.
fn gone_with_their_table(
    old: &Schema,
    differences: Vec<Difference>,
) -> (Vec<Difference>, Vec<Difference>) {
    differences.into_iter().partition(|difference| {
        let object = &difference.object;
        let was_there = match object.kind {
            EntityKind::Index => old.relation(&object.name),
            EntityKind::Trigger => old.trigger(&object.name),
            EntityKind::Table | EntityKind::VirtualTable | EntityKind::View => None,
        };
        difference.kind == DifferenceKind::Missing
            && was_there.is_some_and(|entity| entity.kind() == object.kind)
    })
}

fn index_lost(rerun: &Rerun<'_>, lost: &[Difference]) -> Diagnostic {
    let step = rerun.step;
    let names: Vec<_> = (lost.iter())
        .map(|lost| format!("{} `{}`", lost.object.kind, lost.object.name))
        .collect();
    let (are, them) = match lost {
        [_] => ("is", "it"),
        _ => ("are", "them"),
    };
    let texts = lost.iter().filter_map(|lost| lost.expected.as_deref());
    let texts: Vec<_> = texts.map(|sql| format!("{sql};")).collect();
    let message = format!("{} {are} gone after the step", names.join(", "));
    let diagnostic = Diagnostic::in_file(&*step.file.path, message);
    at_differences(rerun, lost, diagnostic).rule(Rule::IndexLost)
    .note(format!(
        "both version {} and version {} have {them}; `DROP TABLE` drops the indexes and triggers of the \
         table as well",
        step.old.number, step.new.number
    ))
    .help(format!("write at the end of the step:\n{}", texts.join("\n")))
}

/// The message about a step that leads to another schema, at the statements that do.
pub(super) fn elsewhere(rerun: &Rerun<'_>, differences: &[Difference]) -> Diagnostic {
    let Step { old, new, .. } = rerun.step;
    let message = format!(
        "the step from version {} does not lead to version {}",
        old.number, new.number
    );
    let diagnostic = Diagnostic::in_file(&*rerun.step.file.path, message);
    let mut diagnostic = at_differences(rerun, differences, diagnostic);
    for difference in differences.iter().take(SHOWN) {
        diagnostic = diagnostic.note(difference.to_string());
    }
    if differences.len() > SHOWN {
        diagnostic = diagnostic.note(format!("and {} more", differences.len() - SHOWN));
    }
    diagnostic.help(format!(
        "expected is what `{}` has, found is what this step makes",
        new.file.path
    ))
}
