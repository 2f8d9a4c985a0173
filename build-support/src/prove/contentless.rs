//! Full-text tables without content: what they know is nowhere else, and cannot be read back.
//! <https://www.sqlite.org/fts5.html#contentless_tables>

use std::collections::BTreeMap;

use stepladder::rusqlite::Connection;
use stepladder::schema::{Entity, Schema, VirtualTable};
use stepladder::sql::{Lexeme, quote_identifier};

use super::loss::Lost;
use crate::rule::Rule;

/// How many rows each of them knows.
pub(super) fn known_rows(connection: &Connection, schema: &Schema) -> BTreeMap<String, i64> {
    let tables = schema.entities.iter().filter_map(|entity| match entity {
        Entity::VirtualTable(table) if is_contentless(table) => Some(table),
        Entity::VirtualTable(_)
        | Entity::Table(_)
        | Entity::Index(_)
        | Entity::Trigger(_)
        | Entity::View(_) => None,
    });
    let counted = tables.filter_map(|table| {
        let sizes = quote_identifier(&format!("{}_docsize", table.name));
        let sql = format!("SELECT count(*) FROM main.{sizes}");
        let rows = connection.query_row(&sql, [], |row| row.get(0)).ok()?;
        Some((table.name.clone(), rows))
    });
    counted.collect()
}

fn is_contentless(table: &VirtualTable) -> bool {
    let is_empty = |value: &Lexeme| match value {
        Lexeme::String(text) | Lexeme::Quoted(text) | Lexeme::Word(text) => text.is_empty(),
        Lexeme::Blob(_)
        | Lexeme::Number(_)
        | Lexeme::Variable(_)
        | Lexeme::Operator(_)
        | Lexeme::Illegal(_) => false,
    };
    table.arguments.iter().any(|argument| {
        matches!(argument.lexemes.as_slice(), [Lexeme::Word(option), Lexeme::Operator(equals), value]
            if option == "content" && equals == "=" && is_empty(value))
    })
}

/// Those that know less after a step.
pub(super) fn forgotten(
    connection: &Connection,
    before: &BTreeMap<String, i64>,
    new: &Schema,
) -> Vec<Lost> {
    let after = known_rows(connection, new);
    let lost = before.iter().filter_map(|(table, rows)| {
        let left = after.get(table).copied().unwrap_or(0);
        (left < *rows).then(|| Lost {
            rule: Rule::DataLoss,
            object: table.clone(),
            message: format!(
                "full-text table `{table}`: it knew the words of {rows} rows and knows those of {left} now"
            ),
            of: usize::try_from(*rows).unwrap_or(usize::MAX),
            help: Some(
                "it has no content from which it could be filled again: put the rows in as the app does"
                    .to_owned(),
            ),
        })
    });
    lost.collect()
}
