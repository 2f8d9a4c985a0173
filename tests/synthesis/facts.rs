//! What must be true of a database that was filled.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};
use stepladder::introspect::introspect;
use stepladder::schema::{Schema, Table};
use stepladder::sql::{Lexeme, fold, names_equal, quote_identifier};
use stepladder::synthesis::{Filled, Rows, Scenario, Values, fill};

pub(crate) const MANY: Scenario = Scenario {
    rows: Rows::Many,
    values: Values::Recognisable,
    seed: 0,
};

pub(crate) fn open(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let result = connection.execute_batch(sql);
    assert!(result.is_ok(), "{result:?}: {sql}");
    connection
}

pub(crate) fn filled(sql: &str, scenario: Scenario) -> (Connection, Filled) {
    let connection = open(sql);
    let schema = introspect(&connection).unwrap();
    let result = fill(&connection, &schema, &scenario);
    assert!(result.is_ok(), "{result:?}: {scenario:?}: {sql}");
    (connection, result.unwrap())
}

pub(crate) fn number(connection: &Connection, sql: &str) -> i64 {
    let result = connection.query_row(sql, [], |row| row.get(0));
    assert!(result.is_ok(), "{result:?}: {sql}");
    result.unwrap()
}

/// The rows of a query. A text that is no UTF-8 is read as a blob.
pub(crate) fn rows(connection: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let value = |at| match row.get_ref(at).unwrap() {
            ValueRef::Text(text) if std::str::from_utf8(text).is_err() => Value::Blob(text.into()),
            other => other.try_into().unwrap(),
        };
        found.push((0..width).map(value).collect());
    }
    found
}

/// All rows of all tables of SQLite, shadow tables and `sqlite_sequence` included.
fn contents(connection: &Connection) -> String {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage <> 0";
    let mut all = String::new();
    for name in rows(connection, sql) {
        let Value::Text(name) = &name[0] else {
            panic!()
        };
        let name = quote_identifier(name);
        let rows = rows(connection, &format!("SELECT * FROM {name}"));
        let _ = writeln!(all, "{name} {rows:?}");
    }
    all
}

/// What has to hold for every schema, whether its tables could be filled or not.
pub(crate) fn assert_respected(
    connection: &Connection,
    sql: &str,
    scenario: Scenario,
    filled: &Filled,
) {
    let context = format!("{scenario:?}: {sql}");
    let check = rows(connection, "PRAGMA integrity_check");
    assert_eq!(check, [[Value::Text("ok".to_owned())]], "{context}");
    // An error is that of a parent without such a key.
    if let Ok(mut statement) = connection.prepare("PRAGMA foreign_key_check") {
        let violated = statement.query([]).unwrap().next().unwrap().is_some();
        assert!(!violated, "foreign_key_check: {context}");
    }
    let fresh = open(sql);
    let stored = "SELECT * FROM sqlite_schema ORDER BY rowid";
    assert_eq!(rows(connection, stored), rows(&fresh, stored), "{context}");
    let temporary = "SELECT count(*) FROM sqlite_temp_master";
    assert_eq!(number(connection, temporary), 0, "{context}");
    let schema = introspect(connection).unwrap();
    let again = fill(&fresh, &schema, &scenario).unwrap();
    assert_eq!(&again, filled, "{context}");
    assert_eq!(contents(&fresh), contents(connection), "{context}");
    for table in &filled.tables {
        if table.table == "none4" {
            // FTS4 cannot count what it has no texts of.
            continue;
        }
        let sql = format!("SELECT count(*) FROM {}", quote_identifier(&table.table));
        let count = usize::try_from(number(connection, &sql)).unwrap();
        assert_eq!(count, table.rows, "{}: {context}", table.table);
        let explained = count > 0 || scenario.rows == Rows::None || table.unfilled.is_some();
        assert!(explained, "{}: {context}", table.table);
    }
    if scenario.values == Values::Recognisable {
        assert_recognisable(connection, &schema, &context);
    }
}

/// No value is in two cells, apart from those that a foreign key or a CHECK decides.
fn assert_recognisable(connection: &Connection, schema: &Schema, context: &str) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for table in schema.tables() {
        let names = table.columns.iter().map(|column| column.name.as_str());
        for name in names.filter(|name| is_free(table, name)) {
            let (table, column) = (quote_identifier(&table.name), quote_identifier(name));
            for row in rows(connection, &format!("SELECT {column} FROM {table}")) {
                assert_ne!(row[0], Value::Null, "{table}.{column}: {context}");
                let value = format!("{:?}", row[0]);
                let place = format!("{table}.{column}");
                if let Some(other) = seen.insert(value.clone(), place.clone()) {
                    panic!("{value} is in {other} and {place}: {context}");
                }
            }
        }
    }
}

fn is_free(table: &Table, name: &str) -> bool {
    let refers = (table.foreign_keys.iter())
        .any(|key| key.columns.iter().any(|column| names_equal(column, name)));
    let checked = table.checks.iter().any(|check| {
        let names = [Lexeme::Word(fold(name)), Lexeme::Quoted(fold(name))];
        (check.expression.lexemes.iter()).any(|lexeme| names.contains(lexeme))
    });
    let generated = table
        .column(name)
        .is_some_and(|column| column.generated.is_some());
    !refers && !checked && !generated
}
