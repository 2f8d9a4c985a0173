//! The schemas of real apps, where they are at hand: they are read in place, not copied here.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use stepladder::introspect::introspect;
use stepladder::synthesis::{fill, scenarios};

use crate::facts::assert_respected;

/// The SQL of each version in a folder of exported schemas.
fn versions(name: &str) -> Option<BTreeMap<i64, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/corpus")
        .join(name);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return None;
    };
    let mut versions = BTreeMap::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let json: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let number: String = name.chars().filter(char::is_ascii_digit).collect();
        let statements = match json.get("database") {
            Some(database) => room(database),
            None => drift(&json),
        };
        versions.insert(number.parse().unwrap(), statements.join(";\n"));
    }
    Some(versions)
}

fn text<'j>(value: &'j Value, key: &str) -> &'j str {
    value[key].as_str().unwrap()
}

fn list<'j>(value: &'j Value, key: &str) -> &'j [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn room(database: &Value) -> Vec<String> {
    let (mut tables, mut others) = (Vec::new(), Vec::new());
    for entity in list(database, "entities") {
        let table = text(entity, "tableName");
        let sql = |value| text(value, "createSql").replace("${TABLE_NAME}", table);
        tables.push(sql(entity));
        others.extend(list(entity, "indices").iter().map(sql));
        let triggers = list(entity, "contentSyncTriggers").iter();
        others.extend(triggers.map(|sql| sql.as_str().unwrap().to_owned()));
    }
    for view in list(database, "views") {
        others.push(text(view, "createSql").replace("${VIEW_NAME}", text(view, "viewName")));
    }
    tables.append(&mut others);
    tables
}

fn drift(json: &Value) -> Vec<String> {
    let tables = list(json, "entities")
        .iter()
        .filter(|entity| entity["type"] == "table");
    let mut statements: Vec<String> = tables.map(|table| drift_table(&table["data"])).collect();
    let indexes = list(json, "entities")
        .iter()
        .filter(|entity| entity["type"] == "index");
    statements.extend(indexes.filter_map(|index| Some(index["data"]["sql"].as_str()?.to_owned())));
    statements
}

fn drift_table(table: &Value) -> String {
    let quoted = |name: &Value| format!("\"{}\"", name.as_str().unwrap());
    let mut parts: Vec<String> = (list(table, "columns").iter())
        .map(|column| {
            let kind = match text(column, "moor_type") {
                "string" => "TEXT",
                "double" => "REAL",
                "blob" => "BLOB",
                _ => "INTEGER",
            };
            let null = ["NOT NULL", "NULL"][usize::from(column["nullable"] == true)];
            let constraints = column["defaultConstraints"].as_str().unwrap_or_default();
            format!("{} {kind} {null} {constraints}", quoted(&column["name"]))
        })
        .collect();
    if table["explicit_pk"].is_array() {
        let names: Vec<_> = list(table, "explicit_pk").iter().map(quoted).collect();
        parts.push(format!("PRIMARY KEY ({})", names.join(", ")));
    }
    parts.extend(
        list(table, "constraints")
            .iter()
            .map(|sql| sql.as_str().unwrap().to_owned()),
    );
    format!(
        "CREATE TABLE {} ({})",
        quoted(&table["name"]),
        parts.join(", ")
    )
}

fn open(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    connection
}

/// Fills every version in every scenario, and looks at the newest one closely.
fn is_filled(name: &str) {
    let Some(versions) = versions(name) else {
        return;
    };
    for scenario in scenarios() {
        let (mut spent, mut rows, mut tables) = (Duration::ZERO, 0, 0);
        for sql in versions.values() {
            let connection = open(sql);
            let schema = introspect(&connection).unwrap();
            let start = Instant::now();
            let filled = fill(&connection, &schema, &scenario).unwrap();
            spent += start.elapsed();
            tables += filled.tables.len();
            for table in filled.tables {
                assert_eq!(
                    table.unfilled, None,
                    "{name}: {scenario:?}: {}",
                    table.table
                );
                rows += table.rows;
            }
        }
        let count = versions.len();
        println!("{name}: {count} versions, {tables} tables, {rows} rows, {spent:?}: {scenario:?}");
        let (_, newest) = versions.last_key_value().unwrap();
        let connection = open(newest);
        let schema = introspect(&connection).unwrap();
        let filled = fill(&connection, &schema, &scenario).unwrap();
        assert_respected(&connection, newest, scenario, &filled);
    }
}

#[test]
fn room_simple() {
    is_filled("room/simple");
}

#[test]
fn drift_fitbook() {
    is_filled("drift/fitbook");
}

#[test]
fn room_nowinandroid() {
    is_filled("room/nowinandroid");
}
