//! `seed.sql`, on the newest version.

use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Schema;

use super::orphan::orphan;
use super::run::{database, nothing_temporary, rejected, run, unreadable};
use super::text::refuse;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::directive::{Directive, directives};
use crate::history::Version;
use crate::script::Script;
use crate::source::SourceFile;

/// Proves that the rows go into a new database, and that they are all that the file makes.
pub(super) fn prove_seed(file: &SourceFile, latest: &Version, errors: &mut Diagnostics) {
    let script = Script::new(&file.path, &file.text);
    let refused: Vec<_> = (script.statements())
        .filter_map(|statement| refuse(file, statement))
        .chain(
            directives(&file.text)
                .iter()
                .map(|directive| meaningless(file, directive)),
        )
        .collect();
    if !refused.is_empty() {
        return refused
            .into_iter()
            .for_each(|diagnostic| errors.push(diagnostic));
    }
    let Some(connection) = errors.ok(database(file, &latest.schema)) else {
        return;
    };
    if let Some(refused) = run(&connection, &script) {
        return errors.push(rejected(file, &refused, latest, &connection));
    }
    if errors.ok(nothing_temporary(file, &connection)).is_none() {
        return;
    }
    match seeded(&connection, &latest.schema) {
        Ok(None) => {}
        Ok(Some((message, help))) => {
            errors.push(Diagnostic::in_file(&*file.path, message).help(help));
        }
        Err(error) => errors.push(unreadable(file, &error)),
    }
}

/// There is nothing to declare for a new database; a line that is read over would say it all the same.
fn meaningless(file: &SourceFile, directive: &Directive) -> Diagnostic {
    let span = directive.start..directive.start + directive.length;
    let message = format!(
        "the directive `{}` has no meaning in this file",
        directive.words
    );
    Diagnostic::at(file, span, message, "not here").help("remove the line, or move it to a step")
}

/// What is wrong with a database after `seed.sql`, and what to do about it.
fn seeded(
    connection: &Connection,
    schema: &Schema,
) -> rusqlite::Result<Option<(String, &'static str)>> {
    if !compare(schema, &introspect(connection)?, &CompareOptions::default()).is_empty() {
        return Ok(Some((
            "the rows for a new database change its schema".to_owned(),
            "keep to INSERT, UPDATE and DELETE; the schema is made in `schema.sql`",
        )));
    }
    Ok(orphan(connection)?
        .map(|orphan| (orphan.message, "insert the row that it refers to as well")))
}
