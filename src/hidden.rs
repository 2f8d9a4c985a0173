//! Temporary tables and views of the connection that hide those of the database: SQL without `main`
//! means the temporary one, <https://www.sqlite.org/lang_naming.html>. A step would change that,
//! and the rows of the database would count as upgraded.

use rusqlite::Connection;

use crate::entity::{Entity, EntityKind};
use crate::error::{Error, Result};
use crate::sql::names_equal;

/// Fails where a table or view of these is hidden.
pub(crate) fn require_none_of<'e>(
    connection: &Connection,
    entities: impl Iterator<Item = &'e Entity>,
) -> Result<()> {
    let temporary = names(connection, "sqlite_temp_master")?;
    let mut entities = entities.filter(|entity| match entity.kind {
        EntityKind::Table | EntityKind::VirtualTable | EntityKind::View => true,
        EntityKind::Index | EntityKind::Trigger => false,
    });
    match entities.find(|entity| is_one_of(entity.name, &temporary)) {
        Some(entity) => Err(hidden(entity.name)),
        None => Ok(()),
    }
}

/// Fails where a table or view of the database is hidden.
pub(crate) fn require_none(connection: &Connection) -> Result<()> {
    let temporary = names(connection, "sqlite_temp_master")?;
    if temporary.is_empty() {
        return Ok(());
    }
    let names = names(connection, "main.sqlite_schema")?;
    match names.iter().find(|name| is_one_of(name, &temporary)) {
        Some(name) => Err(hidden(name)),
        None => Ok(()),
    }
}

fn is_one_of(name: &str, names: &[String]) -> bool {
    names.iter().any(|other| names_equal(other, name))
}

fn hidden(name: &str) -> Error {
    Error::HiddenByTemporary {
        name: name.to_owned(),
    }
}

fn names(connection: &Connection, schema: &str) -> rusqlite::Result<Vec<String>> {
    // Both may have SQLite's own, such as `sqlite_sequence`.
    let mut statement = connection.prepare(&format!(
        "SELECT name FROM {schema} WHERE type IN ('table', 'view') \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ))?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}
