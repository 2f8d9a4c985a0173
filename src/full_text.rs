//! Full-text indexes over the rows of another table ("external content"): triggers of the app keep
//! them in step, and during a step those may be absent, or rows change without them.
//!
//! What such an index holds is not read back from its table, so nothing fails when it is out of
//! step; searches find the wrong rows: <https://www.sqlite.org/fts5.html#external_content_tables>

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::entity::{Entity, EntityKind};
use crate::error::is_fatal;
use crate::sql::{Token, names_equal, quote_identifier, tokens};

/// The indexes that are over the rows of a table and in step with it. One that is not, as where the
/// app indexes only some of the rows, is none of our business.
pub(crate) fn in_step_with(
    connection: &Connection,
    entities: &[Entity],
    table: &str,
) -> rusqlite::Result<Vec<String>> {
    let mut names = Vec::new();
    for entity in virtual_tables(entities) {
        let is_over = content(entity.sql).is_some_and(|content| names_equal(&content, table));
        if is_over && is_in_step(connection, entity.name)? {
            names.push(entity.name.to_owned());
        }
    }
    Ok(names)
}

/// The tables for which `in_step_with` may find an index.
pub(crate) fn content_tables(entities: &[Entity]) -> Vec<String> {
    virtual_tables(entities)
        .filter_map(|entity| content(entity.sql))
        .collect()
}

fn virtual_tables(entities: &[Entity]) -> impl Iterator<Item = &Entity> {
    (entities.iter()).filter(|entity| entity.kind == EntityKind::VirtualTable)
}

/// Fills those of the indexes that are out of step.
pub(crate) fn refill(
    connection: &Connection,
    entities: &[Entity],
    names: &BTreeSet<String>,
) -> Result<(), (String, rusqlite::Error)> {
    for entity in virtual_tables(entities).filter(|entity| content(entity.sql).is_some()) {
        if !names.iter().any(|name| names_equal(name, entity.name)) {
            continue;
        }
        let sql = command(entity.name, "", "'rebuild'");
        let refilled = match is_in_step(connection, entity.name) {
            Ok(true) => Ok(()),
            Ok(false) => connection.execute_batch(&sql),
            Err(error) => Err(error),
        };
        if let Err(error) = refilled {
            return Err((sql, error));
        }
    }
    Ok(())
}

/// Whether such an index holds the words of the rows that it is over.
pub(crate) fn is_in_step(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    // FTS5 compares the rows only when asked to; FTS4 has no `rank` and always does.
    let fts5 = connection.execute_batch(&command(name, ", rank", "'integrity-check', 1"));
    let checked = match fts5 {
        Err(error) if error.to_string().contains("no column named rank") => {
            connection.execute_batch(&command(name, "", "'integrity-check'"))
        }
        other => other,
    };
    match checked {
        // An interruption says nothing about the index, and SQLite has ended the transaction:
        // nothing may be written after it.
        Err(error) if is_fatal(&error) => Err(error),
        other => Ok(other.is_ok()),
    }
}

fn command(name: &str, rank: &str, values: &str) -> String {
    let name = quote_identifier(name);
    format!("INSERT INTO main.{name} ({name}{rank}) VALUES ({values})")
}

/// The table whose rows a full-text index is over.
pub(crate) fn content(create: &str) -> Option<String> {
    let tokens = tokens(create);
    if !tokens.get(1)?.is_keyword("VIRTUAL") {
        return None;
    }
    let using = tokens.iter().position(|token| token.is_keyword("USING"))?;
    let module = tokens.get(using + 1)?.unquoted()?;
    if !module.to_ascii_lowercase().starts_with("fts") {
        return None;
    }
    let option = tokens
        .windows(3)
        .find(|option| option[0].is_keyword("CONTENT") && option[1].is_operator("="))?;
    Token::unquoted(&option[2]).filter(|table| !table.is_empty())
}
