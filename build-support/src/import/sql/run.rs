//! The files, run one after the other on one database as their own tool would, and the steps that
//! come of them.

use std::sync::Arc;
use std::time::Duration;

use stepladder::compare::{CompareOptions, compare};
use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Schema;
use stepladder::sql::tokens;

use super::super::quotes::{Requoted, in_step};
use super::super::{Made, Read, Told};
use super::Migration;
use super::adapt::{Adapted, adapt, refused_word};
use super::seed;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::introspect::unread;
use crate::script::{Script, ScriptStatement};
use crate::similar;
use crate::source::SourceFile;
use crate::sql_error::SqlError;
use crate::time_limit::{is_interrupted, with_limit};

/// How long a file may take.
const LIMIT: Duration = Duration::from_secs(30);

/// The history that the files make. The first file that SQLite rejects ends it, with an error.
pub(super) fn run(
    migrations: &[Migration],
    not_run: &[Arc<str>],
    told: &mut Told,
    errors: &mut Diagnostics,
) -> Read {
    let mut read = Read {
        versions: Vec::new(),
        seed: None,
    };
    let Some(first) = migrations.first() else {
        return read;
    };
    let unread = |error| unread(&first.up, &error);
    let Some(connection) = errors.ok(open().map_err(unread)) else {
        return read;
    };
    for migration in migrations {
        let before = read.versions.last();
        let made = make(&connection, migration, before, told);
        match made.map_err(|error| with_not_run(error, not_run)) {
            Ok(made) => read.versions.push(made),
            Err(error) => {
                errors.push(error);
                return read;
            }
        }
    }
    if let (Some(newest), Some(last)) = (read.versions.last(), migrations.last()) {
        match seed::of_database(&connection, &newest.schema, &last.up) {
            Ok(seed) => read.seed = seed,
            Err(why) => told.left_out.push(why),
        }
    }
    if let Some(seed) = &read.seed {
        told.notes.push(format!(
            "`seed.sql` has what the files put into a new database, rows: {}; a time in it is that of the import",
            seed.rows
        ));
    }
    read
}

fn open() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    Ok(connection)
}

/// A file that builds on one which was not run may fail for that.
fn with_not_run(error: Diagnostic, not_run: &[Arc<str>]) -> Diagnostic {
    let [first, rest @ ..] = not_run else {
        return error;
    };
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    error.note(format!("`{first}`{more} was not run"))
}

fn make(
    connection: &Connection,
    migration: &Migration,
    before: Option<&Made>,
    told: &mut Told,
) -> Result<Made, Diagnostic> {
    let file = &migration.up;
    let script = Script::new(&file.path, &file.text);
    run_whole(connection, file, &script)?;
    let schema = introspect(connection).map_err(|error| unread(file, &error))?;
    let Some(before) = before else {
        if let Some(down) = &migration.down {
            told.left_out.push(before_first(down));
        }
        return Ok(Made {
            number: migration.version,
            schema,
            step: None,
            rollback: None,
        });
    };
    let adapted = requoted(adapt(file, &script), file, &before.schema, told);
    if adapted.left_out.is_some() {
        told.left_out
            .extend(elsewhere(file, &adapted, &before.schema, &schema));
    }
    let rollback = migration.down.as_ref().and_then(|down| {
        let rollback = rollback(down, &schema, before, told);
        rollback.map_err(|why| told.left_out.push(why)).ok()
    });
    let (step, left_out) = (adapted.text, adapted.left_out);
    told.left_out.extend(left_out);
    let rollback = rollback.map(|rollback| {
        told.left_out.extend(rollback.left_out);
        rollback.text
    });
    Ok(Made {
        number: migration.version,
        schema,
        step: Some(step),
        rollback,
    })
}

/// The same with texts in single quotes.
fn requoted(adapted: Adapted, file: &SourceFile, from: &Schema, told: &mut Told) -> Adapted {
    match in_step(&adapted.text, from) {
        Ok(Requoted { text, count }) if count > 0 => {
            told.notes.push(format!(
                "`{}` has texts in double quotes, which in the step have single ones: {count}",
                file.path
            ));
            Adapted { text, ..adapted }
        }
        Ok(_) | Err(_) => adapted,
    }
}

/// Runs a file as its own tool does, with its own transactions and settings.
fn run_whole(
    connection: &Connection,
    file: &SourceFile,
    script: &Script,
) -> Result<(), Diagnostic> {
    with_limit(connection, LIMIT, || {
        for statement in script.statements().filter(|s| can_run(&s.sql)) {
            let run = connection.execute_batch(&statement.sql);
            // The tool may have a transaction open where we have none.
            if refused_word(&statement.sql).is_none() {
                run.map_err(|error| rejected(file, statement, &error, connection))?;
            }
        }
        Ok(())
    })?;
    if connection.is_autocommit() {
        return Ok(());
    }
    connection
        .execute_batch("COMMIT")
        .map_err(|error| unread(file, &error))
}

/// What touches another file is not run, nor what would make foreign keys act on the rows: in an
/// upgrade they do not.
fn can_run(sql: &str) -> bool {
    let is_setting_to_skip = || {
        tokens(sql).iter().any(|token| {
            [
                "foreign_keys",
                "temp_store_directory",
                "data_store_directory",
            ]
            .iter()
            .any(|name| token.is_keyword(name))
        })
    };
    match refused_word(sql) {
        Some("ATTACH" | "DETACH" | "VACUUM" | "EXPLAIN" | "REINDEX") => false,
        Some("PRAGMA") => !is_setting_to_skip(),
        Some(_) | None => true,
    }
}

fn rejected(
    file: &SourceFile,
    statement: &ScriptStatement,
    error: &rusqlite::Error,
    connection: &Connection,
) -> Diagnostic {
    if is_interrupted(error) {
        let message = format!(
            "the file takes longer than {} s without rows",
            LIMIT.as_secs()
        );
        let span = statement.start..statement.start + 1;
        return Diagnostic::at(file, span, message, "stopped here")
            .help("give a recursive query a condition or a LIMIT at which it ends");
    }
    let error = SqlError::new(error, &statement.sql);
    let span = statement.start + error.span.start..statement.start + error.span.end;
    let mut diagnostic = Diagnostic::at(file, span, error.message.clone(), error.label);
    diagnostic
        .helps
        .extend(similar::help(connection, &error.message));
    diagnostic.helps.extend(error.help(&statement.sql));
    diagnostic.help(
        "it is run after the files before it; a function, module or extension of the app is not known here",
    )
}

/// A database at a version, without rows.
pub(in super::super) fn at(schema: &Schema) -> rusqlite::Result<Connection> {
    let connection = open()?;
    connection.execute_batch("BEGIN")?;
    for entity in &schema.entities {
        connection.execute_batch(entity.sql())?;
    }
    Ok(connection)
}

/// What is different between a schema and that to which a text leads; `Err` where SQLite rejects it.
fn differences(
    file: &SourceFile,
    adapted: &Adapted,
    [from, to]: [&Schema; 2],
) -> Result<Vec<String>, Diagnostic> {
    let unread = |error| unread(file, &error);
    let connection = at(from).map_err(unread)?;
    let text = SourceFile::new(file.path.clone(), adapted.text.clone());
    let script = Script::new(&text.path, &text.text);
    let run = || {
        for statement in script.statements() {
            let run = connection.execute_batch(&statement.sql);
            run.map_err(|error| rejected(&text, statement, &error, &connection))?;
        }
        Ok(())
    };
    with_limit(&connection, LIMIT, run)?;
    let found = introspect(&connection).map_err(unread)?;
    let differences = compare(to, &found, &CompareOptions::default());
    Ok(differences.iter().map(ToString::to_string).collect())
}

/// The warning about a step that without its settings or transactions does not lead to its version.
fn elsewhere(
    file: &SourceFile,
    adapted: &Adapted,
    before: &Schema,
    schema: &Schema,
) -> Option<Diagnostic> {
    let message = format!(
        "the step from `{}` does not work without what was commented out",
        file.path
    );
    let help = "mend the step: `cargo stepladder check` tells where it leads";
    match differences(file, adapted, [before, schema]) {
        Ok(differences) if differences.is_empty() => None,
        Ok(differences) => Some(with_notes(
            Diagnostic::in_file(&*file.path, message),
            &differences,
        )),
        Err(rejected) => Some(Diagnostic::in_file(&*file.path, message).note(rejected.message)),
    }
    .map(|diagnostic| diagnostic.severity(Severity::Warning).help(help))
}

fn with_notes(diagnostic: Diagnostic, differences: &[String]) -> Diagnostic {
    const SHOWN: usize = 5;
    let shown = differences.iter().take(SHOWN);
    let diagnostic = shown.fold(diagnostic, Diagnostic::note);
    match differences.len().saturating_sub(SHOWN) {
        0 => diagnostic,
        more => diagnostic.note(format!("and {more} more")),
    }
}

/// The way back, where it leads back. One that does not is of no use to anybody.
fn rollback(
    down: &SourceFile,
    schema: &Schema,
    before: &Made,
    told: &mut Told,
) -> Result<Adapted, Diagnostic> {
    let adapted = adapt(down, &Script::new(&down.path, &down.text));
    let adapted = requoted(adapted, down, schema, told);
    let left_out = |message: String| {
        Diagnostic::in_file(&*down.path, message)
            .severity(Severity::Warning)
            .help("a rollback is optional; to have it, mend the file and import again")
    };
    match differences(down, &adapted, [schema, &before.schema]) {
        Ok(differences) if differences.is_empty() => Ok(adapted),
        Ok(differences) => Err(with_notes(
            left_out(format!(
                "`{}` does not lead back to version {}",
                down.path, before.number
            )),
            &differences,
        )),
        Err(rejected) => Err(left_out(format!(
            "`{}` fails on a database of its version",
            down.path
        ))
        .note(rejected.headline())),
    }
}

fn before_first(down: &SourceFile) -> Diagnostic {
    let message = format!("`{}` leads back from the first version", down.path);
    Diagnostic::in_file(&*down.path, message)
        .severity(Severity::Warning)
        .help("nothing is to be done: there is no version before the first")
}
