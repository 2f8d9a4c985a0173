//! A throwaway converter: the exported schemas of Room and Drift as statements. Enough for the
//! histories that the tests read, no importer.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use stepladder::introspect::introspect;
use stepladder_build::snapshot::{Parent, Snapshot};

/// The statements of each version.
pub(crate) type Statements = BTreeMap<i32, Vec<String>>;

/// Reads a folder of exported schemas.
pub(crate) fn read(folder: &Path) -> Statements {
    let mut versions = Statements::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        if json.get("formatVersion").is_some() {
            let version = json["database"]["version"].as_i64().unwrap();
            versions.insert(i32::try_from(version).unwrap(), room(&json["database"]));
        } else {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let version = name.trim_start_matches("drift_schema_v").parse().unwrap();
            versions.insert(version, drift(&json));
        }
    }
    versions
}

/// Writes the snapshots of a history, and its newest version as `schema.sql`.
pub(crate) fn write(versions: &Statements, folder: &Path) {
    let mut parent = None;
    for (version, statements) in versions {
        let connection = Connection::open_in_memory().unwrap();
        for statement in statements {
            connection
                .execute_batch(statement)
                .unwrap_or_else(|error| panic!("version {version}: {error}: {statement}"));
        }
        let schema = introspect(&connection).unwrap();
        let snapshot = Snapshot::from_schema(*version, parent.take(), &schema);
        let file = folder.join(format!("schema_v{version}.json"));
        std::fs::write(file, snapshot.to_json()).unwrap();
        parent = Some(Parent {
            version: *version,
            fingerprint: snapshot.fingerprint(),
            step: None,
        });
    }
    let (_, newest) = versions.last_key_value().unwrap();
    std::fs::write(folder.join("schema.sql"), newest.join(";\n") + ";\n").unwrap();
}

fn room(database: &Value) -> Vec<String> {
    let mut statements = Vec::new();
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    for entity in list(database, "entities") {
        let table = text(&entity, "tableName");
        let of_table = |sql: String| sql.replace("${TABLE_NAME}", &table);
        statements.push(of_table(text(&entity, "createSql")));
        for index in list(&entity, "indices") {
            statements.push(of_table(text(&index, "createSql")));
        }
        for trigger in list(&entity, "contentSyncTriggers") {
            statements.push(trigger.as_str().unwrap().to_owned());
        }
    }
    for view in list(database, "views") {
        let name = text(&view, "viewName");
        statements.push(text(&view, "createSql").replace("${VIEW_NAME}", &name));
    }
    statements.retain(|sql| !sql.contains("room_master_table"));
    // Tables first: a trigger may belong to a table that comes later.
    statements.sort_by_key(|sql| !sql.starts_with("CREATE TABLE") && !sql.contains("VIRTUAL"));
    statements
}

fn drift(json: &Value) -> Vec<String> {
    if let Some(fixed) = json["fixed_sql"].as_array() {
        return fixed
            .iter()
            .map(|entity| {
                let sql = entity["sql"].as_array().unwrap();
                sql[0]["sql"].as_str().unwrap().to_owned()
            })
            .collect();
    }
    let entities = json["entities"].as_array().unwrap();
    entities
        .iter()
        .filter_map(|entity| {
            let data = &entity["data"];
            match entity["type"].as_str().unwrap() {
                "table" => Some(drift_table(data)),
                "index" => data["sql"].as_str().map(str::to_owned),
                _ => None,
            }
        })
        .collect()
}

fn drift_table(table: &Value) -> String {
    let mut parts = Vec::new();
    for column in table["columns"].as_array().unwrap() {
        let kind = match column["moor_type"].as_str().unwrap() {
            "string" => "TEXT",
            "double" => "REAL",
            "blob" => "BLOB",
            _ => "INTEGER",
        };
        let null = if column["nullable"].as_bool().unwrap() {
            "NULL"
        } else {
            "NOT NULL"
        };
        let constraints = column["defaultConstraints"].as_str().unwrap_or_default();
        let name = column["name"].as_str().unwrap();
        parts.push(format!("\"{name}\" {kind} {null} {constraints}"));
    }
    if let Some(key) = table["explicit_pk"].as_array() {
        let names: Vec<_> = key
            .iter()
            .map(|name| format!("\"{}\"", name.as_str().unwrap()))
            .collect();
        parts.push(format!("PRIMARY KEY ({})", names.join(", ")));
    }
    format!(
        "CREATE TABLE \"{}\" ({})",
        table["name"].as_str().unwrap(),
        parts.join(", ")
    )
}
