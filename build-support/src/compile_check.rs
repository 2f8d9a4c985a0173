//! Views and triggers are only texts to SQLite until they are used; here they are used.

use std::ops::Range;

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::EntityKind;
use stepladder::sql::quote_identifier;

use crate::diagnostic::Diagnostic;
use crate::schema_sql::{Created, moved};
use crate::similar;
use crate::source::SourceFile;
use crate::sql_error::SqlError;
use crate::statement::{Create, Event};

/// The mistakes in the views and triggers of a schema that was created without an error.
pub(crate) fn check(
    file: &SourceFile,
    connection: &Connection,
    created: &[Created],
) -> Vec<Diagnostic> {
    let views = created
        .iter()
        .filter(|entity| entity.create.kind == EntityKind::View)
        .filter_map(|view| {
            let sql = format!(
                "SELECT * FROM {} LIMIT 0",
                quote_identifier(&view.create.name)
            );
            let error = connection.prepare(&sql).err()?;
            Some(unusable(file, connection, view, &error))
        });
    let mut errors: Vec<_> = views.collect();
    // A view that is not valid would be the mistake of its triggers too.
    if errors.is_empty() {
        match triggers(file, connection, created) {
            Ok(found) => errors = found,
            Err(error) => errors.push(crate::introspect::unread(file, &error)),
        }
    }
    errors
}

/// Each trigger is compiled while it is the only one, so that the error is its own.
fn triggers(
    file: &SourceFile,
    connection: &Connection,
    created: &[Created],
) -> rusqlite::Result<Vec<Diagnostic>> {
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
        errors.extend(unknown_columns(file, connection, trigger, base)?);
        if let Some(sql) = firing_statement(connection, trigger, base)?
            && let Err(error) = connection.prepare(&sql)
        {
            errors.push(unusable(file, connection, trigger, &error));
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
    file: &SourceFile,
    connection: &Connection,
    trigger: &Created,
    base: &str,
) -> rusqlite::Result<Vec<Diagnostic>> {
    let mut errors = Vec::new();
    for (column, span) in &trigger.create.update_of {
        let known: bool = connection.query_row(
            "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE name = ?2 COLLATE NOCASE",
            [base, column],
            |row| row.get(0),
        )?;
        if !known {
            let message = format!(
                "trigger `{}` waits for the column `{column}`, and `{base}` has none of this name",
                trigger.create.name
            );
            let span = moved(span, trigger.start);
            let label = "SQLite says nothing, and the trigger never fires";
            let wrong = Diagnostic::at(file, span, message, label);
            let similar = similar::help(connection, &format!("no such column: {column}"));
            let names = || format!("name a column of `{base}`");
            errors.push(wrong.help(similar.unwrap_or_else(names)));
        }
    }
    Ok(errors)
}

fn unusable(
    file: &SourceFile,
    connection: &Connection,
    entity: &Created,
    error: &rusqlite::Error,
) -> Diagnostic {
    let Create { kind, name, .. } = &entity.create;
    let error = SqlError::new(error, &entity.sql);
    // The offset is one in our statement, so only a name in the message can be found.
    let (span, label) = match named(entity, &error.message) {
        Some(span) => (span, "SQLite does not know this"),
        None => (entity.name.clone(), "SQLite says so when it is used"),
    };
    let message = format!("{kind} `{name}` is not valid: {}", error.message);
    let mut diagnostic = Diagnostic::at(file, span, message, label);
    diagnostic
        .helps
        .extend(similar::help(connection, &error.message));
    diagnostic
}

/// The place of the name with which the message ends.
fn named(entity: &Created, message: &str) -> Option<Range<usize>> {
    let span = crate::sql_error::named_span(&entity.sql, message)?;
    Some(moved(&span, entity.start))
}
