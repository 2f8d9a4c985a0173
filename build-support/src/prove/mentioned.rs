//! Rows that hold whatever a step, or a new constraint, mentions: each literal in each column that
//! stands in the same statement. What `asked` understands is a comparison; this is for the conditions
//! that it does not, and for rows that a step inserts and that may be there already.

use std::collections::BTreeSet;

use stepladder::rusqlite::config::DbConfig;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, Schema, Table};
use stepladder::sql::{Token, TokenKind, fold, names_equal, quote_identifier, tokens};

use super::asked::{is_assigned, is_of_foreign_key};
use super::culprit::rowid;
use super::full_text::in_step;
use crate::plan::rowid_of;
use crate::script::Script;

/// More literals of a statement than this are not tried: there are not many more rows.
const MOST: usize = 12;

/// Puts the literals of each statement, and of each constraint that is new, in rows of every table that has a
/// column of a name that stands beside them, where the old version lets it.
pub(super) fn hold_what_is_mentioned(
    connection: &Connection,
    [old, new]: [&Schema; 2],
    script: &Script,
) -> rusqlite::Result<()> {
    let indexes = in_step(connection, old);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let statements = script.statements().map(|statement| statement.sql.as_str());
    let statements = statements.filter(|sql| {
        let tokens = tokens(sql);
        !tokens
            .first()
            .is_some_and(|first| first.is_keyword("CREATE"))
    });
    let constraints = new_constraints(old, new);
    let texts: Vec<&str> = statements
        .chain(constraints.iter().map(String::as_str))
        .collect();
    for text in texts {
        let mentioned = Mentioned::read(text, old);
        for table in old.tables() {
            for (place, column) in mentioned.columns_of(table).into_iter().enumerate() {
                for (index, value) in mentioned.literals.iter().take(MOST).enumerate() {
                    put(connection, (old, table), column, value, place + index);
                }
            }
        }
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    // The triggers would have kept them in step.
    for index in indexes {
        let name = quote_identifier(&index.name);
        connection.execute_batch(&format!("INSERT INTO {name} ({name}) VALUES ('rebuild')"))?;
    }
    Ok(())
}

/// The CHECKs and partial indexes that the old version has not, as text.
fn new_constraints(old: &Schema, new: &Schema) -> Vec<String> {
    let mut texts = Vec::new();
    for table in new.tables() {
        let before = old.table(&table.name);
        let is_old = |text: &str| {
            before.is_some_and(|before| {
                before
                    .checks
                    .iter()
                    .any(|check| check.expression.sql == text)
            })
        };
        let checks = table
            .checks
            .iter()
            .map(|check| check.expression.sql.clone());
        texts.extend(checks.filter(|text| !is_old(text)));
    }
    for entity in &new.entities {
        if let Entity::Index(index) = entity
            && old.relation(&index.name).is_none()
        {
            texts.extend(index.filter.iter().map(|filter| filter.sql.clone()));
        }
    }
    texts
}

/// The names and literals of a text.
struct Mentioned {
    names: BTreeSet<String>,
    /// As they are written, and numbers with a minus before them.
    literals: Vec<String>,
    /// The table into which rows are put without a list of columns.
    all_columns_of: Option<String>,
    /// Whether it puts rows in: what is there already is a matter of keys.
    inserts: bool,
}

impl Mentioned {
    fn read(text: &str, old: &Schema) -> Self {
        let tokens = tokens(text);
        let names = tokens.iter().filter_map(Token::unquoted);
        let names = names.map(|name| fold(&name)).collect();
        let mut literals: Vec<String> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            // What SET gives to a column is there afterwards: only where it has to be alone is it a
            // matter of the rows that have it already.
            let is_value = is_assigned(&tokens, at) && !is_key(&tokens, at, old);
            let Some(literal) = literal(&tokens, at).filter(|_| !is_value) else {
                continue;
            };
            let minus = (token.kind == TokenKind::Number).then(|| format!("-{literal}"));
            for literal in [Some(literal), minus].into_iter().flatten() {
                if !literals.contains(&literal) {
                    literals.push(literal);
                }
            }
        }
        Self {
            names,
            literals,
            all_columns_of: into_without_columns(&tokens),
            inserts: tokens
                .first()
                .is_some_and(|first| first.is_keyword("INSERT") || first.is_keyword("REPLACE")),
        }
    }

    fn columns_of<'t>(&self, table: &'t Table) -> Vec<&'t str> {
        let all = (self.all_columns_of.as_ref()).is_some_and(|name| names_equal(name, &table.name));
        let columns = table.columns.iter().filter(|column| {
            let is_named = all || self.names.contains(&fold(&column.name));
            let counts = !self.inserts || is_key_of(table, &column.name);
            is_named && counts && column.generated.is_none()
        });
        columns.map(|column| column.name.as_str()).collect()
    }
}

fn literal(tokens: &[Token<'_>], at: usize) -> Option<String> {
    let token = &tokens[at];
    match token.kind {
        TokenKind::String | TokenKind::Number | TokenKind::Blob => Some(token.text.to_owned()),
        TokenKind::Word if token.is_keyword("TRUE") => Some("1".to_owned()),
        TokenKind::Word if token.is_keyword("FALSE") => Some("0".to_owned()),
        TokenKind::Word
        | TokenKind::Quoted
        | TokenKind::Variable
        | TokenKind::Operator
        | TokenKind::Illegal => None,
    }
}

/// Whether the column that SET gives a literal to has to be unique in some table.
fn is_key(tokens: &[Token<'_>], at: usize, old: &Schema) -> bool {
    let column = (at.checked_sub(2)).and_then(|column| tokens[column].unquoted());
    column.is_some_and(|column| old.tables().any(|table| is_key_of(table, &column)))
}

/// Whether a column is in the primary key or a UNIQUE constraint.
fn is_key_of(table: &Table, column: &str) -> bool {
    let keys = table.primary_key.iter().flat_map(|key| &key.columns);
    let uniques = table.unique.iter().flat_map(|unique| &unique.columns);
    let mut all = keys.chain(uniques);
    all.any(|key| names_equal(&key.name, column))
}

/// The table of an `INSERT INTO t VALUES ..`.
fn into_without_columns(tokens: &[Token<'_>]) -> Option<String> {
    let into = tokens.iter().position(|token| token.is_keyword("INTO"))?;
    let (name, next) = (tokens.get(into + 1)?, tokens.get(into + 2)?);
    let is_plain = next.is_keyword("VALUES") || next.is_keyword("SELECT");
    is_plain.then(|| name.unquoted()).flatten()
}

/// Puts a literal in the row behind so many others, and in the rows that refer to it.
fn put(
    connection: &Connection,
    (schema, table): (&Schema, &Table),
    column: &str,
    value: &str,
    behind: usize,
) {
    let (name, quoted) = (quote_identifier(&table.name), quote_identifier(column));
    let referring = children(schema, table, column);
    // Of keys of several columns it would have to be all.
    let is_entangled = referring.is_empty() && is_of_foreign_key(schema, table, column);
    let rowid = rowid(table);
    if rowid_of(table).is_none() || refers(table, column) || is_entangled {
        return;
    }
    let row = format!(
        "SELECT {rowid} FROM main.{name} ORDER BY {rowid} LIMIT 1 OFFSET {behind} % (SELECT max(1, \
         count(*)) FROM main.{name})"
    );
    // Whatever the old version refuses cannot be there.
    let put = || -> rusqlite::Result<()> {
        let mut moved = Vec::new();
        for (child, key) in &referring {
            let (child, key) = (quote_identifier(child), quote_identifier(key));
            moved.push(format!(
                "UPDATE main.{child} SET {key} = {value} WHERE {key} IN (SELECT {quoted} FROM main.{name} \
                 WHERE {rowid} = ({row}))"
            ));
        }
        connection.execute_batch("SAVEPOINT put")?;
        let mut all = moved.into_iter().chain([format!(
            "UPDATE main.{name} SET {quoted} = {value} WHERE {rowid} = ({row})"
        )]);
        let done = all.try_for_each(|sql| connection.execute_batch(&sql));
        let end = if done.is_ok() {
            "RELEASE put"
        } else {
            "ROLLBACK TO put; RELEASE put"
        };
        connection.execute_batch(end)
    };
    let _ = put();
}

/// Whether a column holds what is in another table.
fn refers(table: &Table, column: &str) -> bool {
    let keys = table.foreign_keys.iter().flat_map(|key| &key.columns);
    keys.into_iter().any(|name| names_equal(name, column))
}

/// The columns that refer to a column, each alone.
fn children<'s>(schema: &'s Schema, table: &Table, column: &str) -> Vec<(&'s str, &'s str)> {
    let is_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| matches!(&*key.columns, [only] if names_equal(&only.name, column)));
    let mut found = Vec::new();
    for child in schema.tables() {
        for key in &child.foreign_keys {
            let refers = match &key.parent_columns {
                Some(columns) => matches!(&**columns, [only] if names_equal(only, column)),
                None => is_key,
            };
            if let ([own], true) = (
                &*key.columns,
                refers && names_equal(&key.parent, &table.name),
            ) {
                found.push((child.name.as_str(), own.as_str()));
            }
        }
    }
    found
}
