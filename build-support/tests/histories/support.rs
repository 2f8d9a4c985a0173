//! Runs with the generated code: from every version to the newest and back, with rows in the tables.

use std::collections::BTreeMap;

use stepladder::rusqlite::{Connection, types::Value};
use stepladder::{EntityKind, History, Migrator};

/// What a migration may fail with where rows do not fit into the new schema.
const BY_ROWS: [&str; 3] = [
    "constraint failed",
    "cannot store",
    "whose parent does not exist",
];

pub(crate) fn run<M: Migrator>(
    name: &str,
    keeps: bool,
    history: &'static History,
    steps: impl Fn() -> M,
) {
    let versions: Vec<i32> = history.versions.iter().map(|delta| delta.number).collect();
    let newest = *versions.last().unwrap();
    let (mut reached, mut refused) = (0, 0);
    for to in versions.iter().filter(|version| **version < newest) {
        match back(history, newest, *to, &mut steps()) {
            Ok(connection) => {
                reached += 1;
                let differences = history.at(*to).unwrap().validate(&connection).unwrap();
                assert!(differences.is_empty(), "{name} back to {to}: {differences:#?}");
            }
            Err(error) => {
                refused += 1;
                let text = error.to_string();
                assert!(BY_ROWS.iter().any(|reason| text.contains(reason)), "{name} back to {to}: {text}");
            }
        }
    }
    for from in versions {
        let mut connection = Connection::open_in_memory().unwrap();
        history.at(from).unwrap().create_all(&connection).unwrap();
        connection.pragma_update(None, "user_version", from).unwrap();
        fill(&connection, history, from);
        let before = counts(&connection, history, from);
        let values = values(&connection, history, from);
        match stepladder::run_migration_steps(&mut connection, from, newest, &mut steps()) {
            Ok(()) => {
                reached += 1;
                let differences = history.validate_database_schema(&connection).unwrap();
                assert!(differences.is_empty(), "{name} from {from}: {differences:#?}");
                let check: String = connection
                    .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                    .unwrap();
                assert_eq!(check, "ok", "{name} from {from}");
                let now = self::values(&connection, history, newest);
                assert!(!keeps || values <= now, "{name} from {from}: {values} values, now {now}");
                let after = counts(&connection, history, newest);
                for (table, count) in before {
                    if let (true, Some(now)) = (always(history, from, &table), after.get(&table)) {
                        assert_eq!(count, *now, "{name} from {from}: rows of {table}");
                    }
                }
            }
            Err(error) => {
                refused += 1;
                let text = error.to_string();
                assert!(BY_ROWS.iter().any(|reason| text.contains(reason)), "{name} from {from}: {text}");
            }
        }
    }
    println!("{name}: {reached} reached, {refused} refused by rows");
}

/// A database of the newest version that goes back to an older one.
fn back(
    history: &'static History,
    newest: i32,
    to: i32,
    steps: &mut impl Migrator,
) -> stepladder::Result<Connection> {
    let mut connection = Connection::open_in_memory().unwrap();
    history.at(newest).unwrap().create_all(&connection).unwrap();
    connection.pragma_update(None, "user_version", newest).unwrap();
    fill(&connection, history, newest);
    stepladder::run_migration_steps(&mut connection, newest, to, steps)?;
    Ok(connection)
}

fn quoted(name: &str) -> String {
    stepladder::sql::quote_identifier(name)
}

/// Whether a table has its name and its kind from a version on.
fn always(history: &'static History, from: i32, table: &str) -> bool {
    history.versions.iter().filter(|delta| delta.number >= from).all(|delta| {
        history.at(delta.number).unwrap().entities().iter().any(|entity| {
            entity.kind == EntityKind::Table && entity.name.eq_ignore_ascii_case(table)
        })
    })
}

fn tables(history: &'static History, version: i32) -> Vec<String> {
    let version = history.at(version).unwrap();
    let tables = version.entities().iter().filter(|entity| entity.kind == EntityKind::Table);
    tables.map(|entity| entity.name.to_owned()).collect()
}

fn counts(connection: &Connection, history: &'static History, version: i32) -> BTreeMap<String, i64> {
    let count = |table: String| {
        let sql = format!("SELECT count(*) FROM main.{}", quoted(&table));
        let count = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        (table.to_ascii_lowercase(), count)
    };
    tables(history, version).into_iter().map(count).collect()
}

/// How many values are in the tables.
fn values(connection: &Connection, history: &'static History, version: i32) -> i64 {
    let mut count = 0;
    for table in tables(history, version) {
        let columns = columns(connection, &table);
        let sums = columns.iter().map(|(name, _)| format!("count({})", quoted(name)));
        let sums = sums.collect::<Vec<_>>().join(" + ");
        let sql = format!("SELECT {sums} FROM main.{}", quoted(&table));
        count += connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
    }
    count
}

fn columns(connection: &Connection, table: &str) -> Vec<(String, String)> {
    let mut columns = connection
        .prepare("SELECT name, upper(type) FROM pragma_table_xinfo(?1) WHERE hidden = 0")
        .unwrap();
    columns
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// Three rows a table, as far as its constraints let them in.
fn fill(connection: &Connection, history: &'static History, version: i32) {
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for table in tables(history, version) {
        let columns = columns(connection, &table);
        for row in 0..3 {
            let names: Vec<_> = columns.iter().map(|(name, _)| quoted(name)).collect();
            let values = columns.iter().map(|(_, kind)| value(kind, row));
            let places = vec!["?"; names.len()].join(", ");
            let sql = format!(
                "INSERT OR IGNORE INTO main.{} ({}) VALUES ({places})",
                quoted(&table),
                names.join(", ")
            );
            // A CHECK or a trigger may not want it.
            let _ = connection.execute(&sql, stepladder::rusqlite::params_from_iter(values));
        }
    }
}

fn value(kind: &str, row: u8) -> Value {
    match kind {
        kind if kind.contains("INT") || kind.contains("NUM") => Value::Integer(i64::from(row) + 1),
        "REAL" => Value::Real(f64::from(row) + 0.5),
        "BLOB" => Value::Blob(vec![row]),
        _ => Value::Text(format!("t{row}")),
    }
}

/// An empty database at a version.
pub(crate) fn empty(history: &'static History, version: i32) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    history.at(version).unwrap().create_all(&connection).unwrap();
    connection
}

/// What was added, if no constraint was against it and what SQLite computes is of its declared type.
pub(crate) fn fits<T>(added: stepladder::Result<T>) -> Option<T> {
    match added {
        Ok(added) => Some(added),
        Err(stepladder::Error::ValueMisfit(_)) => None,
        Err(error) => {
            let text = error.to_string();
            assert!(BY_ROWS.iter().any(|reason| text.contains(reason)), "{text}");
            None
        }
    }
}
