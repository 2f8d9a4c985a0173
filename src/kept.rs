//! What belongs to a table that is rebuilt and no version knows: indexes and triggers that somebody
//! made by hand, and temporary triggers of the connection. They go with the old table, so they are
//! made anew. A column that somebody added cannot be.

use std::cell::RefCell;
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
    name: String,
    table: String,
    sql: String,
}

/// What the tables that a step in SQL may rebuild have, and no version knows.
#[derive(Debug, Default)]
pub(crate) struct ByHand {
    pub(crate) columns: Vec<UnknownColumn>,
    entities: Vec<Kept>,
    /// The names of those that the step itself has dropped, folded.
    dropped: RefCell<BTreeSet<String>>,
}

impl ByHand {
    /// The step has dropped these itself, so that they are not to come back.
    pub(crate) fn forget(&self, names: BTreeSet<String>) {
        self.dropped.borrow_mut().extend(names);
    }
}

/// What is there by hand before the first statement of a step, in those of these tables that both
/// versions have; in all of them for `None`.
pub(crate) fn by_hand(
    connection: &Connection,
    (source, target): (&[Entity], &[Entity]),
    tables: Option<&BTreeSet<String>>,
) -> rusqlite::Result<ByHand> {
    let mut found = ByHand::default();
    let may_go = |entity: &&Entity| {
        entity.kind == EntityKind::Table
            && tables.is_none_or(|tables| tables.contains(&fold(entity.name)))
    };
    for entity in target.iter().filter(may_go) {
        let Some(known) = columns_of_version(connection, source, entity.name)? else {
            continue;
        };
        let unknown = unknown_columns(connection, &known, target, entity.name)?;
        found.columns.extend(unknown);
        let unknown = unknown_entities(connection, entity.name, source, target)?;
        found.entities.extend(unknown);
    }
    Ok(found)
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
            kept.push(Kept {
                kind,
                name,
                table: table.to_owned(),
                sql: in_main(kind, &row.get::<_, String>(2)?),
            });
        }
    }
    kept.extend(temporary_triggers(connection, table)?);
    Ok(kept)
}

fn temporary_triggers(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Kept>> {
    let mut statement = connection.prepare(
        "SELECT sql, name FROM sqlite_temp_master WHERE tbl_name = ?1 COLLATE NOCASE \
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
            name: row.get(1)?,
            table: table.to_owned(),
            sql: sql.replacen("CREATE TRIGGER", create, 1),
        })
    })?;
    rows.collect()
}

/// Makes them anew. An index over a column that is gone has nothing left to index and is left out.
pub(crate) fn restore(
    connection: &Connection,
    kept: &[Kept],
) -> Result<(), (String, rusqlite::Error)> {
    for Kept { kind, sql, .. } in kept {
        match connection.execute_batch(sql) {
            Ok(()) => {}
            Err(error) if *kind == EntityKind::Index && names_what_is_gone(&error) => {}
            Err(error) => return Err((sql.clone(), error)),
        }
    }
    Ok(())
}

/// The same for those that are gone, although their table is there.
pub(crate) fn restore_missing(
    connection: &Connection,
    by_hand: &ByHand,
) -> Result<(), (String, rusqlite::Error)> {
    for one in &by_hand.entities {
        if by_hand.dropped.borrow().contains(&fold(&one.name)) {
            continue;
        }
        let is_missing = is_missing(connection, one)
            .map_err(|error| ("read the names in use".to_owned(), error))?;
        if is_missing {
            restore(connection, std::slice::from_ref(one))?;
        }
    }
    Ok(())
}

fn is_missing(connection: &Connection, kept: &Kept) -> rusqlite::Result<bool> {
    connection.query_row(
        "WITH every (type, name) AS (SELECT type, name FROM main.sqlite_schema \
         UNION ALL SELECT type, name FROM sqlite_temp_master WHERE type = 'trigger') \
         SELECT EXISTS (SELECT 1 FROM every WHERE type = 'table' AND name = ?1 COLLATE NOCASE) \
         AND NOT EXISTS (SELECT 1 FROM every WHERE type = ?2 AND name = ?3 COLLATE NOCASE)",
        [&kept.table, &kept.kind.to_string(), &kept.name],
        |row| row.get(0),
    )
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

fn unknown_columns(
    connection: &Connection,
    known: &BTreeSet<String>,
    target: &[Entity],
    table: &'static str,
) -> rusqlite::Result<Vec<UnknownColumn>> {
    let mut columns = columns(connection, table, "main")?;
    columns.retain(|column| !known.contains(&fold(column)));
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let of_target = columns_of_version(connection, target, table)?.unwrap_or_default();
    let unknown = columns.into_iter().map(|column| UnknownColumn {
        table,
        is_in_target: of_target.contains(&fold(&column)),
        column,
    });
    Ok(unknown.collect())
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
