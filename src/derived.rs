//! Indexes, triggers and views during a step: they hold no data of their own, so they are brought
//! to the target version from its snapshot.
//!
//! Triggers and views that differ between the two versions are dropped when the step begins: what
//! the step does to the rows then does not depend on the order of its calls. Indexes that differ
//! stay until their table is altered or the step ends. All that is the same in both versions stays.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::entity::{Entity, EntityKind};
use crate::error::{Error, Result};
use crate::history::{create, drop_if_exists};
use crate::sql::{fold, means_the_same, names_equal};

/// Drops the triggers and views of the source version that the target version has not, or has
/// otherwise.
pub(crate) fn drop_stale_triggers_and_views(
    connection: &Connection,
    source: &[Entity],
    target: &[Entity],
) -> rusqlite::Result<()> {
    for entity in source {
        let affected = match entity.kind {
            EntityKind::Trigger | EntityKind::View => true,
            EntityKind::Table | EntityKind::VirtualTable | EntityKind::Index => false,
        };
        if affected && is_stale(entity, target) {
            drop_if_exists(connection, entity.kind, entity.name)?;
        }
    }
    Ok(())
}

/// Whether a table has triggers that `drop_stale_triggers_and_views` drops.
pub(crate) fn has_stale_triggers(source: &[Entity], target: &[Entity], table: &str) -> bool {
    source.iter().any(|entity| {
        entity.kind == EntityKind::Trigger
            && names_equal(entity.table, table)
            && is_stale(entity, target)
    })
}

/// Drops the indexes of a table that the target version has not, or has otherwise.
pub(crate) fn drop_stale_indexes(
    connection: &Connection,
    source: &[Entity],
    target: &[Entity],
    table: &str,
) -> rusqlite::Result<()> {
    for entity in source {
        if entity.kind == EntityKind::Index
            && names_equal(entity.table, table)
            && is_stale(entity, target)
        {
            drop_if_exists(connection, entity.kind, entity.name)?;
        }
    }
    Ok(())
}

/// Drops the index that has the name of a new table: tables and indexes share their names.
pub(crate) fn make_room_for_table(
    connection: &Connection,
    source: &[Entity],
    table: &str,
) -> rusqlite::Result<()> {
    for entity in source {
        if entity.kind == EntityKind::Index && names_equal(entity.name, table) {
            drop_if_exists(connection, entity.kind, entity.name)?;
        }
    }
    Ok(())
}

/// Creates the triggers of a table that are the same in both versions and went with the old table
/// when it was rebuilt.
pub(crate) fn restore_triggers(
    connection: &Connection,
    source: &[Entity],
    target: &[Entity],
    table: &str,
) -> Result<()> {
    for entity in target {
        if entity.kind == EntityKind::Trigger
            && names_equal(entity.table, table)
            && !is_stale(entity, source)
        {
            create(connection, entity)?;
        }
    }
    Ok(())
}

/// Brings every index, trigger and view to the target version. What neither version knows, such as
/// an index that somebody made by hand, stays.
pub(crate) fn reconcile(
    connection: &Connection,
    source: &[Entity],
    target: &[Entity],
) -> Result<()> {
    for entity in source.iter().filter(|entity| entity.kind.is_derived()) {
        // `DROP VIEW IF EXISTS` fails where a table has the name.
        let is_table_now = entity.kind != EntityKind::Trigger && has_table(target, entity.name);
        if find(entity, target).is_none() && !is_table_now {
            drop_if_exists(connection, entity.kind, entity.name)?;
        }
    }
    let missing = not_as_expected(connection, target)?;
    for entity in missing.iter().rev() {
        drop_if_exists(connection, entity.kind, entity.name)?;
    }
    for entity in missing {
        create(connection, entity)?;
    }
    Ok(())
}

fn has_table(entities: &[Entity], name: &str) -> bool {
    let mut tables = entities.iter().filter(|entity| !entity.kind.is_derived());
    tables.any(|table| names_equal(table.name, name))
}

/// The derived entities of the target that are not there, or not as they should be.
fn not_as_expected<'e>(connection: &Connection, target: &'e [Entity]) -> Result<Vec<&'e Entity>> {
    let stored = stored(connection)?;
    let as_expected = |entity: &Entity| {
        stored.iter().any(|(kind, name, sql)| {
            kind == keyword(entity.kind)
                && names_equal(name, entity.name)
                && means_the_same(sql, entity.sql)
        })
    };
    let derived = || target.iter().filter(|entity| entity.kind.is_derived());
    // Triggers of one event fire in an order that depends on the order of their creation, so the
    // triggers of a table are made anew together; those of a view go with it.
    let mut remade: BTreeSet<String> = derived()
        .filter(|entity| entity.kind != EntityKind::Index && !as_expected(entity))
        .map(|entity| fold(entity.table))
        .collect();
    let place = |entity: &Entity| {
        stored.iter().position(|(kind, name, _)| {
            kind == keyword(entity.kind) && names_equal(name, entity.name)
        })
    };
    let mut last = BTreeMap::new();
    for trigger in derived().filter(|entity| entity.kind == EntityKind::Trigger) {
        let place = place(trigger);
        let before = last.insert(fold(trigger.table), place);
        if before.is_some_and(|before| before > place) {
            remade.insert(fold(trigger.table));
        }
    }
    Ok(derived()
        .filter(|entity| {
            !as_expected(entity)
                || (entity.kind == EntityKind::Trigger && remade.contains(&fold(entity.table)))
        })
        .collect())
}

/// Kind, name and text of each derived entity that the database has, oldest first.
fn stored(connection: &Connection) -> Result<Vec<(String, String, String)>> {
    let mut statement = connection.prepare(
        "SELECT type, name, sql FROM main.sqlite_schema \
         WHERE type IN ('index', 'trigger', 'view') AND sql IS NOT NULL ORDER BY rowid",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect::<rusqlite::Result<_>>().map_err(Error::from)
}

fn keyword(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Table | EntityKind::VirtualTable => "table",
        EntityKind::Index => "index",
        EntityKind::Trigger => "trigger",
        EntityKind::View => "view",
    }
}

fn is_stale(entity: &Entity, others: &[Entity]) -> bool {
    find(entity, others).is_none_or(|other| !means_the_same(entity.sql, other.sql))
}

/// The entity of the same kind and name.
fn find<'e>(entity: &Entity, others: &'e [Entity]) -> Option<&'e Entity> {
    (others.iter()).find(|other| other.kind == entity.kind && names_equal(other.name, entity.name))
}
