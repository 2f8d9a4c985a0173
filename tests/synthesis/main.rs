//! Rows that respect a schema and look for trouble.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests that say what they measured"
)]

mod corpus;
mod facts;
mod random;
mod schemas;

use facts::{assert_respected, filled, open};
use stepladder::synthesis::{Rows, Scenario, Values, scenarios};

#[test]
fn schemas_by_hand_are_filled() {
    for (name, sql) in schemas::FILLABLE {
        for scenario in scenarios() {
            let (connection, filled) = filled(sql, scenario);
            assert_respected(&connection, sql, scenario, &filled);
            for table in &filled.tables {
                assert_eq!(
                    table.unfilled, None,
                    "{name}: {scenario:?}: {}",
                    table.table
                );
                let most = match scenario.rows {
                    Rows::None => 0,
                    Rows::One => 1,
                    Rows::Many => 5,
                };
                assert!(table.rows >= most, "{name}: {scenario:?}: {table:?}");
            }
        }
    }
}

#[test]
fn what_cannot_be_filled_says_why() {
    for (sql, table, rows, why) in schemas::UNFILLABLE {
        let scenario = facts::MANY;
        let (connection, filled) = filled(sql, scenario);
        assert_respected(&connection, sql, scenario, &filled);
        let found = filled.tables.iter().find(|found| found.table == *table);
        let found = found.unwrap();
        let message = found.unfilled.as_ref().map(ToString::to_string);
        assert_eq!(message.as_deref(), Some(*why), "{sql}");
        assert_eq!(found.rows, *rows, "{sql}");
    }
}

#[test]
fn the_connection_is_left_as_it_was() {
    let connection =
        open("CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END");
    let pragma = |name: &str| -> i64 {
        let sql = format!("PRAGMA {name}");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let before = (pragma("foreign_keys"), pragma("schema_version"));
    let schema = stepladder::introspect::introspect(&connection).unwrap();
    stepladder::synthesis::fill(&connection, &schema, &facts::MANY).unwrap();
    assert_eq!((pragma("foreign_keys"), pragma("schema_version")), before);
    assert!(connection.is_autocommit());
    assert_eq!(facts::number(&connection, "SELECT count(*) FROM t"), 5);
    connection
        .execute_batch("INSERT INTO t VALUES (1)")
        .unwrap();
    assert_eq!(
        facts::number(&connection, "SELECT count(*) FROM t"),
        0,
        "the trigger is on"
    );
}

#[test]
fn it_works_in_a_transaction() {
    let connection = open(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, b NOT NULL REFERENCES b);
         CREATE TABLE b (id INTEGER PRIMARY KEY, a NOT NULL REFERENCES a CHECK (a > 0)); BEGIN",
    );
    let schema = stepladder::introspect::introspect(&connection).unwrap();
    stepladder::synthesis::fill(&connection, &schema, &facts::MANY).unwrap();
    assert!(!connection.is_autocommit());
    assert!(facts::number(&connection, "SELECT count(*) FROM a JOIN b ON b.id = a.b") >= 5);
    connection.execute_batch("ROLLBACK").unwrap();
    assert_eq!(facts::number(&connection, "SELECT count(*) FROM a"), 0);
    let on = facts::number(&connection, "PRAGMA foreign_keys");
    assert_eq!(on, 1, "as `bundled` has it");
}

#[test]
fn another_seed_fills_otherwise() {
    let sql = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE c (b, p REFERENCES p)";
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..4 {
        let odd = Scenario {
            rows: Rows::Many,
            values: Values::Odd,
            seed,
        };
        let (connection, _) = filled(sql, odd);
        seen.insert(format!("{:?}", facts::rows(&connection, "SELECT * FROM c")));
    }
    assert_eq!(seen.len(), 4);
}

#[test]
fn odd_values_are_there() {
    let sql = "CREATE TABLE t (i INTEGER, r REAL, t TEXT, b BLOB, u);
        CREATE TABLE s (i INTEGER, r REAL, t TEXT, b BLOB, u ANY) STRICT;
        CREATE TABLE n (t TEXT COLLATE NOCASE)";
    let scenario = Scenario {
        rows: Rows::Many,
        values: Values::Odd,
        seed: 0,
    };
    let (connection, _) = filled(sql, scenario);
    for condition in [
        "typeof(i) = 'text' AND i <> ''",
        "i = ''",
        "i = 7",
        "typeof(i) = 'real' AND i = 9223372036854775808.0",
        "i = 9007199254740993",
        "i = 9e999",
        "r = 9e999",
        "typeof(r) = 'text'",
        "r = 9007199254740992.0",
        "t = '007'",
        "t = '1e3'",
        "t = ''",
        "t = '9223372036854775808'",
        "instr(t, char(0))",
        "length(t) >= 5000",
        "t LIKE '%''s \"quoted\"%'",
        "t LIKE '%' || char(10) || '%'",
        "t LIKE '%' || char(0x1F980) || '%'",
        "typeof(t) = 'blob'",
        "b = x''",
        "typeof(b) = 'text'",
        "typeof(u) = 'integer'",
    ] {
        let sql = format!("SELECT count(*) FROM t WHERE {condition}");
        assert!(facts::number(&connection, &sql) > 0, "{condition}");
    }
    for (terms, what) in [
        (
            "a.t = b.t COLLATE NOCASE AND a.t <> b.t COLLATE BINARY",
            "case",
        ),
        ("a.t = b.t COLLATE RTRIM AND a.t <> b.t", "spaces"),
        (
            "trim(a.t) = trim(b.t) AND a.t <> b.t",
            "spaces on both sides",
        ),
        ("lower(a.t) = lower(b.t) AND a.t <> b.t", "lower"),
        ("a.t = b.t AND a.i IS b.i AND a.r IS b.r", "duplicate"),
    ] {
        let sql = format!("SELECT count(*) FROM t a JOIN t b ON a.rowid < b.rowid AND {terms}");
        assert!(facts::number(&connection, &sql) > 0, "{what}");
    }
    assert!(
        facts::number(
            &connection,
            "SELECT count(*) FROM s WHERE i = 9007199254740993"
        ) > 0
    );
    assert!(facts::number(&connection, "SELECT count(*) FROM s WHERE u = '007'") > 0);
    let sql = "SELECT count(*) FROM n a JOIN n b ON a.rowid < b.rowid AND a.t = b.t";
    assert!(facts::number(&connection, sql) > 0);
}

#[test]
fn everything_nullable_is_null() {
    let sql = "CREATE TABLE p (id TEXT PRIMARY KEY, a INTEGER NOT NULL, b TEXT, c REAL DEFAULT 1,
            d UNIQUE, e TEXT REFERENCES p, CHECK (b <> 'x'));
        CREATE TABLE w (id TEXT PRIMARY KEY, a) WITHOUT ROWID";
    let scenario = Scenario {
        rows: Rows::Many,
        values: Values::Nulls,
        seed: 0,
    };
    let (connection, _) = filled(sql, scenario);
    let sql = "SELECT count(*) FROM p WHERE coalesce(id, b, c, d, e) IS NULL AND a IS NOT NULL";
    assert!(facts::number(&connection, sql) >= 2);
    let columns = ["id", "b", "c", "d", "e"];
    for column in columns {
        let others = columns.into_iter().filter(|other| *other != column);
        let others = others.collect::<Vec<_>>().join(", ");
        for condition in ["", &format!(" AND coalesce({others}) IS NULL")] {
            let sql = format!("SELECT count(*) FROM p WHERE {column} IS NOT NULL{condition}");
            assert!(facts::number(&connection, &sql) > 0, "{sql}");
        }
    }
    assert!(facts::number(&connection, "SELECT count(*) FROM w WHERE a IS NULL") >= 2);
}

#[test]
fn indexes_are_searched() {
    let (_, sql) = schemas::FILLABLE
        .iter()
        .find(|(name, _)| *name == "search")
        .unwrap();
    let (connection, _) = filled(sql, facts::MANY);
    for (from, least) in [
        ("own5 WHERE own5 MATCH '\"own5.title 3\"'", 1),
        ("over5 WHERE over5 MATCH '\"note.title 3\"'", 1),
        ("none5 WHERE none5 MATCH '\"none5.title 3\"'", 1),
        ("own4 WHERE own4 MATCH '\"own4.title 3\"'", 1),
        ("over4 WHERE over4 MATCH '\"note.title 3\"'", 1),
        ("words", 3),
        (
            "box WHERE x0 < x1 AND y0 < y1 AND label LIKE 'box.label %'",
            5,
        ),
        ("whole WHERE x0 < x1", 5),
    ] {
        let count = facts::number(&connection, &format!("SELECT count(*) FROM {from}"));
        assert!(count >= least, "{from}: {count}");
    }
}

#[test]
fn gaps_siblings_and_childless_parents() {
    let sql = "CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a);
        CREATE TABLE c (a, p NOT NULL REFERENCES p);
        CREATE TABLE one (p INTEGER PRIMARY KEY REFERENCES p)";
    let (connection, _) = filled(sql, facts::MANY);
    let above = "SELECT seq > (SELECT max(id) FROM p) FROM sqlite_sequence WHERE name = 'p'";
    assert_eq!(facts::number(&connection, above), 1);
    let gaps = "SELECT max(rowid) - min(rowid) >= count(*) FROM c";
    assert_eq!(facts::number(&connection, gaps), 1);
    // Of the children without a UNIQUE two have one parent.
    for (child, expected) in [("c", 2), ("one", 1)] {
        let childless = format!("SELECT count(*) FROM p WHERE id NOT IN (SELECT p FROM {child})");
        assert_eq!(facts::number(&connection, &childless), expected, "{child}");
    }
    let siblings = "SELECT count(*) - count(DISTINCT p) FROM c";
    assert_eq!(facts::number(&connection, siblings), 1);
    let emptied = Scenario {
        rows: Rows::None,
        ..facts::MANY
    };
    let (connection, _) = filled(sql, emptied);
    assert_eq!(facts::number(&connection, "SELECT count(*) FROM p"), 0);
    assert!(facts::number(&connection, "SELECT seq FROM sqlite_sequence") > 0);
}

/// What cannot be filled must not hold up the proof either.
#[test]
fn hopeless_tables_are_given_up_soon() {
    let sql = "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, c TEXT NOT NULL, d, e, f,
        CHECK (a * b = 1522757), CHECK (length(c) = a), CHECK (d + e = f), CHECK (e > f))";
    for scenario in scenarios() {
        let start = std::time::Instant::now();
        let (_, filled) = filled(sql, scenario);
        let spent = start.elapsed();
        println!("{:?} in {spent:?}", filled.tables[0].unfilled);
        // About 20 ms; the limit is for slow machines.
        assert!(spent < std::time::Duration::from_secs(30), "{spent:?}");
    }
}
