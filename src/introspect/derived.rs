//! Indexes, triggers, views and virtual tables.

use super::cursor::{Cursor, split_at_commas};
use super::expression::{expression, text_of};
use super::facts::{Facts, SchemaRow};
use super::table::{column_names, row_names};
use crate::schema::{
    Expression, Index, IndexColumn, IndexTerm, SortOrder, Trigger, View, VirtualTable,
};
use crate::sql::{Token, names_equal, tokens};

/// The index of a row of `sqlite_schema`.
pub(super) fn index(facts: &Facts, row: &SchemaRow) -> Index {
    let tokens = tokens(&row.sql);
    // CREATE [UNIQUE] INDEX name ON table (terms) [WHERE filter]
    let mut cursor = after_name(&tokens, "INDEX");
    cursor.eat("ON");
    cursor.next();
    let terms = split_at_commas(cursor.group().unwrap_or_default());
    let filter = cursor
        .eat("WHERE")
        .then(|| expression(cursor.rest(), &row_names(facts, &row.table)));
    let names = column_names(facts, &row.table);
    let fact = facts
        .indexes(&row.table)
        .iter()
        .find(|index| names_equal(&index.name, &row.name));
    let columns = fact.map_or(&[][..], |fact| fact.columns.as_slice());
    Index {
        name: row.name.clone(),
        table: row.table.clone(),
        unique: fact.is_some_and(|fact| fact.unique),
        columns: columns
            .iter()
            .enumerate()
            .map(|(at, column)| IndexColumn {
                term: match (&column.name, column.place) {
                    (Some(name), _) => IndexTerm::Column(name.clone()),
                    (None, -1) => IndexTerm::Rowid,
                    (None, _) => {
                        let term = without_order(terms.get(at).copied().unwrap_or_default());
                        IndexTerm::Expression(expression(term, &names))
                    }
                },
                order: if column.descending {
                    SortOrder::Descending
                } else {
                    SortOrder::Ascending
                },
                collation: column.collation.clone(),
            })
            .collect(),
        filter,
        sql: row.sql.clone(),
    }
}

/// The term of an index without its order. A COLLATE stays: in `a = b COLLATE c` it is a part of
/// the expression.
fn without_order<'t, 'a>(term: &'t [Token<'a>]) -> &'t [Token<'a>] {
    match term {
        [rest @ .., last] if last.is_keyword("ASC") || last.is_keyword("DESC") => rest,
        _ => term,
    }
}

/// The trigger of a row of `sqlite_schema`.
pub(super) fn trigger(row: &SchemaRow) -> Trigger {
    let tokens = tokens(&row.sql);
    Trigger {
        name: row.name.clone(),
        table: row.table.clone(),
        definition: Expression::new(text_of(after_name(&tokens, "TRIGGER").rest())),
        sql: row.sql.clone(),
    }
}

/// The view of a row of `sqlite_schema`.
pub(super) fn view(row: &SchemaRow) -> View {
    let tokens = tokens(&row.sql);
    View {
        name: row.name.clone(),
        definition: Expression::new(text_of(after_name(&tokens, "VIEW").rest())),
        sql: row.sql.clone(),
    }
}

/// The virtual table of a row of `sqlite_schema`.
pub(super) fn virtual_table(row: &SchemaRow, columns: Vec<String>) -> VirtualTable {
    let tokens = tokens(&row.sql);
    let mut cursor = after_name(&tokens, "TABLE");
    cursor.eat("USING");
    let module = cursor.name().unwrap_or_default();
    let arguments = cursor.group().unwrap_or_default();
    VirtualTable {
        name: row.name.clone(),
        module,
        arguments: split_at_commas(arguments)
            .into_iter()
            .map(|argument| Expression::new(text_of(argument)))
            .collect(),
        columns,
        sql: row.sql.clone(),
    }
}

/// Behind `CREATE ... <kind> name`.
fn after_name<'t, 'a>(tokens: &'t [Token<'a>], kind: &str) -> Cursor<'t, 'a> {
    let mut cursor = Cursor::new(tokens);
    while !cursor.eat(kind) && cursor.next().is_some() {}
    cursor.next();
    cursor
}
