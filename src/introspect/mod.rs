//! The schema of a database, read back from SQLite.
//!
//! Facts come from the PRAGMAs. What they do not report (CHECK, COLLATE, ON CONFLICT, DEFERRABLE,
//! AUTOINCREMENT, the expressions of generated columns and indexes, the names of constraints) is
//! read from the tokens of the stored SQL, which SQLite has accepted and which therefore is valid.

mod create_table;
mod cursor;
mod derived;
mod expression;
mod facts;
mod table;

use rusqlite::Connection;

use self::facts::{Facts, SchemaRow};
use crate::schema::{Entity, Schema, Table};
use crate::sql::names_equal;

/// The schema of the main database of a connection.
///
/// SQLite's own tables, shadow tables and the indexes that SQLite makes for constraints are left
/// out. A temporary table of the same name does not hide a table of the main database.
///
/// ```
/// # fn main() -> rusqlite::Result<()> {
/// use stepladder::introspect::introspect;
/// let connection = rusqlite::Connection::open_in_memory()?;
/// connection.execute_batch("CREATE TABLE t (a TEXT COLLATE NOCASE, CHECK (a <> ''))")?;
/// let schema = introspect(&connection)?;
/// let table = schema.table("t").expect("it was created above");
/// assert_eq!(table.columns[0].collation.as_deref(), Some("NOCASE"));
/// assert_eq!(table.checks[0].expression.sql, "a <> ''");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// What SQLite reports while it reads its own schema.
pub fn introspect(connection: &Connection) -> rusqlite::Result<Schema> {
    let facts = Facts::read(connection, None)?;
    let mut entities = Vec::with_capacity(facts.rows.len());
    for row in &facts.rows {
        entities.extend(entity(connection, &facts, row)?);
    }
    Ok(Schema { entities })
}

/// The ordinary table of this name in the main database, `None` where there is none.
///
/// It asks SQLite for this table only and is much cheaper than [`introspect`].
///
/// # Errors
/// What SQLite reports while it reads its own schema.
pub fn introspect_table(connection: &Connection, name: &str) -> rusqlite::Result<Option<Table>> {
    let facts = Facts::read(connection, Some(name))?;
    let row = facts
        .rows
        .iter()
        .find(|row| names_equal(&row.name, name) && facts.is_ordinary_table(row));
    Ok(row.map(|row| table::table(&facts, row)))
}

/// The entity of a row of `sqlite_schema`; `None` where it is not one of the model's.
fn entity(
    connection: &Connection,
    facts: &Facts,
    row: &SchemaRow,
) -> rusqlite::Result<Option<Entity>> {
    Ok(match row.kind.as_str() {
        "table" if facts.is_ordinary_table(row) => Some(Entity::Table(table::table(facts, row))),
        "table" if row.is_virtual => {
            let columns = facts::virtual_columns(connection, &row.name)?;
            Some(Entity::VirtualTable(derived::virtual_table(row, columns)))
        }
        "index" => Some(Entity::Index(derived::index(facts, row))),
        "trigger" => Some(Entity::Trigger(derived::trigger(row))),
        "view" => Some(Entity::View(derived::view(row))),
        _ => None,
    })
}
