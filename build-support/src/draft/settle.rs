//! A draft that is proven: what it has to declare is found by proving it.

use super::text::{Declared, Fill, is_open, write, write_about_rows};
use super::{Draft, Place};
use stepladder::sql::names_equal;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::history::Version;
use crate::prove::prove_file;
use crate::rows_alone::example;
use crate::rule::{Rule, Scope};
use crate::settings::Settings;
use crate::source::SourceFile;

/// A proven draft.
#[derive(Debug)]
pub(crate) struct Settled {
    /// The file.
    pub(crate) text: String,
    /// How many places the author has to fill in, or how many were accepted.
    pub(crate) places: usize,
    /// How many of them were not accepted, because nothing obvious fits.
    pub(crate) open: usize,
    /// The file with the obvious default in each place, as it was proven.
    pub(crate) proven: SourceFile,
    /// Why it could not be proven with the obvious default in each place.
    pub(crate) unproven: Vec<Diagnostic>,
}

/// A step can hardly break more rules than this before something else is wrong.
const ROUNDS: usize = 30;

/// Proves a draft, with the obvious default in each place, until it declares all that it has to; a
/// rollback behind its step `up`.
///
/// # Errors
/// What cannot be declared.
pub(crate) fn settle(
    draft: &Draft,
    path: &str,
    versions: [&Version; 2],
    settings: &Settings,
    (places, up): (Fill, Option<&SourceFile>),
) -> Result<Settled, Vec<Diagnostic>> {
    let all_places = || draft.statements.iter().flat_map(|drafted| &drafted.places);
    let unsolved: Vec<&Place> = all_places().filter(|place| !place.is_obvious).collect();
    let open = all_places().filter(|place| is_open(place, places)).count();
    let mut declared: Vec<Declared> = Vec::new();
    for _ in 0..ROUNDS {
        let file = SourceFile::new(path, write(draft, &declared, Fill::Try));
        let mut found = Diagnostics::default();
        prove_file(&file, versions, settings, up, &mut found);
        let found = found.take();
        let missing: Vec<Declared> = (found.iter().filter_map(to_declare))
            .filter(|declared| !is_about_place(declared, &unsolved))
            .collect();
        if missing.is_empty() {
            let unneeded: Vec<usize> = found.iter().filter_map(unneeded_line).collect();
            let mut lines = 1..;
            declared.retain(|_| lines.next().is_some_and(|line| !unneeded.contains(&line)));
            let unproven: Vec<_> = (found.into_iter())
                .filter(|diagnostic| diagnostic.severity == Severity::Error)
                .collect();
            let to_fill_in = draft.places();
            // The author fills in something else, and then it is proven.
            let is_all_accepted = places != Fill::Leave && open == 0;
            if !unproven.is_empty() && (is_all_accepted || to_fill_in == 0) {
                return Err(unproven);
            }
            let text = if draft.is_about_rows() {
                write_about_rows(places, &example(&versions[1].schema))
            } else {
                write(draft, &declared, places)
            };
            return Ok(Settled {
                text,
                places: to_fill_in + declared.len(),
                open: if places == Fill::Leave { 0 } else { open },
                proven: SourceFile::new(path, write(draft, &declared, Fill::Try)),
                unproven,
            });
        }
        declared.extend(missing);
        declared.sort();
        declared.dedup();
    }
    let message = format!("the draft breaks other rules each time it is mended, {ROUNDS} times");
    Err(vec![
        Diagnostic::in_file(path, message).help("write the step yourself, in SQL or in Rust"),
    ])
}

/// Whether something is only to be declared because of what stands in a place until it is filled in.
fn is_about_place((rule, object): &Declared, places: &[&Place]) -> bool {
    *rule == Rule::CheckOnExisting
        && (places.iter())
            .filter_map(|place| Some((place.object.get(..object.len())?, &place.object)))
            .any(|(table, place)| {
                names_equal(table, object) && place[object.len()..].starts_with('.')
            })
}

/// The line of a declaration that a later one made needless. They are the first lines of the file.
fn unneeded_line(diagnostic: &Diagnostic) -> Option<usize> {
    (diagnostic.rule == Some(Rule::UnneededAllowance)).then_some(())?;
    let label = diagnostic.primary.as_ref()?;
    Some(label.file.line_column(label.span.start).0)
}

/// What a diagnostic says has to be declared.
fn to_declare(diagnostic: &Diagnostic) -> Option<Declared> {
    let rule = diagnostic.rule?;
    (rule.scope() == Scope::Object).then_some(())?;
    Some((rule, diagnostic.object.clone()?))
}
