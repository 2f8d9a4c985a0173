//! Fills virtual tables: full-text indexes and R*Trees.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::candidates::wants_null;
use super::cell::{Cell, Kind};
use super::odd;
use super::row;
use super::scenario::{FilledTable, Scenario, Unfilled, Values};
use crate::schema::VirtualTable;
use crate::sql::{Lexeme, fold, quote_identifier};

/// How the rows of a virtual table come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A full-text index with rows of its own; the name of its rowid.
    FullText(&'static str),
    /// A full-text index over the rows of a table.
    External,
    /// <https://www.sqlite.org/rtree.html>
    Boxes,
    /// <https://www.sqlite.org/geopoly.html>
    Polygons,
    /// It shows what is elsewhere.
    ReadOnly,
    /// Another module.
    Unknown,
}

/// Fills a virtual table; `None` where it has no rows of its own.
pub(super) fn fill(
    connection: &Connection,
    table: &VirtualTable,
    place: usize,
    scenario: Scenario,
) -> Option<FilledTable> {
    let form = form(table);
    let mut filled = FilledTable {
        table: table.name.clone(),
        rows: 0,
        unfilled: None,
    };
    let result = match form {
        Form::ReadOnly => return None,
        Form::External => rebuild(connection, table),
        Form::FullText(_) | Form::Boxes | Form::Polygons | Form::Unknown => {
            insert(connection, table, form, place, scenario)
        }
    };
    match result {
        Ok(rows) => filled.rows = rows,
        Err(error) => filled.unfilled = Some(Unfilled::Refused(row::message(&error))),
    }
    Some(filled)
}

fn form(table: &VirtualTable) -> Form {
    let module = fold(&table.module);
    match module.as_str() {
        "fts3" | "fts4" | "fts5" => {
            let external = table.arguments.iter().any(|argument| {
                matches!(
                    argument.lexemes.as_slice(),
                    [Lexeme::Word(option), Lexeme::Operator(_), value]
                        if option == "content" && !is_empty(value)
                )
            });
            match (external, module.as_str()) {
                (true, _) => Form::External,
                (false, "fts5") => Form::FullText("rowid"),
                (false, _) => Form::FullText("docid"),
            }
        }
        "rtree" | "rtree_i32" => Form::Boxes,
        "geopoly" => Form::Polygons,
        "fts5vocab" | "fts3aux" | "fts4aux" | "fts3tokenize" | "dbstat" => Form::ReadOnly,
        _ => Form::Unknown,
    }
}

/// `content=''`: a full-text index that keeps no texts.
fn is_empty(value: &Lexeme) -> bool {
    match value {
        Lexeme::Word(text) | Lexeme::Quoted(text) | Lexeme::String(text) => text.is_empty(),
        Lexeme::Blob(_)
        | Lexeme::Number(_)
        | Lexeme::Variable(_)
        | Lexeme::Operator(_)
        | Lexeme::Illegal(_) => false,
    }
}

/// Reads the rows of the table that is indexed.
fn rebuild(connection: &Connection, table: &VirtualTable) -> rusqlite::Result<usize> {
    let name = quote_identifier(&table.name);
    let sql = format!("INSERT INTO main.{name} ({name}) VALUES ('rebuild')");
    connection.execute(&sql, [])?;
    let sql = format!("SELECT count(*) FROM main.{name}");
    let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

fn insert(
    connection: &Connection,
    table: &VirtualTable,
    form: Form,
    place: usize,
    scenario: Scenario,
) -> rusqlite::Result<usize> {
    if table.columns.is_empty() {
        // Its module cannot be loaded: SQLite says so.
        let sql = format!("SELECT * FROM main.{}", quote_identifier(&table.name));
        return connection.prepare(&sql).map(|_| 0);
    }
    let mut names: Vec<String> = table
        .columns
        .iter()
        .map(|name| quote_identifier(name))
        .collect();
    let rowid = match form {
        Form::FullText(rowid) => Some(rowid),
        Form::Boxes | Form::Polygons | Form::External | Form::ReadOnly | Form::Unknown => None,
    };
    names.splice(0..0, rowid.map(str::to_owned));
    let sql = format!(
        "INSERT INTO main.{} ({}) VALUES ({})",
        quote_identifier(&table.name),
        names.join(", "),
        vec!["?"; names.len()].join(", ")
    );
    let rows = scenario.rows_at(0);
    if rows == 0 {
        return Ok(0);
    }
    let mut statement = connection.prepare(&sql)?;
    for row in 0..rows {
        let cell = |column_place: usize| Cell {
            table: &table.name,
            table_place: place,
            column: table
                .columns
                .get(column_place)
                .map_or("rowid", String::as_str),
            column_place,
            row,
        };
        let mut values: Vec<Value> = Vec::new();
        values.extend(rowid.map(|_| Value::Integer(cell(table.columns.len()).number())));
        for column in 0..table.columns.len() {
            values.push(value(table, form, &cell(column), scenario));
        }
        statement.execute(params_from_iter(&values))?;
    }
    Ok(rows)
}

fn value(table: &VirtualTable, form: Form, cell: &Cell<'_>, scenario: Scenario) -> Value {
    let column = cell.column_place;
    if form == Form::Boxes && (column == 0 || !is_auxiliary(table, column)) {
        return coordinate(cell, scenario);
    }
    if form == Form::Polygons && column == 0 {
        let x = cell.row;
        let polygon = format!("[[{x},0],[{},0],[{x},1],[{x},0]]", x + 1);
        return Value::Text(polygon);
    }
    match scenario.values {
        Values::Odd => {
            let odd = odd::values(odd::Place {
                kind: Kind::Text,
                strict: true,
                rowid_alias: false,
            });
            odd[(cell.row + scenario.turn()) % odd.len()].clone()
        }
        Values::Nulls if wants_null(scenario, cell.row, column) => Value::Null,
        Values::Nulls | Values::Recognisable => cell.recognisable(Kind::Text),
    }
}

/// `+name`: a column of an R*Tree that is no coordinate.
fn is_auxiliary(table: &VirtualTable, column: usize) -> bool {
    let argument = table.arguments.get(column);
    let first = argument.and_then(|argument| argument.lexemes.first());
    first == Some(&Lexeme::Operator("+".to_owned()))
}

/// The id, or a bound that a 32-bit number can hold: the lower of a pair comes first.
fn coordinate(cell: &Cell<'_>, scenario: Scenario) -> Value {
    if cell.column_place == 0 {
        return Value::Integer(cell.number());
    }
    let number = i64::try_from(cell.small_number()).unwrap_or_default();
    match scenario.values {
        // A box without an inside, and one below zero.
        Values::Odd if cell.row == 0 => Value::Integer(0),
        Values::Odd => Value::Integer(number - 1_000_000),
        Values::Recognisable | Values::Nulls => Value::Integer(number),
    }
}
