//! Views and triggers are only texts to SQLite until they are used; here they are used.

use std::ops::Range;

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::EntityKind;
use stepladder::sql::quote_identifier;

use crate::diagnostic::Diagnostic;
use crate::schema_sql::{Created, moved};
use crate::similar;
use crate::source::SourceFile;
use crate::sql_advice::advice;
use crate::sql_error::SqlError;
use crate::statement::{Create, Event};

/// A view or trigger that SQLite created and cannot use.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) kind: EntityKind,
    pub(crate) name: String,
    /// Where it says what SQLite does not know, in the text that it was created from.
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) label: &'static str,
    pub(crate) help: Option<String>,
}

impl Unusable {
    /// The mistake in the file with the text.
    pub(crate) fn diagnostic(self, file: &SourceFile) -> Diagnostic {
        let help = (self.help).unwrap_or_else(|| advice(self.kind, &self.message));
        Diagnostic::at(file, self.span, self.message, self.label).help(help)
    }
}

/// The views and triggers of a schema that was created without an error and that cannot be used.
pub(crate) fn check(
    connection: &Connection,
    created: &[Created],
) -> rusqlite::Result<Vec<Unusable>> {
    let views: Vec<_> = created
        .iter()
        .filter(|entity| entity.create.kind == EntityKind::View)
        .filter_map(|view| {
            let sql = format!(
                "SELECT * FROM {} LIMIT 0",
                quote_identifier(&view.create.name)
            );
            let error = connection.prepare(&sql).err()?;
            Some(unusable(connection, view, &error))
        })
        .collect();
    // A view that is not valid would be the mistake of its triggers too.
    if views.is_empty() {
        triggers(connection, created)
    } else {
        Ok(views)
    }
}

/// Each trigger is compiled while it is the only one, so that the error is its own.
fn triggers(connection: &Connection, created: &[Created]) -> rusqlite::Result<Vec<Unusable>> {
    let triggers: Vec<_> = created
        .iter()
        .filter(|entity| entity.create.kind == EntityKind::Trigger)
        .collect();
    connection.execute_batch("SAVEPOINT triggers")?;
    let mut bases = Vec::new();
    for trigger in &triggers {
        let base: String = connection.query_row(
            "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name = ?1 COLLATE NOCASE",
            [&trigger.create.name],
            |row| row.get(0),
        )?;
        bases.push(base);
    }
    for trigger in &triggers {
        drop_trigger(connection, trigger)?;
    }
    let mut errors = Vec::new();
    for (trigger, base) in triggers.iter().zip(&bases) {
        connection.execute(&trigger.sql, [])?;
        errors.extend(unknown_columns(connection, trigger, base)?);
        if let Some(sql) = firing_statement(connection, trigger, base)?
            && let Err(error) = connection.prepare(&sql)
        {
            errors.push(unusable(connection, trigger, &error));
        }
        drop_trigger(connection, trigger)?;
    }
    connection.execute_batch("ROLLBACK TO triggers; RELEASE triggers")?;
    Ok(errors)
}

fn drop_trigger(connection: &Connection, trigger: &Created) -> rusqlite::Result<()> {
    let name = quote_identifier(&trigger.create.name);
    connection.execute_batch(&format!("DROP TRIGGER {name}"))
}

/// The statement that makes SQLite compile the trigger.
fn firing_statement(
    connection: &Connection,
    trigger: &Created,
    base: &str,
) -> rusqlite::Result<Option<String>> {
    let table = quote_identifier(base);
    Ok(match trigger.create.event {
        None => None,
        Some(Event::Insert) => Some(format!("INSERT INTO {table} DEFAULT VALUES")),
        Some(Event::Delete) => Some(format!("DELETE FROM {table}")),
        Some(Event::Update) => {
            // `table_info` leaves generated columns out, which cannot be updated.
            let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
            let columns = columns
                .query_map([base], |row| row.get::<_, String>(0))?
                .map(|name| name.map(|name| quote_identifier(&name)))
                .map(|name| name.map(|name| format!("{name} = {name}")))
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Some(format!("UPDATE {table} SET {}", columns.join(", ")))
        }
    })
}

/// SQLite does not check the columns of `UPDATE OF`: a trigger with a wrong one never fires.
fn unknown_columns(
    connection: &Connection,
    trigger: &Created,
    base: &str,
) -> rusqlite::Result<Vec<Unusable>> {
    let mut errors = Vec::new();
    for (column, span) in &trigger.create.update_of {
        let known: bool = connection.query_row(
            "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE name = ?2 COLLATE NOCASE",
            [base, column],
            |row| row.get(0),
        )?;
        if !known {
            let name = &trigger.create.name;
            let similar = similar::help(connection, &format!("no such column: {column}"));
            errors.push(Unusable {
                kind: EntityKind::Trigger,
                name: name.clone(),
                span: moved(span, trigger.start),
                message: format!(
                    "trigger `{name}` waits for the column `{column}`, and `{base}` has none of \
                     this name"
                ),
                label: "SQLite says nothing, and the trigger never fires",
                help: Some(similar.unwrap_or_else(|| format!("name a column of `{base}`"))),
            });
        }
    }
    Ok(errors)
}

fn unusable(connection: &Connection, entity: &Created, error: &rusqlite::Error) -> Unusable {
    let Create { kind, name, .. } = &entity.create;
    let error = SqlError::new(error, &entity.sql);
    // The offset is one in our statement, so only a name in the message can be found.
    let (span, label) = match named(entity, &error.message) {
        Some(span) => (span, "SQLite does not know this"),
        None => (entity.name.clone(), "SQLite says so when it is used"),
    };
    Unusable {
        kind: *kind,
        name: name.clone(),
        span,
        message: format!("{kind} `{name}` is not valid: {}", error.message),
        label,
        help: similar::help(connection, &error.message),
    }
}

/// The place of the name with which the message ends.
fn named(entity: &Created, message: &str) -> Option<Range<usize>> {
    let span = crate::sql_error::named_span(&entity.sql, message)?;
    Some(moved(&span, entity.start))
}
