//! Rows for a database that has a schema and no data: they respect the schema and look for trouble.
//!
//! A migration that works on empty tables can fail, or lose data, when there are rows. [`fill`]
//! makes them: as many and as odd as a [`Scenario`] says, always the same for the same scenario.
//!
//! ```
//! # fn main() -> rusqlite::Result<()> {
//! use stepladder::introspect::introspect;
//! use stepladder::synthesis::{Rows, Scenario, Values, fill};
//!
//! let connection = rusqlite::Connection::open_in_memory()?;
//! connection.execute_batch(
//!     "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
//!      CREATE TABLE todos (
//!          title TEXT,
//!          state TEXT NOT NULL CHECK (state IN ('open', 'done')),
//!          owner_id INTEGER NOT NULL REFERENCES users (id)
//!      );",
//! )?;
//! let schema = introspect(&connection)?;
//! let scenario = Scenario { rows: Rows::Many, values: Values::Recognisable, seed: 0 };
//! let filled = fill(&connection, &schema, &scenario)?;
//! assert!(filled.tables.iter().all(|table| table.rows >= 5 && table.unfilled.is_none()));
//!
//! let sql = "SELECT title, state FROM todos JOIN users ON users.id = owner_id LIMIT 1";
//! let row: (String, String) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
//! assert_eq!(row, ("todos.title 1".to_owned(), "open".to_owned()));
//! # Ok(())
//! # }
//! ```

mod candidates;
mod cell;
mod evaluator;
mod keys;
mod literals;
mod odd;
mod order;
mod parents;
mod pattern;
mod plan;
mod repair;
mod row;
mod scenario;
mod search;
mod settings;
mod table;
mod virtual_table;

use rusqlite::Connection;

pub use self::scenario::{Filled, FilledTable, Rows, Scenario, Unfilled, Values, scenarios};

use self::parents::Parents;
use self::settings::Settings;
use crate::schema::{Entity, Schema, Table};

/// Fills the main database of a connection, whose schema this is and whose tables are empty.
///
/// Triggers and foreign keys are off for the time; afterwards no foreign key is violated, and the
/// schema and the settings of the connection are as they were. All of it is one savepoint.
///
/// A table that got fewer rows than the scenario asks for says why: see [`FilledTable::unfilled`].
///
/// # Errors
/// What SQLite reports, apart from constraints that refuse a row. The database is then as it was.
pub fn fill(
    connection: &Connection,
    schema: &Schema,
    scenario: &Scenario,
) -> rusqlite::Result<Filled> {
    let settings = Settings::enter(connection)?;
    let filled = in_savepoint(connection, || fill_tables(connection, schema, scenario));
    settings.restore(connection)?;
    filled
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.execute_batch("SAVEPOINT stepladder_rows")?;
    let result = work();
    connection.execute_batch(match &result {
        Ok(_) => "RELEASE stepladder_rows",
        Err(_) => "ROLLBACK TO stepladder_rows; RELEASE stepladder_rows",
    })?;
    result
}

fn fill_tables(
    connection: &Connection,
    schema: &Schema,
    scenario: &Scenario,
) -> rusqlite::Result<Filled> {
    let tables: Vec<&Table> = schema.tables().collect();
    let heights = order::heights(&tables);
    let mut parents = Parents::new(connection, &tables, &heights, *scenario);
    let mut filled = Vec::with_capacity(tables.len());
    let order = order::order(&tables);
    for &place in &order {
        let table = table::fill(connection, schema, &mut parents, place)?;
        parents.is_filled(place);
        filled.push(table);
    }
    repair::repair(connection, &tables, &order, &mut filled)?;
    for (place, table) in tables.iter().enumerate() {
        table::leave_gap_behind_highest(connection, table, place)?;
    }
    for (place, table) in (tables.len()..).zip(virtual_tables(schema)) {
        filled.extend(virtual_table::fill(connection, table, place, *scenario));
    }
    Ok(Filled { tables: filled })
}

fn virtual_tables(schema: &Schema) -> impl Iterator<Item = &crate::schema::VirtualTable> {
    schema.entities.iter().filter_map(|entity| match entity {
        Entity::VirtualTable(table) => Some(table),
        Entity::Table(_) | Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => None,
    })
}
