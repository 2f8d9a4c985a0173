//! What there is to know about a table before its first row is made.

use std::collections::BTreeSet;

use rusqlite::types::Value;

use super::cell::{Cell, kind};
use super::odd;
use super::scenario::{Scenario, Values};
use crate::schema::{Column, Entity, Index, IndexTerm, KeyColumn, Schema, Table};
use crate::sql::{Lexeme, canonical_text, names_equal, quote_identifier};

/// A table and what its rows have to respect.
#[derive(Debug)]
pub(super) struct Plan<'s> {
    pub(super) table: &'s Table,
    pub(super) place: usize,
    pub(super) scenario: Scenario,
    /// How many rows it is to get.
    pub(super) rows: usize,
    /// The columns that an INSERT can name.
    pub(super) columns: Vec<Slot<'s>>,
    /// The name of the rowid where it is no column and can be written.
    pub(super) rowid: Option<&'static str>,
    /// What must not be false in a row.
    pub(super) rules: Vec<Rule>,
    /// Columns whose values are chosen together. Every column is in one of them.
    pub(super) units: Vec<Unit>,
    /// What SQLite says when a key is there already, and the columns that it is of. Those that only
    /// decide whether there is a key come first.
    pub(super) unique: Vec<(String, Vec<usize>)>,
}

/// A column that an INSERT can name.
#[derive(Debug)]
pub(super) struct Slot<'s> {
    pub(super) column: &'s Column,
    /// Its place in the table, generated columns counted.
    pub(super) place: usize,
    pub(super) nullable: bool,
    pub(super) rowid_alias: bool,
    pub(super) odd: Vec<Value>,
}

/// A CHECK, or the NOT NULL of a generated column.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) sql: String,
    /// What is said where it refuses a row, `None` where SQLite says it as well.
    pub(super) message: Option<String>,
    pub(super) lexemes: Vec<Lexeme>,
    pub(super) columns: BTreeSet<usize>,
}

/// The columns of foreign keys that share columns; or one column.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) columns: Vec<usize>,
    /// The places of the foreign keys.
    pub(super) foreign_keys: Vec<usize>,
}

impl Plan<'_> {
    /// The cell of a column.
    pub(super) fn cell(&self, slot: usize, row: usize) -> Cell<'_> {
        Cell {
            table: &self.table.name,
            table_place: self.place,
            column: &self.columns[slot].column.name,
            column_place: self.columns[slot].place,
            row,
        }
    }

    /// The units that a rule is about.
    pub(super) fn units_of(&self, columns: &BTreeSet<usize>) -> Vec<usize> {
        let touches = |unit: &Unit| unit.columns.iter().any(|column| columns.contains(column));
        (0..self.units.len())
            .filter(|place| touches(&self.units[*place]))
            .collect()
    }
}

/// Whether a column takes NULL.
pub(super) fn is_nullable(table: &Table, column: &Column) -> bool {
    let in_key = table.primary_key.as_ref().is_some_and(|key| {
        let is_it = |member: &KeyColumn| names_equal(&member.name, &column.name);
        key.columns.iter().any(is_it) && (key.rowid_alias || table.without_rowid || table.strict)
    });
    column.not_null.is_none() && !in_key
}

/// Whether a column is the INTEGER PRIMARY KEY.
pub(super) fn is_rowid_alias(table: &Table, column: &Column) -> bool {
    let alias = table.rowid_alias();
    alias.is_some_and(|alias| names_equal(&alias.name, &column.name))
}

/// The plan of a table.
pub(super) fn plan<'s>(
    schema: &'s Schema,
    table: &'s Table,
    place: usize,
    scenario: Scenario,
    rows: usize,
) -> Plan<'s> {
    let columns: Vec<Slot<'s>> = (table.columns.iter().enumerate())
        .filter(|(_, column)| column.generated.is_none())
        .map(|(place, column)| slot(table, place, column, scenario))
        .collect();
    let units = units(table, &columns);
    Plan {
        rules: rules(table, &columns),
        unique: unique(schema, table, &columns),
        rowid: rowid(table),
        table,
        place,
        scenario,
        rows,
        columns,
        units,
    }
}

fn slot<'s>(table: &Table, place: usize, column: &'s Column, scenario: Scenario) -> Slot<'s> {
    let rowid_alias = is_rowid_alias(table, column);
    let odd_place = odd::Place {
        kind: kind(column),
        strict: table.strict,
        rowid_alias,
    };
    Slot {
        column,
        place,
        nullable: is_nullable(table, column),
        rowid_alias,
        odd: match scenario.values {
            Values::Odd => odd::values(odd_place),
            Values::Recognisable | Values::Nulls => Vec::new(),
        },
    }
}

fn rowid(table: &Table) -> Option<&'static str> {
    if table.without_rowid || table.rowid_alias().is_some() {
        return None;
    }
    ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|name| table.column(name).is_none())
}

fn rules(table: &Table, columns: &[Slot<'_>]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = (table.checks.iter())
        .map(|check| Rule {
            sql: canonical_text(&check.expression.lexemes),
            // SQLite takes the text for the name and removes what looks like quotes, so that of
            // `"a" > 0` it says `a`.
            message: (check.name.is_none())
                .then(|| format!("CHECK constraint failed: {}", check.expression.sql)),
            columns: columns_in(&check.expression.lexemes, table, columns),
            lexemes: check.expression.lexemes.clone(),
        })
        .collect();
    for column in &table.columns {
        if let (Some(generated), Some(_)) = (&column.generated, &column.not_null) {
            let lexemes = &generated.expression.lexemes;
            rules.push(Rule {
                sql: format!("{} IS NOT NULL", quote_identifier(&column.name)),
                message: None,
                columns: columns_in(lexemes, table, columns),
                lexemes: lexemes.clone(),
            });
        }
    }
    rules
}

/// The columns that an expression names, those behind generated columns included.
fn columns_in(lexemes: &[Lexeme], table: &Table, columns: &[Slot<'_>]) -> BTreeSet<usize> {
    let mut names: Vec<&str> = lexemes.iter().filter_map(name).collect();
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < names.len() {
        let mut name = names[at];
        if let (Some(alias), "rowid" | "oid" | "_rowid_") = (table.rowid_alias(), name)
            && table.column(name).is_none()
        {
            name = &alias.name;
        }
        let slot = (columns.iter()).position(|slot| names_equal(&slot.column.name, name));
        found.extend(slot);
        if let Some(generated) = table.column(name).and_then(|c| c.generated.as_ref()) {
            for name in generated.expression.lexemes.iter().filter_map(self::name) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        at += 1;
    }
    found
}

fn name(lexeme: &Lexeme) -> Option<&str> {
    match lexeme {
        Lexeme::Word(name) | Lexeme::Quoted(name) => Some(name),
        Lexeme::String(_)
        | Lexeme::Blob(_)
        | Lexeme::Number(_)
        | Lexeme::Variable(_)
        | Lexeme::Operator(_)
        | Lexeme::Illegal(_) => None,
    }
}

/// Puts columns that foreign keys tie to each other together.
fn units(table: &Table, columns: &[Slot<'_>]) -> Vec<Unit> {
    let mut group: Vec<usize> = (0..columns.len()).collect();
    let mut of_key = Vec::new();
    for key in &table.foreign_keys {
        let members: Vec<usize> = (key.columns.iter())
            .filter_map(|name| {
                columns
                    .iter()
                    .position(|slot| names_equal(&slot.column.name, name))
            })
            .collect();
        for pair in members.windows(2) {
            let (keep, gone) = (group[pair[0]], group[pair[1]]);
            for member in &mut group {
                if *member == gone {
                    *member = keep;
                }
            }
        }
        // A key with a generated column is left to the check of foreign keys at the end.
        let complete = members.len() == key.columns.len();
        of_key.push(members.first().copied().filter(|_| complete));
    }
    let mut units: Vec<Unit> = Vec::new();
    for id in 0..columns.len() {
        let members: Vec<usize> = (0..columns.len()).filter(|at| group[*at] == id).collect();
        let foreign_keys: Vec<usize> = (0..of_key.len())
            .filter(|key| of_key[*key].is_some_and(|first| members.contains(&first)))
            .collect();
        if foreign_keys.is_empty() {
            units.extend(members.into_iter().map(|column| Unit {
                columns: vec![column],
                foreign_keys: Vec::new(),
            }));
        } else {
            units.push(Unit {
                columns: members,
                foreign_keys,
            });
        }
    }
    units
}

/// The messages for each key: <https://www.sqlite.org/rescode.html#constraint_unique>
fn unique(schema: &Schema, table: &Table, columns: &[Slot<'_>]) -> Vec<(String, Vec<usize>)> {
    let mut found = Vec::new();
    let keys = table.unique.iter().map(|unique| &unique.columns);
    for key in keys.chain(table.primary_key.iter().map(|key| &key.columns)) {
        let names: Vec<&str> = key.iter().map(|column| column.name.as_str()).collect();
        let mut involved = BTreeSet::new();
        for name in &names {
            involved.extend(behind(name, table, columns));
        }
        found.push((unique_message(table, &names), Vec::from_iter(involved)));
    }
    for entity in &schema.entities {
        if let Entity::Index(index) = entity
            && index.unique
            && names_equal(&index.table, &table.name)
        {
            let involved = columns_of_index(index, table, columns);
            let mut names = Vec::new();
            for column in &index.columns {
                if let IndexTerm::Column(name) = &column.term {
                    names.push(name.as_str());
                }
            }
            let by_name = format!("UNIQUE constraint failed: index '{}'", index.name);
            found.push((by_name, involved.clone()));
            found.push((unique_message(table, &names), involved));
        }
    }
    found
}

fn unique_message(table: &Table, names: &[&str]) -> String {
    let names: Vec<_> = (names.iter())
        .map(|name| format!("{}.{name}", table.name))
        .collect();
    format!("UNIQUE constraint failed: {}", names.join(", "))
}

fn columns_of_index(index: &Index, table: &Table, columns: &[Slot<'_>]) -> Vec<usize> {
    let mut involved = BTreeSet::new();
    for column in &index.columns {
        match &column.term {
            IndexTerm::Column(name) => involved.extend(behind(name, table, columns)),
            IndexTerm::Expression(expression) => {
                involved.extend(columns_in(&expression.lexemes, table, columns));
            }
            IndexTerm::Rowid => {}
        }
    }
    let mut all = Vec::new();
    if let Some(filter) = &index.filter {
        all.extend(columns_in(&filter.lexemes, table, columns));
        all.retain(|column| !involved.contains(column));
    }
    all.extend(involved);
    all
}

/// The column, or those that a generated column is computed from.
fn behind(name: &str, table: &Table, columns: &[Slot<'_>]) -> BTreeSet<usize> {
    columns_in(&[Lexeme::Word(name.to_owned())], table, columns)
}
