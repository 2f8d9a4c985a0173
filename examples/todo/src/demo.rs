//! `todo demo`: a file as the first release left it, before and after.

use std::fmt::Write as _;
use std::path::Path;

use stepladder::OpeningDetails;
use stepladder::rusqlite::Connection;

use crate::schema::history;
use crate::{db, schema};

pub(crate) fn run() -> stepladder::Result<String> {
    let folder = tempfile::tempdir().map_err(stepladder::Error::app)?;
    let file = folder.path().join("todo.db");
    make_first_version(&file)?;

    let mut text = String::from("a file of the first release:\n");
    let before = Connection::open(&file)?;
    describe(&before, &mut text)?;
    drop(before);

    let mut details = None;
    let after = db::strategy()
        .before_open(|_, opening| {
            details = Some(opening.clone());
            Ok(())
        })
        .open(&file)?;
    text.push('\n');
    text.push_str(&upgrade(details.as_ref()));
    text.push_str("\nafter the upgrade:\n");
    describe(&after, &mut text)?;

    text.push_str("\nwhat is open (`todo list`):\n");
    text.push_str(&db::list(&after)?);
    text.push_str("\nwhat has \"ladder\" in its title (`todo find ladder`):\n");
    text.push_str(&db::find(&after, "ladder")?);
    drop(after);

    let again = Connection::open(&file)?;
    let version: i32 = again.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    line(
        &mut text,
        format_args!("\nopened again: version {version}, nothing to do"),
    );
    Ok(text)
}

/// What the first release would have written: the schema of version 1 and some rows.
fn make_first_version(file: &Path) -> stepladder::Result<()> {
    let connection = Connection::open(file)?;
    history()
        .at(schema::history().oldest_version())?
        .create_all(&connection)?;
    connection.execute_batch(
        "INSERT INTO lists (id, name) VALUES (1, 'home'), (2, 'work');
         INSERT INTO users (id, name) VALUES (7, 'Kim');
         INSERT INTO todos (id, list_id, title, done, owner_id) VALUES
             (1, 1, 'Water the plants', 1, NULL),
             (2, 1, 'Lend the ladder back', 0, 7),
             (40, 2, 'Write the report', 0, 7),
             (41, 2, 'A to-do that is gone', 0, NULL);
         DELETE FROM todos WHERE id = 41;
         PRAGMA user_version = 1;",
    )?;
    Ok(())
}

/// Which steps ran.
fn upgrade(details: Option<&OpeningDetails>) -> String {
    let Some(details) = details else {
        return "the file was not opened\n".to_owned();
    };
    let mut text = String::new();
    for (from, to) in &details.steps {
        line(&mut text, format_args!("step {from} -> {to}"));
    }
    text
}

/// The version of a file, its tables with the number of their rows, and the to-dos.
fn describe(connection: &Connection, text: &mut String) -> stepladder::Result<()> {
    let version: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    line(text, format_args!("  version {version}"));
    let mut tables = connection.prepare(
        "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL \
         AND name NOT LIKE 'sqlite_%' \
         AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') \
         ORDER BY type, name",
    )?;
    let mut rows = tables.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
        line(text, format_args!("  {kind:<8} {name}"));
    }
    let mut todos = connection.prepare("SELECT * FROM todos ORDER BY id")?;
    let columns = (0..todos.column_count())
        .map(|index| todos.column_name(index).map(str::to_owned))
        .collect::<Result<Vec<_>, _>>()?;
    line(text, format_args!("  todos ({})", columns.join(", ")));
    let mut rows = todos.query([])?;
    while let Some(row) = rows.next()? {
        let mut values = Vec::new();
        for index in 0..columns.len() {
            values.push(show(
                &row.get::<_, stepladder::rusqlite::types::Value>(index)?,
            ));
        }
        line(text, format_args!("    {}", values.join(" | ")));
    }
    Ok(())
}

fn show(value: &stepladder::rusqlite::types::Value) -> String {
    use stepladder::rusqlite::types::Value;
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// Adds a line; writing to a `String` does not fail.
fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{arguments}");
}
