//! The rows that a new database has, as `seed.sql`.
//!
//! A tool that runs all its files gives a new database the rows that they insert, wherever in the
//! history they do. Here a new database is made from the newest version, so the rows that are there
//! at the end are written down.

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, Schema, Table};
use stepladder::sql::{quote_identifier, tokens};

use super::super::Seed;
use super::super::create::Statement;
use crate::diagnostic::{Diagnostic, Severity};
use crate::introspect::unread;
use crate::script::Script;
use crate::source::SourceFile;

/// The rows in a database that is at this schema.
pub(super) fn of_database(
    connection: &Connection,
    schema: &Schema,
    file: &SourceFile,
) -> Result<Option<Seed>, Diagnostic> {
    let unread = |error| unread(file, &error);
    let seed = inserts(connection, schema).map_err(unread)?;
    if seed.rows == 0 {
        return Ok(None);
    }
    if is_repeated(connection, schema, &seed).unwrap_or(false) {
        return Ok(Some(seed));
    }
    let message = "the rows of a new database could not be written to `seed.sql`";
    Err(Diagnostic::in_file(&*file.path, message)
        .severity(Severity::Warning)
        .note(format!(
            "{} in it after this file; inserted again, with the triggers of the newest version, they \
             come out different",
            if seed.rows == 1 { "1 row is".to_owned() } else { format!("{} rows are", seed.rows) }
        ))
        .help("write `seed.sql` yourself: the rows that a new database is to have"))
}

/// The rows of an ordinary table, in the order of their keys.
fn inserts(connection: &Connection, schema: &Schema) -> rusqlite::Result<Seed> {
    let mut seed = Seed {
        text: String::new(),
        rows: 0,
    };
    for table in schema.tables() {
        let rows = rows(connection, table)?;
        if rows.is_empty() {
            continue;
        }
        if !seed.text.is_empty() {
            seed.text.push('\n');
        }
        let head = format!(
            "INSERT INTO {} ({}) VALUES",
            quote_identifier(&table.name),
            names(table).join(", ")
        );
        let values: Vec<_> = rows.iter().map(|row| format!("    ({row})")).collect();
        seed.text = format!("{}{head}\n{};\n", seed.text, values.join(",\n"));
        seed.rows += rows.len();
    }
    Ok(seed)
}

fn names(table: &Table) -> Vec<String> {
    let stored = table.columns.iter().filter(|c| c.generated.is_none());
    stored
        .map(|column| quote_identifier(&column.name))
        .collect()
}

/// The rows, each as the texts of its values.
fn rows(connection: &Connection, table: &Table) -> rusqlite::Result<Vec<String>> {
    let values: Vec<_> = names(table)
        .iter()
        .map(|name| format!("quote({name})"))
        .collect();
    let sql = format!(
        "SELECT {} FROM {}",
        values.join(" || ', ' || "),
        quote_identifier(&table.name)
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// Whether the rows are the same in a database that is made from them.
fn is_repeated(connection: &Connection, schema: &Schema, seed: &Seed) -> rusqlite::Result<bool> {
    let again = super::run::at(schema)?;
    again.execute_batch(&seed.text)?;
    if inserts(&again, schema)?.text != seed.text {
        return Ok(false);
    }
    for entity in &schema.entities {
        if let Entity::VirtualTable(table) = entity {
            let count = format!("SELECT count(*) FROM {}", quote_identifier(&table.name));
            let count = |connection: &Connection| -> rusqlite::Result<i64> {
                connection.query_row(&count, [], |row| row.get(0))
            };
            if count(connection)? != count(&again)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The rows that statements put into a new database of a schema.
pub(in super::super) fn statements_as_seed(
    statements: &[Statement],
    schema: &Schema,
    file: &SourceFile,
) -> Result<Option<Seed>, Diagnostic> {
    if statements.is_empty() {
        return Ok(None);
    }
    let connection = super::run::at(schema).map_err(|error| unread(file, &error))?;
    for statement in statements {
        for single in Script::new(&file.path, &statement.sql).statements() {
            let reason = if writes_rows(&single.sql) {
                let run = connection.execute_batch(&single.sql);
                run.err().map(|error| error.to_string())
            } else {
                Some("it is not about rows".to_owned())
            };
            if let Some(reason) = reason {
                let span = statement.place(file, &(0..statement.sql.len()));
                let message =
                    format!("a statement for new databases cannot go to `seed.sql`: {reason}");
                return Err(Diagnostic::at(file, span, message, "left out")
                    .severity(Severity::Warning)
                    .help(
                        "run it in the app, on the open connection, or write `seed.sql` yourself",
                    ));
            }
        }
    }
    of_database(&connection, schema, file)
}

fn writes_rows(sql: &str) -> bool {
    tokens(sql).first().is_some_and(|first| {
        ["INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"]
            .iter()
            .any(|word| first.is_keyword(word))
    })
}
