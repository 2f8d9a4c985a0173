//! The proof of one step: first without rows, for the schema; then with rows, for the data.

use stepladder::compare::{CompareOptions, Difference, compare};
use stepladder::introspect::introspect;

use super::allow::{read_allowances, warn_unneeded};
use super::rows::{Step, prove_rows};
use super::run::{database, nothing_temporary, rejected, run, unreadable};
use super::statements::refuse;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::Version;
use crate::script::Script;
use crate::source::SourceFile;

/// How many differences are shown.
const SHOWN: usize = 20;

/// Proves that a file leads from one version to another, and keeps the data.
pub(super) fn prove_step(
    file: &SourceFile,
    old: &Version,
    new: &Version,
    errors: &mut Diagnostics,
) {
    let script = Script::new(&file.path, &file.text);
    let mut found = Diagnostics::default();
    let allowances = read_allowances(file, [old, new], &mut found);
    for statement in &script.statements {
        found.push_some(refuse(file, statement));
    }
    if !found.has_errors() {
        prove_schema(file, &script, [old, new], &mut found);
    }
    if !found.has_errors() {
        let step = Step {
            file,
            script: &script,
            old,
            new,
            allowances: &allowances,
        };
        prove_rows(&step, &mut found);
    }
    if !found.has_errors() {
        warn_unneeded(file, &allowances, &mut found);
    }
    for diagnostic in found.take() {
        errors.push(diagnostic);
    }
}

fn prove_schema(
    file: &SourceFile,
    script: &Script,
    [old, new]: [&Version; 2],
    errors: &mut Diagnostics,
) {
    let Some(connection) = errors.ok(database(file, &old.schema)) else {
        return;
    };
    if let Some(refused) = run(&connection, script) {
        return errors.push(rejected(file, &refused, old, &connection));
    }
    if errors.ok(nothing_temporary(file, &connection)).is_none() {
        return;
    }
    let found = match introspect(&connection) {
        Ok(found) => found,
        Err(error) => return errors.push(unreadable(file, &error)),
    };
    let differences = compare(&new.schema, &found, &CompareOptions::default());
    if !differences.is_empty() {
        errors.push(elsewhere(file, old, new, &differences));
    }
}

fn elsewhere(
    file: &SourceFile,
    old: &Version,
    new: &Version,
    differences: &[Difference],
) -> Diagnostic {
    let mut diagnostic = Diagnostic::in_file(
        &*file.path,
        format!(
            "the step from version {} does not lead to version {}",
            old.number, new.number
        ),
    );
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
