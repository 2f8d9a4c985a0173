//! The rows that foreign keys can refer to: <https://www.sqlite.org/foreignkeys.html>

use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Row, Statement};

use super::candidates;
use super::order::place_of;
use super::scenario::Scenario;
use crate::schema::{ForeignKey, Table};
use crate::sql::{names_equal, quote_identifier};

/// The values of the columns of a key in one row.
pub(super) type Tuple = Vec<Value>;

/// The tables and what is in them so far.
#[derive(Debug)]
pub(super) struct Parents<'a> {
    pub(super) connection: &'a Connection,
    pub(super) tables: &'a [&'a Table],
    pub(super) scenario: Scenario,
    heights: &'a [usize],
    filled: Vec<bool>,
    known: BTreeMap<(usize, Vec<usize>), Rc<Vec<Tuple>>>,
}

/// The columns that a foreign key refers to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) table: usize,
    pub(super) columns: Vec<usize>,
}

/// Where the values of a foreign key come from.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// The rows of another table.
    Rows(Rc<Vec<Tuple>>),
    /// The rows of the table itself: those that are there, and the one that is being made.
    Own {
        rows: Statement<'a>,
        columns: Vec<usize>,
    },
}

impl<'a> Parents<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        tables: &'a [&'a Table],
        heights: &'a [usize],
        scenario: Scenario,
    ) -> Self {
        Self {
            connection,
            tables,
            scenario,
            heights,
            filled: vec![false; tables.len()],
            known: BTreeMap::new(),
        }
    }

    /// How many rows a table is to get.
    pub(super) fn rows_wanted(&self, place: usize) -> usize {
        self.scenario.rows_at(self.heights[place])
    }

    /// From here on the rows of the table are read, not guessed.
    pub(super) fn is_filled(&mut self, place: usize) {
        self.filled[place] = true;
    }

    /// Where the values for a foreign key of a table come from.
    pub(super) fn source(
        &mut self,
        child: usize,
        key: &ForeignKey,
    ) -> rusqlite::Result<Source<'a>> {
        let Some(target) = target(key, self.tables) else {
            return Ok(Source::Rows(Rc::default()));
        };
        let Target { table, columns } = target;
        if table == child {
            let rows = self
                .connection
                .prepare(&select(self.tables[table], &columns))?;
            return Ok(Source::Own { rows, columns });
        }
        if !self.filled[table] {
            return Ok(Source::Rows(Rc::new(self.predicted(table, &columns))));
        }
        if let Some(known) = self.known.get(&(table, columns.clone())) {
            return Ok(Source::Rows(Rc::clone(known)));
        }
        let sql = select(self.tables[table], &columns);
        let rows = Rc::new(read(&mut self.connection.prepare(&sql)?)?);
        self.known.insert((table, columns), Rc::clone(&rows));
        Ok(Source::Rows(rows))
    }

    /// The rows that a table will probably have. Where it gets others, the foreign keys that went
    /// wrong are repaired at the end.
    fn predicted(&self, table: usize, columns: &[usize]) -> Vec<Tuple> {
        (0..self.rows_wanted(table))
            .map(|row| {
                (columns.iter())
                    .map(|column| self.own_value(table, *column, row))
                    .collect()
            })
            .filter(|tuple: &Tuple| !tuple.contains(&Value::Null))
            .collect()
    }

    /// The value that a cell should get.
    pub(super) fn own_value(&self, table: usize, column: usize, row: usize) -> Value {
        let amount = (self.scenario, self.rows_wanted(table));
        candidates::predicted(self.tables[table], table, column, row, amount)
    }
}

/// The columns that a foreign key refers to; `None` where there is no such table, or no such key.
pub(super) fn target(key: &ForeignKey, tables: &[&Table]) -> Option<Target> {
    let table = place_of(&key.parent, tables)?;
    let parent = tables[table];
    let names: Vec<&str> = match (&key.parent_columns, &parent.primary_key) {
        (Some(names), _) => names.iter().map(String::as_str).collect(),
        (None, Some(primary)) => primary.columns.iter().map(|c| c.name.as_str()).collect(),
        (None, None) => return None,
    };
    let place = |name: &str| (parent.columns.iter()).position(|c| names_equal(&c.name, name));
    let columns: Option<Vec<usize>> = names.into_iter().map(place).collect();
    let columns = columns.filter(|columns| columns.len() == key.columns.len())?;
    Some(Target { table, columns })
}

/// The statement that reads the keys of a table that can be referred to.
pub(super) fn select(table: &Table, columns: &[usize]) -> String {
    let names: Vec<_> = (columns.iter())
        .map(|column| quote_identifier(&table.columns[*column].name))
        .collect();
    let not_null: Vec<_> = names
        .iter()
        .map(|name| format!("{name} IS NOT NULL"))
        .collect();
    format!(
        "SELECT DISTINCT {} FROM main.{} NOT INDEXED WHERE {}",
        names.join(", "),
        quote_identifier(&table.name),
        not_null.join(" AND ")
    )
}

/// The rows of a statement. Nothing can refer to what cannot be read.
pub(super) fn read(statement: &mut Statement<'_>) -> rusqlite::Result<Vec<Tuple>> {
    let width = statement.column_count();
    let mut rows = statement.query([])?;
    let mut tuples = Vec::new();
    while let Some(row) = rows.next()? {
        let values: Option<Tuple> = (0..width).map(|at| readable(row, at)).collect();
        tuples.extend(values);
    }
    Ok(tuples)
}

/// A value; `None` for a text that is no UTF-8, as `||` makes from blobs. Some versions of rusqlite
/// panic when they read one.
pub(super) fn readable(row: &Row<'_>, at: usize) -> Option<Value> {
    Some(match row.get_ref(at).ok()? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => Value::Text(std::str::from_utf8(text).ok()?.to_owned()),
        ValueRef::Blob(blob) => Value::Blob(blob.to_owned()),
    })
}
