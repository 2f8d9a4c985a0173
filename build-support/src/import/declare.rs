//! What released steps have to declare: they were run long ago, and what they lost is lost.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::History;
use crate::progress::Watcher;
use crate::prove::{Proven, prove_watched};
use crate::rule::{Rule, Scope};
use crate::source::SourceFile;

/// A step can hardly break more rules than this, one behind the other.
const ROUNDS: usize = 20;

/// The declarations of a file, by its path.
type Declared = BTreeMap<String, BTreeSet<(Rule, String)>>;

/// Adds to each step and rollback the declarations that its proof asks for; how many those are.
/// What cannot be declared stays as it is, for the next check.
pub(super) fn declare(history: &mut History, watcher: &Watcher<'_>) -> usize {
    let originals: Vec<SourceFile> = files(history).map(|file| file.clone()).collect();
    let mut declared = Declared::new();
    let mut proven = Proven::default();
    for _ in 0..ROUNDS {
        let mut found = Diagnostics::default();
        prove_watched(history, &mut proven, watcher, &mut found);
        let found = found.take();
        let changed = update(&mut declared, &found);
        if !changed {
            remove_needless(&mut declared, &found);
        }
        for (file, original) in files(history).zip(&originals) {
            *file = with(original, &declared);
        }
        if !changed {
            break;
        }
    }
    declared.values().map(BTreeSet::len).sum()
}

fn files(history: &mut History) -> impl Iterator<Item = &mut SourceFile> {
    history
        .steps
        .values_mut()
        .chain(history.rollbacks.values_mut())
}

/// Takes in what was found. Whether that was anything.
fn update(declared: &mut Declared, found: &[Diagnostic]) -> bool {
    let mut changed = false;
    for diagnostic in found {
        let (Some(rule), Some(object)) = (diagnostic.rule, &diagnostic.object) else {
            continue;
        };
        if rule.scope() == Scope::Object {
            let of_file = declared.entry(diagnostic.path.to_string()).or_default();
            changed |= of_file.insert((rule, object.clone()));
        }
    }
    changed
}

/// Removes what another declaration made needless: they are the first lines of a file, in order.
fn remove_needless(declared: &mut Declared, found: &[Diagnostic]) {
    let mut lines: Vec<_> = found
        .iter()
        .filter(|diagnostic| diagnostic.rule == Some(Rule::UnneededAllowance))
        .filter_map(|diagnostic| diagnostic.primary.as_ref())
        .map(|label| {
            (
                label.file.path.clone(),
                label.file.line_column(label.span.start).0,
            )
        })
        .collect();
    lines.sort();
    for (path, line) in lines.into_iter().rev() {
        if let Some(of_file) = declared.get_mut(&*path) {
            let needless = of_file.iter().nth(line - 1).cloned();
            needless.map(|needless| of_file.remove(&needless));
        }
    }
}

fn with(original: &SourceFile, declared: &Declared) -> SourceFile {
    let of_file = declared.get(&*original.path).into_iter().flatten();
    let mut lines: Vec<_> = of_file
        .map(|(rule, object)| {
            let rule = rule.name();
            format!(
                "-- stepladder: allow {rule} {object} because it was released before it was proven"
            )
        })
        .collect();
    lines.push(original.text.to_string());
    SourceFile::new(original.path.clone(), lines.join("\n"))
}
