//! Views and triggers that a step leaves and that fail when they are used. SQLite lets a column go
//! that a trigger writes: <https://www.sqlite.org/lang_altertable.html#altertabdropcol>

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::EntityKind;
use stepladder::sql::names_equal;

use super::finding::Finding;
use crate::compile_check::{Unusable, check};
use crate::diagnostic::Diagnostic;
use crate::rule::Rule;
use crate::schema_sql::Created;
use crate::source::SourceFile;
use crate::statement::read_create;

/// The views and triggers of a database that fail when they are used.
pub(super) fn unusable(connection: &Connection) -> rusqlite::Result<Vec<Unusable>> {
    let mut statement = connection.prepare(
        "SELECT sql FROM main.sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY rowid",
    )?;
    let texts = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut created = Vec::new();
    for sql in texts {
        let sql = sql?;
        let Some(create) = read_create(&sql) else {
            continue;
        };
        created.push(Created {
            name: create.name_span.clone(),
            create,
            sql,
            start: 0,
        });
    }
    check(connection, &created)
}

/// Those that the step has broken.
pub(super) fn left_broken(
    file: &SourceFile,
    before: &[Unusable],
    after: Vec<Unusable>,
) -> Vec<Finding> {
    let was_before = |found: &Unusable| {
        (before.iter())
            .any(|other| other.kind == found.kind && names_equal(&other.name, &found.name))
    };
    let mut findings = Vec::new();
    for found in after {
        if was_before(&found) {
            continue;
        }
        let (rule, fails) = match found.kind {
            EntityKind::View => (Rule::ViewLeftBroken, "each time it is read"),
            EntityKind::Trigger
            | EntityKind::Table
            | EntityKind::VirtualTable
            | EntityKind::Index => (
                Rule::TriggerLeftBroken,
                "each time it fires, and with it the statement that fired it",
            ),
        };
        let mut diagnostic =
            Diagnostic::in_file(&*file.path, format!("after the step, {}", found.message)).note(
                format!(
                    "SQLite accepts the step, and `{}` fails {fails}",
                    found.name
                ),
            );
        diagnostic.helps.extend(found.help);
        let kind = found.kind.to_string().to_uppercase();
        findings.push(Finding {
            rule,
            diagnostic: diagnostic.help(format!(
                "begin with `DROP {kind} {0};` and end with its `CREATE {kind} {0}` of the new version",
                found.name
            )),
            object: found.name,
        });
    }
    findings
}
