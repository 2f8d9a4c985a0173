//! Random schemas: whatever SQLite accepts is filled without breaking anything.

use std::fmt::Write as _;

use rusqlite::Connection;
use stepladder::introspect::introspect;
use stepladder::sql::quote_identifier;
use stepladder::synthesis::{Scenario, fill, scenarios};

use crate::facts::assert_respected;

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

const TABLES: [&str; 6] = ["todos", "order", "my table", "a\"b", "Größe", "it's"];
const TYPES: [&str; 9] = [
    "",
    "INTEGER",
    "TEXT",
    "REAL",
    "BLOB",
    "INT",
    "VARCHAR(9)",
    "NUMERIC",
    "ANY",
];
const STRICT_TYPES: [&str; 6] = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
/// With `@` for the column and `#` for another.
const CHECKS: [&str; 16] = [
    "@ > 0",
    "@ BETWEEN 3 AND 9",
    "@ IN ('a', 'b', 3)",
    "length(@) < 4",
    "@ IS NOT NULL",
    "@ <> ''",
    "@ LIKE 'x%'",
    "@ GLOB '*[0-9]'",
    "@ < #",
    "(@ IS NULL) = (# IS NULL)",
    "@ <> #",
    "typeof(@) IN ('integer', 'text')",
    "@ IS NULL OR # IS NOT NULL",
    "@ = lower(@)",
    "length(@) = length(#)",
    "# = @ || 'x'",
];

fn table(random: &mut Random, name: &str, others: &[&str]) -> String {
    let strict = random.once_in(4);
    let count = 1 + random.below(5);
    let column = |at: usize| quote_identifier(["a", "b c", "select", "é", "q\"x"][at]);
    let mut sql = format!("CREATE TABLE {} (", quote_identifier(name));
    let mut constraints = String::new();
    let key = random.below(6);
    for at in 0..count {
        let kind = random.pick(if strict { &STRICT_TYPES } else { &TYPES });
        let _ = match (at, key) {
            (0, 0) => write!(sql, "{} INTEGER PRIMARY KEY", column(at)),
            (0, 1) => write!(sql, "{} INTEGER PRIMARY KEY AUTOINCREMENT", column(at)),
            (0, 2 | 3) => write!(sql, "{} {kind} PRIMARY KEY", column(at)),
            _ => write!(sql, ", {} {kind}", column(at)),
        };
        if at == 0 && key > 3 {
            sql = sql.replacen("(, ", "(", 1);
        }
        for (times, text) in [
            (4, " NOT NULL"),
            (6, " COLLATE NOCASE"),
            (12, " COLLATE RTRIM"),
            (6, " UNIQUE"),
        ] {
            if random.once_in(times) {
                sql += text;
            }
        }
        if random.once_in(4) {
            let (this, other) = (column(at), column(random.below(count)));
            let check = random
                .pick(&CHECKS)
                .replace('@', &this)
                .replace('#', &other);
            let _ = write!(constraints, ", CHECK ({check})");
        }
        if random.once_in(4) {
            let parent = quote_identifier(random.pick(others));
            let _ = write!(
                constraints,
                ", FOREIGN KEY ({}) REFERENCES {parent}",
                column(at)
            );
            if random.once_in(5) {
                constraints += " (a)";
            }
        }
    }
    if random.once_in(6) {
        let _ = write!(sql, ", g AS ({} || 'g')", column(0));
    }
    if count > 1 && random.once_in(5) {
        let _ = write!(constraints, ", UNIQUE ({}, {})", column(0), column(1));
    }
    let options = match (strict, key) {
        (true, 3) => "STRICT, WITHOUT ROWID",
        (true, _) => "STRICT",
        (false, 3) => "WITHOUT ROWID",
        (false, _) => "",
    };
    format!("{sql}{constraints}) {options}")
}

fn schema(random: &mut Random) -> String {
    let names = &TABLES[..=random.below(5)];
    let mut sql = String::new();
    for name in names {
        let _ = writeln!(sql, "{};", table(random, name, names));
        let quoted = quote_identifier(name);
        if random.once_in(5) {
            let index = quote_identifier(&format!("i {name}"));
            let term = random.pick(&["a", "lower(a)", "a COLLATE NOCASE", "a) WHERE (a > 3"]);
            let _ = writeln!(sql, "CREATE UNIQUE INDEX {index} ON {quoted} ({term});");
        }
        if random.once_in(5) {
            let trigger = quote_identifier(&format!("t {name}"));
            let _ = writeln!(
                sql,
                "CREATE TRIGGER {trigger} AFTER INSERT ON {quoted} BEGIN DELETE FROM {quoted}; END;"
            );
        }
    }
    sql
}

#[test]
fn random_schemas_are_respected() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut tried, mut tables, mut full) = (0, 0, 0);
    let start = std::time::Instant::now();
    while tried < 150 {
        let sql = schema(&mut random);
        let connection = Connection::open_in_memory().unwrap();
        // SQLite refuses some, such as an AUTOINCREMENT without rowids.
        if connection.execute_batch(&sql).is_err() {
            continue;
        }
        tried += 1;
        let all = scenarios();
        let scenario = Scenario {
            seed: u64::try_from(tried).unwrap(),
            ..all[tried % all.len()]
        };
        let schema = introspect(&connection).unwrap();
        let filled = fill(&connection, &schema, &scenario);
        assert!(filled.is_ok(), "{filled:?}: {scenario:?}: {sql}");
        let filled = filled.unwrap();
        assert_respected(&connection, &sql, scenario, &filled);
        tables += filled.tables.len();
        full += filled
            .tables
            .iter()
            .filter(|table| table.unfilled.is_none())
            .count();
    }
    println!(
        "{full} of {tables} random tables are full, {:?}",
        start.elapsed()
    );
    assert!(full * 10 > tables * 7, "{full} of {tables}");
}
