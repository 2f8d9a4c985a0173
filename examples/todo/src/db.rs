//! What the app does with its database.

use std::fmt::Write as _;

use stepladder::MigrationStrategy;
use stepladder::rusqlite::{Connection, OptionalExtension, Row, params};

use crate::schema::{Migrations, migration_steps};
use crate::steps::{Steps, slug};

/// How the app opens its database.
pub(crate) fn strategy() -> MigrationStrategy<'static, Migrations<Steps>> {
    MigrationStrategy::new(migration_steps(Steps))
}

pub(crate) fn add(
    connection: &Connection,
    title: &str,
    list: &str,
    due: Option<&str>,
) -> stepladder::Result<String> {
    connection.execute(
        "INSERT INTO lists (name) VALUES (?1) ON CONFLICT DO NOTHING",
        [list],
    )?;
    let next: i64 = connection
        .query_row(
            "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'todos'",
            [],
            |row| row.get(0),
        )
        .optional()?
        .unwrap_or(1);
    connection.execute(
        "INSERT INTO todos (id, list_id, title, due_date, slug) \
         VALUES (?1, (SELECT id FROM lists WHERE name = ?2), ?3, ?4, ?5)",
        params![next, list, title, due, slug(next, title)],
    )?;
    Ok(format!("added {next}\n"))
}

pub(crate) fn list(connection: &Connection) -> stepladder::Result<String> {
    show(
        connection,
        "SELECT id, list, title, due_date FROM open_todos ORDER BY id",
        [],
    )
}

pub(crate) fn find(connection: &Connection, words: &str) -> stepladder::Result<String> {
    show(
        connection,
        "SELECT todos.id, lists.name, todos.title, todos.due_date FROM todos_text \
         JOIN todos ON todos.id = todos_text.rowid JOIN lists ON lists.id = todos.list_id \
         WHERE todos_text MATCH ?1 ORDER BY todos.id",
        [format!("\"{}\"", words.replace('"', "\"\""))],
    )
}

pub(crate) fn done(connection: &Connection, id: i64) -> stepladder::Result<String> {
    let changed = connection.execute("UPDATE todos SET status = 'done' WHERE id = ?1", [id])?;
    if changed == 0 {
        return Err(stepladder::Error::app(format!("there is no to-do {id}")));
    }
    Ok(format!("done {id}\n"))
}

fn show<P: stepladder::rusqlite::Params>(
    connection: &Connection,
    sql: &str,
    parameters: P,
) -> stepladder::Result<String> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut text = String::new();
    while let Some(row) = rows.next()? {
        write_todo(&mut text, row)?;
    }
    if text.is_empty() {
        text.push_str("nothing\n");
    }
    Ok(text)
}

fn write_todo(text: &mut String, row: &Row<'_>) -> stepladder::Result<()> {
    let (id, list, title): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let due: Option<String> = row.get(3)?;
    let due = due.map(|due| format!(", until {due}")).unwrap_or_default();
    writeln!(text, "{id:>4}  {title} ({list}{due})").map_err(stepladder::Error::app)
}
