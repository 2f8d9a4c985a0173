//! Random tables with names of every sort, each written in several ways: SQLite's own facts, the
//! introspected ones and the comparison have to agree.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod spec;

use rusqlite::Connection;
use stepladder::compare::{CompareOptions, Strictness, compare};
use stepladder::introspect::{introspect, introspect_table};
use stepladder::schema::{GeneratedStorage, Table};
use stepladder::sql::quote_identifier;

use self::spec::{NAMES, Random, spec, written};

fn open(sql: &str) -> Option<Connection> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).ok().map(|()| connection)
}

/// What SQLite says of each column: name, type, not null, default, place in the key, hidden.
fn assert_pragmas_agree(connection: &Connection, table: &Table) {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)";
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([&table.name]).unwrap();
    let mut at = 0;
    while let Some(row) = rows.next().unwrap() {
        let column = &table.columns[at];
        assert_eq!(row.get::<_, String>(0).unwrap(), column.name);
        assert_eq!(row.get::<_, String>(1).unwrap(), column.declared_type);
        let place: i64 = row.get(4).unwrap();
        let alias = table.rowid_alias().is_some();
        let implied = place > 0 && (table.without_rowid || (table.strict && !alias));
        let not_null: bool = row.get(2).unwrap();
        assert_eq!(
            not_null,
            implied || column.not_null.is_some(),
            "{}",
            table.sql
        );
        let default: Option<String> = row.get(3).unwrap();
        assert_eq!(default.is_some(), column.default.is_some());
        assert_eq!(
            place > 0,
            table
                .primary_key
                .as_ref()
                .is_some_and(|key| { key.columns.iter().any(|member| member.name == column.name) })
        );
        let hidden = column.generated.as_ref().map(|generated| generated.storage);
        assert_eq!(
            row.get::<_, i64>(5).unwrap(),
            match hidden {
                None => 0,
                Some(GeneratedStorage::Virtual) => 2,
                Some(GeneratedStorage::Stored) => 3,
            }
        );
        at += 1;
    }
    assert_eq!(at, table.columns.len());
    let count = |sql: &str| -> usize {
        let mut statement = connection.prepare(sql).unwrap();
        let count: i64 = statement
            .query_row([&table.name], |row| row.get(0))
            .unwrap();
        usize::try_from(count).unwrap()
    };
    let unique = count("SELECT count(*) FROM pragma_index_list(?1) WHERE origin = 'u'");
    assert_eq!(unique, table.unique.len());
    let keys = count("SELECT count(DISTINCT id) FROM pragma_foreign_key_list(?1)");
    assert_eq!(keys, table.foreign_keys.len());
}

fn must_open(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let result = connection.execute_batch(sql);
    assert!(result.is_ok(), "{result:?}: {sql}");
    connection
}

fn assert_equal(a: &Connection, b: &Connection, what: &str) {
    let mut options = CompareOptions::default();
    options.column_order = Strictness::Strict;
    options.type_names = Strictness::Strict;
    let (a, b) = (introspect(a).unwrap(), introspect(b).unwrap());
    let texts: Vec<_> = [&a, &b]
        .iter()
        .map(|s| s.entities[0].sql().to_owned())
        .collect();
    let differences = compare(&a, &b, &options);
    assert!(
        differences.is_empty(),
        "{what}: {differences:?}\n{}",
        texts.join("\n")
    );
}

#[test]
fn the_same_table_written_in_any_way_is_equal() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut tried = 0;
    while tried < 400 {
        let spec = spec(&mut random);
        let name = NAMES[random.below(NAMES.len())];
        let (sql, table_constraints) = written(&mut random, &spec, name);
        // SQLite refuses some: a STRICT default of another type, a generated primary key.
        let Some(a) = open(&sql) else { continue };
        tried += 1;
        let table = introspect_table(&a, name).unwrap().unwrap();
        assert_pragmas_agree(&a, &table);

        let (again, _) = written(&mut random, &spec, &name.to_ascii_uppercase());
        assert_equal(&a, &must_open(&again), "another way");

        let mut parts: Vec<_> = table.columns.iter().map(|c| c.definition.clone()).collect();
        parts.extend(table_constraints);
        let options = spec.options;
        let name_again = quote_identifier(name);
        let sql = format!("CREATE TABLE {name_again} ({}){options}", parts.join(", "));
        assert_equal(&a, &must_open(&sql), "from its definitions");

        let (sql, _) = written(&mut random, &spec, "to be renamed");
        let b = must_open(&sql);
        let rename = format!("ALTER TABLE \"to be renamed\" RENAME TO {name_again}");
        b.execute_batch(&rename).unwrap();
        assert_equal(&a, &b, "renamed");
    }
}

#[test]
fn a_table_is_added_column_by_column() {
    let mut random = Random(42);
    let mut tried = 0;
    while tried < 150 {
        let mut spec = spec(&mut random);
        spec.options = "";
        spec.constraints
            .retain(|constraint| constraint.forms[0].starts_with("CHECK"));
        let (sql, table_constraints) = written(&mut random, &spec, "t");
        let Some(a) = open(&sql) else { continue };
        let table = introspect_table(&a, "t").unwrap().unwrap();
        let first = &table.columns[0].definition;
        let grow = |definition: &str| format!("ALTER TABLE t ADD COLUMN {definition}");
        let added: Vec<_> = table.columns[1..]
            .iter()
            .map(|c| grow(&c.definition))
            .collect();
        let script = format!("CREATE TABLE t ({first}); {}", added.join(";"));
        // Stored columns, and NOT NULL without a default, cannot be added.
        let Some(b) = open(&script) else { continue };
        if table_constraints.is_empty() {
            assert_equal(&a, &b, "column by column");
            tried += 1;
        }
    }
}

#[test]
fn no_text_makes_it_panic() {
    let mut random = Random(7);
    let words = [
        "CREATE",
        "TABLE",
        "t",
        "(",
        ")",
        ",",
        "PRIMARY",
        "KEY",
        "CHECK",
        "REFERENCES",
        "DEFAULT",
        "ON",
        "CONFLICT",
        "NOT",
        "NULL",
        "AS",
        "CONSTRAINT",
        "'",
        "\"",
        "[",
        "x'",
        "UNIQUE",
        "COLLATE",
        "FOREIGN",
        "DEFERRABLE",
        "INITIALLY",
        "SET",
        "MATCH",
        "+",
        "(a",
        "/*",
        "--\n",
        "é",
        "INDEX",
        "WHERE",
        "USING",
        "VIRTUAL",
        "DESC",
        "AUTOINCREMENT",
    ];
    let connection = open(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE REFERENCES t, c AS (a)); CREATE INDEX i
         ON t (b, a + 1) WHERE b; CREATE VIEW v AS SELECT 1; CREATE VIRTUAL TABLE f USING fts5(x);
         CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; PRAGMA writable_schema = ON",
    );
    let connection = connection.unwrap();
    let mut update = connection
        .prepare("UPDATE sqlite_schema SET sql = ?1")
        .unwrap();
    for _ in 0..2000 {
        let length = random.below(20);
        let text: Vec<_> = (0..length).map(|_| random.pick(&words)).collect();
        // SQLite keeps the schema that it has read, so only the text is broken.
        update.execute([text.join(" ")]).unwrap();
        let schema = introspect(&connection).unwrap();
        assert!(schema.entities.len() >= 5);
        assert_eq!(compare(&schema, &schema, &CompareOptions::default()), []);
    }
}
