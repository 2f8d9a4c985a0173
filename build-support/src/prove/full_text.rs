//! Full-text tables that a step leaves with other words than those of their rows: a search then
//! finds the wrong rows, and nothing fails.
//! <https://www.sqlite.org/fts5.html#external_content_tables>

use stepladder::__private::full_text;
use stepladder::rusqlite::Connection;
use stepladder::schema::{Entity, Schema, VirtualTable};
use stepladder::sql::quote_identifier;

use super::loss::Lost;
use crate::rule::Rule;

/// The full-text tables over the rows of another table that agree with it.
pub(super) fn in_step<'s>(connection: &Connection, schema: &'s Schema) -> Vec<&'s VirtualTable> {
    let tables = schema.entities.iter().filter_map(|entity| match entity {
        Entity::VirtualTable(table) => Some(table),
        Entity::Table(_) | Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => None,
    });
    tables
        .filter(|table| full_text::content(&table.sql).is_some())
        .filter(|table| full_text::is_in_step(connection, &table.name))
        .collect()
}

/// Those that agreed before a step and do not after it. A new one has to agree too.
pub(super) fn detached(
    connection: &Connection,
    (old, agreed): (&Schema, &[&VirtualTable]),
    new: &Schema,
) -> Vec<Lost> {
    let now = in_step(connection, new);
    let is_in =
        |tables: &[&VirtualTable], name: &str| tables.iter().any(|table| table.name == name);
    let tables = new.entities.iter().filter_map(|entity| match entity {
        Entity::VirtualTable(table) => Some((table, full_text::content(&table.sql)?)),
        Entity::Table(_) | Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => None,
    });
    tables
        .filter(|(table, _)| !is_in(&now, &table.name))
        .filter(|(table, _)| {
            // One that an app fills with some of the rows never agrees.
            old.relation(&table.name).is_none() || is_in(agreed, &table.name)
        })
        .map(|(table, content)| {
            let name = quote_identifier(&table.name);
            Lost {
                rule: Rule::FtsContentDetached,
                object: table.name.clone(),
                message: format!(
                    "full-text table `{}`: it does not hold the words of the rows of `{content}` any more",
                    table.name
                ),
                of: 1,
                help: Some(format!(
                    "fill it again at the end of the step: `INSERT INTO {name} ({name}) VALUES ('rebuild');`"
                )),
            }
        })
        .collect()
}
