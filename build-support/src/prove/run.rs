//! A file of SQL, executed as at run time: in a transaction, with foreign keys off.

use std::time::Duration;

use stepladder::rusqlite::{self, Connection, OptionalExtension};
use stepladder::schema::Schema;
use stepladder::sql::quote_identifier;

use super::authorizer::{guarded, install};
use super::play::{Known, play};
use crate::diagnostic::Diagnostic;
use crate::history::Version;
use crate::quoted_text::refuse_quoted_texts;
use crate::rule::Rule;
use crate::script::{Script, ScriptCall, ScriptPart, ScriptStatement};
use crate::similar;
use crate::source::SourceFile;
use crate::sql_error::SqlError;
use crate::time_limit::{is_interrupted, with_limit};

/// How long a file may take: without rows it is done in no time, unless it never is.
const LIMIT: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 30 });

/// A database at a version, in a transaction, as a step finds it at run time.
pub(super) fn database(file: &SourceFile, schema: &Schema) -> Result<Connection, Diagnostic> {
    open_at(schema).map_err(|error| unreadable(file, &error))
}

pub(super) fn open_at(schema: &Schema) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    install(&mut connection);
    connection.execute_batch("PRAGMA foreign_keys = OFF; BEGIN")?;
    for entity in &schema.entities {
        connection.execute_batch(entity.sql())?;
    }
    // Not before: an old schema may rely on them.
    refuse_quoted_texts(&connection)?;
    Ok(connection)
}

/// A statement that SQLite refused.
pub(super) struct Rejected<'s> {
    pub(super) statement: &'s ScriptStatement,
    pub(super) error: rusqlite::Error,
    /// The call that the proof has played last.
    pub(super) played: Option<&'s ScriptCall>,
}

/// Runs the statements, and plays the calls; the first that SQLite refuses.
pub(super) fn run<'s>(connection: &Connection, script: &'s Script) -> Option<Rejected<'s>> {
    limited(connection, || run_unlimited(connection, script))
}

/// The same where the work around it is limited: the limit is a thread, and many steps are done before
/// one has started.
pub(super) fn run_unlimited<'s>(
    connection: &Connection,
    script: &'s Script,
) -> Option<Rejected<'s>> {
    let known = Known::before(connection, script);
    let mut played = None;
    script.parts.iter().find_map(|part| match part {
        ScriptPart::Statement(statement) => {
            let error = run_part(connection, part, &known).err()?;
            Some(Rejected {
                statement,
                error,
                played,
            })
        }
        ScriptPart::Call(call) => {
            play(connection, &known);
            played = Some(call);
            None
        }
    })
}

/// Runs a statement, or plays a call.
pub(super) fn run_part(
    connection: &Connection,
    part: &ScriptPart,
    known: &Known,
) -> rusqlite::Result<()> {
    match part {
        ScriptPart::Statement(statement) => guarded(|| connection.execute_batch(&statement.sql)),
        ScriptPart::Call(_) => {
            play(connection, known);
            Ok(())
        }
    }
}

/// Does some work on a database, for as long as a file may take.
pub(super) fn limited<T>(connection: &Connection, work: impl FnOnce() -> T) -> T {
    with_limit(connection, LIMIT, work)
}

/// The message about a statement that SQLite refused.
pub(super) fn rejected(
    file: &SourceFile,
    rejected: &Rejected<'_>,
    at: &Version,
    connection: &Connection,
) -> Diagnostic {
    let statement = rejected.statement;
    if is_interrupted(&rejected.error) {
        return endless(file, statement);
    }
    let error = SqlError::new(&rejected.error, &statement.sql);
    let span = statement.start + error.span.start..statement.start + error.span.end;
    let mut diagnostic = Diagnostic::at(file, span, error.message.clone(), "SQLite stops here");
    diagnostic
        .helps
        .extend(similar::help(connection, &error.message));
    if let Some(help) = error.help(&statement.sql) {
        diagnostic = diagnostic.rule(Rule::DoubleQuotedString).help(help);
    }
    if error.message.ends_with("may not be modified") {
        diagnostic = diagnostic.rule(Rule::WritableSchema);
    }
    if let Some(call) = rejected.played {
        diagnostic = diagnostic.note(format!(
            "in place of `{}`, the proof has put made-up values into the columns that the step has added",
            call.method
        ));
    }
    diagnostic.help(format!(
        "the file is run on a database at version {}: see `{}`",
        at.number, at.file.path
    ))
}

fn endless(file: &SourceFile, statement: &ScriptStatement) -> Diagnostic {
    let span = statement.start..statement.start + 1;
    let message = format!(
        "the file takes longer than {} s on a database with a few rows",
        LIMIT.as_secs()
    );
    Diagnostic::at(file, span, message, "stopped here")
        .help("give a recursive query a condition or a LIMIT at which it ends")
}

/// The connection is the app's after the upgrade: a temporary table would stay and hide one of the
/// schema, a temporary trigger would fire.
pub(super) fn nothing_temporary(
    file: &SourceFile,
    connection: &Connection,
) -> Result<(), Diagnostic> {
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

pub(super) fn unreadable(file: &SourceFile, error: &rusqlite::Error) -> Diagnostic {
    Diagnostic::in_file(
        &*file.path,
        format!("SQLite could not make the database for the proof: {error}"),
    )
    .help("this is not about the step: please report it, with the versions and the step")
}
