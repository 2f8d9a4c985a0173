//! The proof: each step in SQL is executed, and has to lead to the next snapshot.

use std::time::Duration;

use stepladder::compare::{CompareOptions, Difference, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::{self, Connection, OptionalExtension};
use stepladder::schema::Schema;
use stepladder::sql::{quote_identifier, tokens};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::directive::{Directive, directives};
use crate::history::{History, Version};
use crate::script::{Script, ScriptStatement};
use crate::similar;
use crate::source::SourceFile;
use crate::sql_error::SqlError;
use crate::time_limit::{is_interrupted, with_limit};

/// The statements that a step cannot have, by their first word, and why.
const REFUSED: [(&str, &str); 12] = [
    ("BEGIN", TRANSACTION),
    ("COMMIT", TRANSACTION),
    ("END", TRANSACTION),
    ("ROLLBACK", TRANSACTION),
    ("SAVEPOINT", TRANSACTION),
    ("RELEASE", TRANSACTION),
    (
        "PRAGMA",
        "stepladder sets what an upgrade needs, `user_version` and foreign keys included",
    ),
    ("VACUUM", "SQLite does it only outside of a transaction"),
    ("ATTACH", "a step changes its own database only"),
    ("DETACH", "a step changes its own database only"),
    (
        "EXPLAIN",
        "it shows what the statement would do, and does nothing",
    ),
    (
        "REINDEX",
        "the step brings indexes to the new version by its `CREATE INDEX`",
    ),
];
const TRANSACTION: &str = "the whole upgrade is one transaction, which a step must not end";

/// How long a file may take: without rows it is done in no time, unless it never is.
const LIMIT: Duration = Duration::from_secs(30);

/// How many differences are shown.
const SHOWN: usize = 20;

/// Proves every step and every rollback in SQL, and the rows of `seed.sql`.
pub(crate) fn prove(history: &History, errors: &mut Diagnostics) {
    for pair in history.versions.windows(2) {
        if let ([old, new], Some(file)) = (pair, history.steps.get(&pair[0].number)) {
            prove_step(file, old, new, errors);
        }
        if let ([old, new], Some(file)) = (pair, history.rollbacks.get(&pair[1].number)) {
            prove_step(file, new, old, errors);
        }
    }
    if let (Some(file), Some(latest)) = (&history.seed, history.versions.last()) {
        prove_seed(file, latest, errors);
    }
}

fn prove_step(file: &SourceFile, old: &Version, new: &Version, errors: &mut Diagnostics) {
    let Some(connection) = errors.ok(database(file, &old.schema)) else {
        return;
    };
    if !run(file, &connection, old, errors) {
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

fn prove_seed(file: &SourceFile, latest: &Version, errors: &mut Diagnostics) {
    let Some(connection) = errors.ok(database(file, &latest.schema)) else {
        return;
    };
    if !run(file, &connection, latest, errors) {
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
    let orphan = connection
        .query_row(
            "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 1",
            [],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, Option<i64>>(1)?,
                    row.get::<_, String>(2)?,
                ))
            },
        )
        .optional()?;
    Ok(orphan.map(|(table, rowid, parent)| {
        let row = rowid
            .map(|rowid| format!(" (rowid {rowid})"))
            .unwrap_or_default();
        (
            format!("a row of `{table}`{row} refers to a row of `{parent}` that does not exist"),
            "insert the row that it refers to as well",
        )
    }))
}

/// A database at a version, in a transaction, as a step finds it at run time.
fn database(file: &SourceFile, schema: &Schema) -> Result<Connection, Diagnostic> {
    let make = || {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch("PRAGMA foreign_keys = OFF; BEGIN")?;
        for entity in &schema.entities {
            connection.execute_batch(entity.sql())?;
        }
        // Or `"due_dat"` would be a text where it names no column. An old schema may rely on that.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        Ok(connection)
    };
    make().map_err(|error| unreadable(file, &error))
}

/// Runs the statements; whether all of them succeeded.
fn run(file: &SourceFile, connection: &Connection, at: &Version, errors: &mut Diagnostics) -> bool {
    let script = Script::new(&file.path, &file.text);
    let refused = (script.statements.iter())
        .filter_map(|statement| refuse(file, statement))
        .chain(
            directives(&file.text)
                .iter()
                .map(|directive| unknown(file, directive)),
        )
        .collect::<Vec<_>>();
    if !refused.is_empty() {
        for diagnostic in refused {
            errors.push(diagnostic);
        }
        return false;
    }
    let executed = with_limit(connection, LIMIT, || execute(file, connection, &script, at));
    errors
        .ok(executed.and_then(|()| nothing_temporary(file, connection)))
        .is_some()
}

fn execute(
    file: &SourceFile,
    connection: &Connection,
    script: &Script,
    at: &Version,
) -> Result<(), Diagnostic> {
    for statement in &script.statements {
        connection.execute_batch(&statement.sql).map_err(|error| {
            if is_interrupted(&error) {
                return endless(file, statement);
            }
            let error = SqlError::new(&error, &statement.sql);
            rejected(file, statement, at, &error, connection)
        })?;
    }
    Ok(())
}

fn endless(file: &SourceFile, statement: &ScriptStatement) -> Diagnostic {
    let span = statement.start..statement.start + 1;
    let message = format!(
        "the file takes longer than {} s on a database without rows",
        LIMIT.as_secs()
    );
    Diagnostic::at(file, span, message, "stopped here")
        .help("give a recursive query a condition or a LIMIT at which it ends")
}

/// The connection is the app's after the upgrade: a temporary table would stay and hide one of the
/// schema, a temporary trigger would fire.
fn nothing_temporary(file: &SourceFile, connection: &Connection) -> Result<(), Diagnostic> {
    let left = connection
        .query_row(
            "SELECT type, name FROM sqlite_temp_master LIMIT 1",
            [],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()
        .map_err(|error| unreadable(file, &error))?;
    left.map_or(Ok(()), |(kind, name)| {
        let message = format!("the temporary {kind} `{name}` is there when the file ends");
        let drop = format!("DROP {} temp.{}", kind.to_uppercase(), quote_identifier(&name));
        Err(Diagnostic::in_file(&*file.path, message)
            .note("it would stay in the connection of the app, and comes before what has its name there")
            .help(format!("end with `{drop};`")))
    })
}

fn refuse(file: &SourceFile, statement: &ScriptStatement) -> Option<Diagnostic> {
    let tokens = tokens(&statement.sql);
    let first = tokens.first()?;
    let (word, reason) = REFUSED.iter().find(|(word, _)| first.is_keyword(word))?;
    let span = statement.start..statement.start + first.text.len();
    Some(
        Diagnostic::at(
            file,
            span,
            format!("`{word}` cannot be in this file"),
            "not here",
        )
        .note(*reason)
        .help("remove the statement"),
    )
}

/// A directive that is read over would be a migration that is not what it says.
fn unknown(file: &SourceFile, directive: &Directive) -> Diagnostic {
    let span = directive.start..directive.start + directive.length;
    Diagnostic::at(
        file,
        span,
        format!(
            "this version of stepladder does not know the directive `{}`",
            directive.words
        ),
        "not known",
    )
    .help("update stepladder-build, or remove the line")
}

fn rejected(
    file: &SourceFile,
    statement: &ScriptStatement,
    at: &Version,
    error: &SqlError,
    connection: &Connection,
) -> Diagnostic {
    let span = statement.start + error.span.start..statement.start + error.span.end;
    let mut diagnostic = Diagnostic::at(file, span, error.message.clone(), "SQLite stops here");
    diagnostic
        .helps
        .extend(similar::help(connection, &error.message));
    diagnostic.helps.extend(error.help(&statement.sql));
    diagnostic.help(format!(
        "the file is run on a database at version {}: see `{}`",
        at.number, at.file.path
    ))
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

fn unreadable(file: &SourceFile, error: &rusqlite::Error) -> Diagnostic {
    Diagnostic::in_file(
        &*file.path,
        format!("SQLite could not make the database for the proof: {error}"),
    )
}
