//! What the app does with its database, by the data classes of the newest version.

use std::fmt::Write as _;

use stepladder::MigrationStrategy;
use stepladder::rusqlite::{Connection, OptionalExtension, Params};

use crate::schema::latest::{lists, open_todos, todos};
use crate::schema::{Migrations, migration_steps};
use crate::status::Status;
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
    let list = list_of_name(connection, list)?;
    let next: i64 = connection
        .query_row(
            "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'todos'",
            [],
            |row| row.get(0),
        )
        .optional()?
        .unwrap_or(1);
    // What is left out is NULL or the default: the status is `open`.
    let todo = todos::Insert {
        id: Some(next),
        due_date: due.map(str::to_owned),
        ..todos::Insert::new(list.id, title, slug(next, title))
    };
    let id = todo.insert(connection)?;
    Ok(format!("added {id}\n"))
}

/// The list of this name; a new one if there is none.
fn list_of_name(connection: &Connection, name: &str) -> stepladder::Result<lists::Row> {
    let query = "SELECT * FROM lists WHERE name = ?1";
    match connection
        .query_row(query, [name], lists::Row::from_row)
        .optional()?
    {
        Some(list) => Ok(list),
        None => lists::Insert::new(name).insert_returning(connection),
    }
}

pub(crate) fn list(connection: &Connection) -> stepladder::Result<String> {
    show(connection, "SELECT * FROM open_todos ORDER BY id", [])
}

pub(crate) fn find(connection: &Connection, words: &str) -> stepladder::Result<String> {
    show(
        connection,
        "SELECT todos.*, lists.name AS list FROM todos_text \
         JOIN todos ON todos.id = todos_text.rowid JOIN lists ON lists.id = todos.list_id \
         WHERE todos_text MATCH ?1 ORDER BY todos.id",
        [format!("\"{}\"", words.replace('"', "\"\""))],
    )
}

pub(crate) fn done(connection: &Connection, id: i64) -> stepladder::Result<String> {
    let change = todos::Update {
        status: Some(Status::Done),
        ..todos::Update::new(id)
    };
    if !change.update(connection)? {
        return Err(stepladder::Error::app(format!("there is no to-do {id}")));
    }
    Ok(format!("done {id}\n"))
}

fn show(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
) -> stepladder::Result<String> {
    let mut statement = connection.prepare(query)?;
    let mut text = String::new();
    for todo in statement.query_map(parameters, open_todos::Row::from_row)? {
        write_todo(&mut text, &todo?)?;
    }
    if text.is_empty() {
        text.push_str("nothing\n");
    }
    Ok(text)
}

fn write_todo(text: &mut String, todo: &open_todos::Row) -> stepladder::Result<()> {
    let due = todo.due_date.as_ref();
    let due = due.map(|due| format!(", until {due}")).unwrap_or_default();
    let open_todos::Row {
        id, list, title, ..
    } = todo;
    writeln!(text, "{id:>4}  {title} ({list}{due})").map_err(stepladder::Error::app)
}
