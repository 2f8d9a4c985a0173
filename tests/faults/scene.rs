//! A shop with five versions, and what its rows are at each of them, told without SQLite.

use std::path::Path;

use rusqlite::{Connection, params};
use stepladder::History;

use crate::support::rebuilt::stored;
use crate::support::{Steps, rebuild, rows};

const ITEM_1: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, \
    price INTEGER NOT NULL, note TEXT);";
const ITEM_2: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, \
    price INTEGER NOT NULL, note TEXT, vat INTEGER NOT NULL DEFAULT 20);";
const ITEM_3: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, \
    name TEXT NOT NULL COLLATE NOCASE, vat INTEGER NOT NULL DEFAULT 20, \
    price INTEGER NOT NULL CHECK (price >= 0), note TEXT);";
const ITEM_4: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, \
    name TEXT NOT NULL COLLATE NOCASE, vat INTEGER NOT NULL DEFAULT 20, \
    price INTEGER NOT NULL CHECK (price >= 0), remark TEXT);";
const STOCK: &str = "CREATE TABLE stock (id INTEGER PRIMARY KEY AUTOINCREMENT, \
    item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, amount INTEGER NOT NULL); \
    CREATE INDEX stock_item ON stock (item_id);";
const STOCK_4: &str = "CREATE TABLE stock (id INTEGER PRIMARY KEY AUTOINCREMENT, \
    item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, \
    amount INTEGER NOT NULL CHECK (amount < 1000)); \
    CREATE INDEX stock_item ON stock (item_id);";
const LOG: &str = "CREATE TABLE log (line TEXT, at INTEGER); CREATE INDEX log_at ON log (at);";
const LOG_4: &str =
    "CREATE TABLE log (line TEXT NOT NULL, at INTEGER); CREATE INDEX log_at ON log (at);";
const ARCHIVE: &str = "CREATE TABLE archive (id INTEGER PRIMARY KEY, line TEXT NOT NULL);";

pub(crate) const OLDEST: i32 = 1;
pub(crate) const NEWEST: i32 = 5;

/// The history, its steps and the ways back. They leak a little, so a loop takes them once.
pub(crate) fn steps() -> Steps {
    let schemas = [
        [ITEM_1, STOCK, LOG].concat(),
        [ITEM_2, STOCK, LOG].concat(),
        [ITEM_3, STOCK, LOG].concat(),
        [ITEM_4, STOCK_4, LOG_4].concat(),
        [ITEM_4, STOCK_4, ARCHIVE].concat(),
    ];
    let versions: Vec<(i32, &str)> = (1..).zip(schemas.iter().map(String::as_str)).collect();
    let steps = Steps::new(&versions);
    let history = steps.history;
    steps
        .sql(
            1,
            "ALTER TABLE item ADD COLUMN vat INTEGER NOT NULL DEFAULT 20;\n\
             UPDATE item SET price = price * 100;",
        )
        .rebuild(2, &["item"])
        .step(3, move |step| {
            step.rename_column("item", "note", "remark")?;
            rebuild(step, history, "stock", &[("amount", "amount * 2")])?;
            rebuild(step, history, "log", &[])
        })
        .sql(
            4,
            "CREATE TABLE archive (id INTEGER PRIMARY KEY, line TEXT NOT NULL);\n\
             INSERT INTO archive SELECT rowid, line || ' at ' || at FROM log;\n\
             DROP TABLE log;",
        )
        .rollback(
            5,
            "CREATE TABLE log (line TEXT NOT NULL, at INTEGER);\n\
             CREATE INDEX log_at ON log (at);\n\
             INSERT INTO log (rowid, line, at) SELECT id, substr(line, 1, instr(line, ' at ') - 1), \
             CAST(substr(line, instr(line, ' at ') + 4) AS INTEGER) FROM archive;\n\
             DROP TABLE archive;",
        )
        .step_back(4, move |step| {
            step.rename_column("item", "remark", "note")?;
            rebuild(step, history, "stock", &[("amount", "amount / 2")])?;
            rebuild(step, history, "log", &[])
        })
        .step_back(3, move |step| rebuild(step, history, "item", &[]))
        .rollback(
            2,
            "UPDATE item SET price = price / 100;\n\
             ALTER TABLE item DROP COLUMN vat;",
        )
}

/// A file at version 1 with this many items.
pub(crate) fn create(path: &Path, history: &History, items: i64, pragmas: &str) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(pragmas).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    crate::support::fill(&connection, history, OLDEST, "");
    let item = "INSERT INTO item VALUES (?1, ?2, ?3, ?4)";
    let mut item = connection.prepare(item).unwrap();
    let mut stock = connection
        .prepare("INSERT INTO stock VALUES (?1, ?2, ?3)")
        .unwrap();
    let mut log = connection
        .prepare("INSERT INTO log (rowid, line, at) VALUES (?1, ?2, ?3)")
        .unwrap();
    for i in 1..=items {
        item.execute(params![i, name(i), price(i), note(i)])
            .unwrap();
        stock.execute(params![i * 2, i, amount(i)]).unwrap();
        log.execute(params![i * 3, line(i), i]).unwrap();
    }
    // An id that was used once.
    stock.execute(params![highest_id(items), 1, 0]).unwrap();
    drop((item, stock, log));
    connection
        .execute(
            "DELETE FROM stock WHERE id = ?1",
            params![highest_id(items)],
        )
        .unwrap();
    connection.execute_batch("COMMIT").unwrap();
    connection.close().unwrap();
}

fn name(i: i64) -> String {
    format!("item {i}")
}

fn price(i: i64) -> i64 {
    i * 37 % 1000
}

fn note(i: i64) -> Option<String> {
    let length = usize::try_from(i % 50).unwrap();
    (i % 3 != 0).then(|| format!("note {i} {}", "x".repeat(length)))
}

fn amount(i: i64) -> i64 {
    i % 17
}

fn line(i: i64) -> String {
    format!("line {i} of the log")
}

fn highest_id(items: i64) -> i64 {
    items * 2 + 5
}

/// The rows at a version.
pub(crate) fn expected(version: i32, items: i64) -> Vec<String> {
    let mut lines = Vec::new();
    for i in 1..=items {
        let (name, price) = (name(i), price(i));
        let note = note(i).unwrap_or("NULL".to_owned());
        lines.push(match version {
            1 => format!("{i}|{name}|{price}|{note}"),
            2 => format!("{i}|{name}|{}|{note}|20", price * 100),
            _ => format!("{i}|{name}|20|{}|{note}", price * 100),
        });
    }
    for i in 1..=items {
        let amount = if version < 4 {
            amount(i)
        } else {
            amount(i) * 2
        };
        lines.push(format!("{}|{i}|{amount}", i * 2));
    }
    for i in 1..=items {
        lines.push(match version {
            5 => format!("{}|{} at {i}", i * 3, line(i)),
            _ => format!("{}|{}|{i}", i * 3, line(i)),
        });
    }
    lines.push(format!("stock|{}", highest_id(items)));
    lines
}

/// The rows that a database has, in the same form.
pub(crate) fn found(connection: &Connection, version: i32) -> Vec<String> {
    let log = if version < 5 {
        "SELECT rowid, * FROM log NOT INDEXED ORDER BY rowid"
    } else {
        "SELECT * FROM archive ORDER BY id"
    };
    let mut lines = Vec::new();
    for sql in [
        "SELECT * FROM item NOT INDEXED ORDER BY id",
        "SELECT * FROM stock NOT INDEXED ORDER BY id",
        log,
        "SELECT name, seq FROM sqlite_sequence WHERE name = 'stock'",
    ] {
        lines.extend(rows(connection, sql));
    }
    lines
}

/// The database is sound and has the schema and the rows of one of these versions, which is
/// returned.
pub(crate) fn require(
    connection: &Connection,
    history: &History,
    items: i64,
    allowed: &[i32],
    what: &str,
) -> i32 {
    let version = crate::support::one::<i32>(connection, "PRAGMA user_version");
    assert!(
        allowed.contains(&version),
        "{what}: the database is at version {version}, not at one of {allowed:?}"
    );
    require_contents(connection, history, items, version, what);
    version
}

/// The same for what is in it, whatever its `user_version` is.
pub(crate) fn require_contents(
    connection: &Connection,
    history: &History,
    items: i64,
    version: i32,
    what: &str,
) {
    let new = crate::support::at(history, version, "");
    assert_eq!(stored(connection), stored(&new), "{what}");
    for check in ["integrity_check", "foreign_key_check"] {
        let said = rows(connection, &format!("PRAGMA {check}"));
        assert!(said.is_empty() || said == ["ok"], "{what}: {said:?}");
    }
    let (found, expected) = (found(connection, version), expected(version, items));
    let differs =
        (0..found.len().max(expected.len())).find(|at| found.get(*at) != expected.get(*at));
    if let Some(at) = differs {
        panic!(
            "{what}: row {at} of version {version} is {:?}, expected {:?}",
            found.get(at),
            expected.get(at)
        );
    }
}

/// The rows of the newest version, into a database that has just been created.
pub(crate) fn fill_new(connection: &Connection, items: i64) -> rusqlite::Result<()> {
    for i in 1..=items {
        connection.execute(
            "INSERT INTO item VALUES (?1, ?2, 20, ?3, ?4)",
            params![i, name(i), price(i) * 100, note(i)],
        )?;
        connection.execute(
            "INSERT INTO stock VALUES (?1, ?2, ?3)",
            params![i * 2, i, amount(i) * 2],
        )?;
        let line = format!("{} at {i}", line(i));
        connection.execute("INSERT INTO archive VALUES (?1, ?2)", params![i * 3, line])?;
    }
    // As in `create`.
    let id = highest_id(items);
    connection.execute("INSERT INTO stock VALUES (?1, 1, 0)", [id])?;
    connection.execute("DELETE FROM stock WHERE id = ?1", [id])?;
    Ok(())
}
