//! What belongs to a table that is rebuilt and no version knows: indexes and triggers that somebody
//! made by hand, and temporary triggers of the connection. They go with the old table, so they are
//! made anew.

use std::collections::BTreeSet;

use rusqlite::{Connection, ErrorCode};

use crate::entity::{Entity, EntityKind};
use crate::history::in_main;
use crate::rebuild::without_qualifiers;
use crate::sql::{fold, names_equal, tokens};

/// An index or trigger that is to be kept.
#[derive(Debug)]
pub(crate) struct Kept {
    kind: EntityKind,
    sql: String,
}

/// The indexes and triggers of a table that are in neither version, oldest first.
pub(crate) fn unknown_entities(
    connection: &Connection,
    table: &str,
    source: &[Entity],
    target: &[Entity],
) -> rusqlite::Result<Vec<Kept>> {
    let mut statement = connection.prepare(
        "SELECT type, name, sql FROM main.sqlite_schema WHERE tbl_name = ?1 COLLATE NOCASE \
         AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid",
    )?;
    let mut rows = statement.query([table])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = match row.get::<_, String>(0)?.as_str() {
            "index" => EntityKind::Index,
            _ => EntityKind::Trigger,
        };
        let name: String = row.get(1)?;
        let is_it = |entity: &Entity| entity.kind == kind && names_equal(entity.name, &name);
        if !source.iter().chain(target).any(is_it) {
            let sql = in_main(kind, &row.get::<_, String>(2)?);
            kept.push(Kept { kind, sql });
        }
    }
    kept.extend(temporary_triggers(connection, table)?);
    Ok(kept)
}

fn temporary_triggers(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Kept>> {
    let mut statement = connection.prepare(
        "SELECT sql FROM sqlite_temp_master WHERE tbl_name = ?1 COLLATE NOCASE \
         AND type = 'trigger' AND NOT EXISTS (SELECT 1 FROM sqlite_temp_master \
             WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')) ORDER BY rowid",
    )?;
    let rows = statement.query_map([table], |row| {
        // SQLite stores the text without TEMP: https://www.sqlite.org/schematab.html
        let sql: String = row.get(0)?;
        // One of an attached database, whose table has the same name, does not go.
        let create = "CREATE TEMP TRIGGER IF NOT EXISTS";
        Ok(Kept {
            kind: EntityKind::Trigger,
            sql: sql.replacen("CREATE TRIGGER", create, 1),
        })
    })?;
    rows.collect()
}

/// Makes them anew. An index over a column that is gone has nothing left to index and is left out.
pub(crate) fn restore(
    connection: &Connection,
    kept: Vec<Kept>,
) -> Result<(), (String, rusqlite::Error)> {
    for Kept { kind, sql } in kept {
        match connection.execute_batch(&sql) {
            Ok(()) => {}
            Err(error) if kind == EntityKind::Index && names_what_is_gone(&error) => {}
            Err(error) => return Err((sql, error)),
        }
    }
    Ok(())
}

/// Whether the statement makes no sense any more, which is `SQLITE_ERROR`. A unique index that the
/// rows break has another code.
fn names_what_is_gone(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure.code == ErrorCode::Unknown,
        // The same with the place in the SQL, in a variant that not every build of rusqlite has.
        _ => true,
    }
}

/// A column that somebody has added by hand.
#[derive(Debug)]
pub(crate) struct UnknownColumn {
    pub(crate) table: &'static str,
    pub(crate) column: String,
    /// The version to which the step leads has one of this name.
    is_in_target: bool,
}

/// Such columns of those of these tables that both versions have; of all tables for `None`.
pub(crate) fn unknown_columns(
    connection: &Connection,
    (source, target): (&[Entity], &[Entity]),
    tables: Option<&BTreeSet<String>>,
) -> rusqlite::Result<Vec<UnknownColumn>> {
    let mut unknown = Vec::new();
    let is_one = |name: &str| tables.is_none_or(|tables| tables.contains(&fold(name)));
    for entity in target.iter().filter(|entity| is_one(entity.name)) {
        let table = entity.name;
        let Some(known) = columns_of_version(connection, source, table)? else {
            continue;
        };
        for column in columns(connection, table, "main")? {
            if !known.contains(&fold(&column)) {
                let of_target = columns_of_version(connection, target, table)?;
                let is_in_target = of_target.is_some_and(|known| known.contains(&fold(&column)));
                unknown.push(UnknownColumn {
                    table,
                    column,
                    is_in_target,
                });
            }
        }
    }
    Ok(unknown)
}

/// Whether such a column has gone with its table. One that the new version has would not have gone
/// into a table that has it already, so that the table is another one; where there is no table, it
/// has another name for now.
pub(crate) fn is_lost(connection: &Connection, unknown: &UnknownColumn) -> rusqlite::Result<bool> {
    let columns = columns(connection, unknown.table, "main")?;
    let is_there = columns.contains(&unknown.column);
    Ok(!columns.is_empty() && (!is_there || unknown.is_in_target))
}

/// A column that a table has and its version has not: a rebuild would lose it.
pub(crate) fn unknown_column(
    connection: &Connection,
    source: &[Entity],
    table: &str,
) -> rusqlite::Result<Option<String>> {
    let Some(known) = columns_of_version(connection, source, table)? else {
        return Ok(None);
    };
    let mut columns = columns(connection, table, "main")?.into_iter();
    Ok(columns.find(|column| !known.contains(&fold(column))))
}

/// The name under which the table of the version is made to see its columns.
const KNOWN: &str = "stepladder_known";

/// The names of the columns that a table has in a version, folded: those of an empty table that its
/// statement makes. `None` where the version has no such table.
fn columns_of_version(
    connection: &Connection,
    version: &[Entity],
    table: &str,
) -> rusqlite::Result<Option<BTreeSet<String>>> {
    let is_it =
        |entity: &&Entity| entity.kind == EntityKind::Table && names_equal(entity.name, table);
    let Some(entity) = version.iter().find(is_it) else {
        return Ok(None);
    };
    let create = without_qualifiers(entity.sql, entity.name);
    let tokens = tokens(&create);
    // CREATE, TABLE, the name.
    let Some(name) = tokens.get(2) else {
        return Ok(None);
    };
    // A savepoint, because AUTOINCREMENT leaves a `sqlite_sequence` behind.
    connection.execute_batch(&format!(
        "SAVEPOINT {KNOWN}; CREATE TABLE temp.{KNOWN}{}",
        &create[name.end()..]
    ))?;
    let known = columns(connection, KNOWN, "temp");
    connection.execute_batch(&format!("ROLLBACK TO {KNOWN}; RELEASE {KNOWN}"))?;
    Ok(Some(known?.iter().map(|column| fold(column)).collect()))
}

fn columns(connection: &Connection, table: &str, schema: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_xinfo(?1, ?2)")?;
    let names = statement.query_map([table, schema], |row| row.get(0))?;
    names.collect()
}
