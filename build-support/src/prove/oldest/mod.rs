//! SQL that the oldest SQLite to be supported does not have yet.
//!
//! Found by words and not by running: only one SQLite can be linked. What is not listed here is
//! not found; the versions are those of <https://www.sqlite.org/changes.html>.

mod feature;

use self::feature::newer;
use super::finding::by_rule;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::Version;
use crate::rule::{Levels, Rule};
use crate::script::Script;
use crate::settings::Settings;
use crate::source::SourceFile;

/// What is said about the statements of a file.
pub(super) fn check_file(
    file: &SourceFile,
    script: &Script,
    settings: &Settings,
    errors: &mut Diagnostics,
) {
    let Some(oldest) = settings.oldest_sqlite else {
        return;
    };
    for statement in script.statements() {
        for (feature, place) in newer(&statement.sql, oldest) {
            let span = statement.start + place.start..statement.start + place.end;
            let diagnostic = Diagnostic::at(file, span, feature.message(oldest), "used here");
            errors.push_some(told(diagnostic, &settings.lints));
        }
    }
}

/// What is said about the newest version, which new databases are made with.
pub(super) fn check_version(version: &Version, settings: &Settings, errors: &mut Diagnostics) {
    let Some(oldest) = settings.oldest_sqlite else {
        return;
    };
    for entity in &version.schema.entities {
        for (feature, _) in newer(entity.sql(), oldest) {
            let message = format!(
                "{} `{}`: {}",
                entity.kind(),
                entity.name(),
                feature.message(oldest)
            );
            errors.push_some(told(
                Diagnostic::in_file(&*version.file.path, message),
                &settings.lints,
            ));
        }
    }
}

fn told(diagnostic: Diagnostic, levels: &Levels) -> Option<Diagnostic> {
    let diagnostic = diagnostic.help(
        "write it another way, or raise `oldest_sqlite` in `stepladder.toml`; the SQLite that \
         rusqlite's feature `bundled` brings is the newest",
    );
    by_rule(Rule::SqliteTooOld, levels, diagnostic)
}
