//! Random steps of which it is known what they do to the data: exactly that has to be told.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(
    clippy::format_push_string,
    reason = "a step reads better in one piece"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use stepladder::accounting::{Account, ColumnFate, Contents, TableFate, account, contents};
use stepladder::introspect::introspect;

/// How many random steps a test makes.
const STEPS: u64 = 1500;

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap()
    }
}

fn held(connection: &Connection) -> Contents {
    contents(connection, &introspect(connection).unwrap()).unwrap()
}

/// What a step does, and the step itself.
struct Step {
    setup: String,
    sql: String,
    tables: Vec<Table>,
}

/// A table, and what is known to happen to it.
struct Table {
    old: String,
    new: String,
    has_key: bool,
    rows: usize,
    lost: usize,
    doubled: usize,
    columns: Vec<Column>,
}

struct Column {
    old: String,
    new: String,
    truth: Truth,
}

#[derive(Clone, PartialEq, Debug)]
enum Truth {
    Same,
    Transformed,
    Cast,
    Gone,
    Swapped(String),
    Elsewhere(String),
}

/// Tables whose values are all unique in the database.
fn database(random: &mut Random) -> Step {
    let mut step = Step {
        setup: String::new(),
        sql: String::new(),
        tables: Vec::new(),
    };
    let mut unique = 1_000;
    let mut next = |random: &mut Random| {
        unique += 3 + random.below(9);
        unique
    };
    for t in 0..=random.below(3) {
        let (has_key, count) = (random.below(3) > 0, 2 + random.below(5));
        // With one row left, a constant is as good as another value.
        let rows = 4 + random.below(6);
        let name = format!("t{t}");
        let mut columns: Vec<_> = (0..count).map(|c| format!("c{c}")).collect();
        let kinds: Vec<_> = columns.iter().map(|_| random.below(3)).collect();
        if has_key {
            columns.insert(0, "id INTEGER PRIMARY KEY".to_owned());
        }
        step.setup += &format!("CREATE TABLE {name} ({});\n", columns.join(", "));
        for _ in 0..rows {
            let mut values = Vec::new();
            if has_key {
                values.push(next(random).to_string());
            }
            values.extend(kinds.iter().map(|kind| match kind {
                0 => format!("'Text {}'", next(random)),
                1 => next(random).to_string(),
                _ => format!("{}.25", next(random)),
            }));
            step.setup += &format!("INSERT INTO {name} VALUES ({});\n", values.join(", "));
        }
        step.tables.push(Table {
            old: name.clone(),
            new: name,
            has_key,
            rows: usize::try_from(rows).unwrap(),
            lost: 0,
            doubled: 0,
            columns: (0..count)
                .map(|c| Column {
                    old: format!("c{c}"),
                    new: format!("c{c}"),
                    truth: Truth::Same,
                })
                .collect(),
        });
    }
    step
}

/// A random change; at least half of the columns of a table hold what they held.
fn change(step: &mut Step, random: &mut Random) {
    let t = random.index(step.tables.len());
    let table = &mut step.tables[t];
    let name = table.new.clone();
    let changed = table
        .columns
        .iter()
        .filter(|c| c.truth != Truth::Same)
        .count();
    let c = random.index(table.columns.len());
    let may_change =
        (changed + 1) * 2 <= table.columns.len() && table.columns[c].truth == Truth::Same;
    let column = table.columns[c].new.clone();
    match random.below(11) {
        0 if table.columns[c].truth == Truth::Same => {
            table.columns[c].new = format!("renamed_{column}");
            step.sql += &format!("ALTER TABLE {name} RENAME {column} TO renamed_{column};\n");
        }
        1 => {
            table.new = format!("renamed_{name}");
            step.sql += &format!("ALTER TABLE {name} RENAME TO renamed_{name};\n");
        }
        2 if may_change => {
            table.columns[c].truth = Truth::Gone;
            step.sql += &format!("ALTER TABLE {name} DROP COLUMN {column};\n");
        }
        3 if may_change => {
            table.columns[c].truth = Truth::Gone;
            let value = ["NULL", "'constant'", "0"][random.index(3)];
            step.sql += &format!("UPDATE {name} SET {column} = {value};\n");
        }
        4 if may_change => {
            table.columns[c].truth = Truth::Transformed;
            step.sql += &format!(
                "UPDATE {name} SET {column} = CASE typeof({column}) WHEN 'text' THEN upper({column}) \
                ELSE {column} * 8 END;\n"
            );
        }
        5 if may_change => {
            table.columns[c].truth = Truth::Cast;
            step.sql += &format!(
                "UPDATE {name} SET {column} = CASE typeof({column}) WHEN 'text' \
                THEN CAST({column} AS BLOB) ELSE CAST({column} AS TEXT) END;\n"
            );
        }
        // A row that is lost after a column of it was copied elsewhere is not quite lost.
        6 if table.lost == 0 && table.doubled == 0 && table.columns.iter().all(is_here) => {
            table.lost = 1 + random.index(2);
            step.sql += &format!(
                "DELETE FROM {name} WHERE rowid IN (SELECT rowid FROM {name} LIMIT {});\n",
                table.lost
            );
        }
        7 if table.lost == 0 && table.doubled == 0 && table.columns.iter().all(is_plain) => {
            table.doubled = 1 + random.index(2);
            let names: Vec<_> = table.columns.iter().map(|c| c.new.clone()).collect();
            let names = names.join(", ");
            step.sql += &format!(
                "INSERT INTO {name} ({names}) SELECT {names} FROM {name} LIMIT {};\n",
                table.doubled
            );
        }
        8 if changed == 0 && table.columns.len() > 3 => {
            let d = (c + 1) % table.columns.len();
            let other = table.columns[d].new.clone();
            table.columns[c].truth = Truth::Swapped(other.clone());
            table.columns[d].truth = Truth::Swapped(column.clone());
            step.sql += &format!("UPDATE {name} SET {column} = {other}, {other} = {column};\n");
        }
        9 if may_change && table.has_key && table.doubled == 0 && table.lost == 0 => {
            let to = format!("moved_{name}_{column}");
            step.sql += &format!(
                "CREATE TABLE {to} AS SELECT id AS of_id, {column} FROM {name};
                ALTER TABLE {name} DROP COLUMN {column};\n"
            );
            table.columns[c].truth = Truth::Elsewhere(to);
        }
        _ => {
            step.sql += &format!(
                "ALTER TABLE {name} ADD COLUMN added_{} DEFAULT 7;\n",
                step.sql.len()
            );
        }
    }
}

fn is_here(column: &Column) -> bool {
    !matches!(column.truth, Truth::Elsewhere(_))
}

fn is_plain(column: &Column) -> bool {
    column.truth == Truth::Same
}

fn check(step: &Step, account: &Account) -> Result<(), String> {
    let tables: BTreeMap<_, _> = account
        .tables
        .iter()
        .map(|t| (t.table.as_str(), t))
        .collect();
    let columns: BTreeMap<_, _> = (account.columns.iter())
        .map(|column| {
            (
                (column.table.as_str(), column.column.as_str()),
                &column.fate,
            )
        })
        .collect();
    for table in &step.tables {
        let found = tables[table.old.as_str()];
        let is_there = match &found.fate {
            TableFate::Kept => table.old == table.new,
            TableFate::Moved { table: to } => *to == table.new,
            TableFate::Dropped => false,
        };
        let rows = &found.rows;
        let counts = (rows.kept, rows.elsewhere, rows.lost, rows.doubled);
        if !is_there || counts != (table.rows - table.lost, 0, table.lost, table.doubled) {
            return Err(format!("{found:?}"));
        }
        for column in &table.columns {
            let fate = columns[&(table.old.as_str(), column.old.as_str())];
            if !is_true(table, column, fate) {
                return Err(format!(
                    "{}.{} {:?} {fate:?}",
                    table.old, column.old, column.truth
                ));
            }
        }
    }
    Ok(())
}

fn is_true(table: &Table, column: &Column, fate: &ColumnFate) -> bool {
    let left = table.rows - table.lost;
    match (&column.truth, fate) {
        (Truth::Same, ColumnFate::Kept) => table.old == table.new && column.old == column.new,
        (Truth::Same, ColumnFate::Moved { at })
        | (Truth::Transformed, ColumnFate::Transformed { at, .. })
        | (Truth::Cast, ColumnFate::Rewritten { at, lost: 0, .. }) => {
            at.table == table.new && at.column == column.new
        }
        (Truth::Gone, ColumnFate::Vanished { lost, of, .. }) => *lost == left && *of == left,
        // The other column may have been renamed since.
        (Truth::Swapped(to), ColumnFate::Moved { at }) => {
            at.table == table.new && at.column.ends_with(to)
        }
        (Truth::Elsewhere(to), ColumnFate::Moved { at }) => at.table == *to,
        _ => false,
    }
}

#[test]
fn exactly_the_truth_is_told() {
    for seed in 1..=STEPS {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut step = database(&mut random);
        for _ in 0..=random.below(5) {
            change(&mut step, &mut random);
        }
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&step.setup).unwrap();
        let before = held(&connection);
        connection.execute_batch(&step.sql).unwrap();
        let account = account(&before, &held(&connection));
        if let Err(wrong) = check(&step, &account) {
            panic!("seed {seed}: {wrong}\n{}\n{}", step.setup, step.sql);
        }
    }
}

/// Values that are easily taken for each other.
const ODD: [&str; 18] = [
    "NULL",
    "NULL",
    "0",
    "1",
    "7",
    "7.0",
    "'7'",
    "'007'",
    "''",
    "-0.0",
    "1e3",
    "'1e3'",
    "9223372036854775807",
    "9.3e18",
    "x''",
    "'a'",
    "'A'",
    "' a '",
];

#[test]
fn nothing_is_told_to_be_lost_where_nothing_is() {
    for seed in 1..=STEPS {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (mut setup, mut sql) = (String::new(), String::new());
        for t in 0..=random.below(3) {
            let key = ["id INTEGER PRIMARY KEY, ", ""][random.index(2)];
            let count = 1 + random.below(4);
            let columns: Vec<_> = (0..count).map(|c| format!("c{c}")).collect();
            let columns = columns.join(", ");
            setup += &format!("CREATE TABLE t{t} ({key}{columns});\n");
            for _ in 0..random.below(7) {
                let values: Vec<_> = (0..count).map(|_| ODD[random.index(ODD.len())]).collect();
                let values = values.join(", ");
                setup += &format!("INSERT INTO t{t} ({columns}) VALUES ({values});\n");
            }
            let rowid = if key.is_empty() { "rowid" } else { "id" };
            sql += &match random.below(7) {
                0 => format!("ALTER TABLE t{t} RENAME c0 TO new;\n"),
                1 => format!("ALTER TABLE t{t} RENAME TO new{t};\n"),
                2 => format!("ALTER TABLE t{t} ADD COLUMN added DEFAULT 7;\n"),
                3 => format!(
                    "CREATE TABLE new{t} (added DEFAULT 1, {key}{columns});
                    INSERT INTO new{t} ({rowid}, {columns}) SELECT {rowid}, {columns} FROM t{t};
                    DROP TABLE t{t}; ALTER TABLE new{t} RENAME TO t{t};\n"
                ),
                4 if key.is_empty() => format!(
                    "CREATE TABLE new{t} ({columns}); INSERT INTO new{t} SELECT * FROM t{t}
                    ORDER BY rowid DESC; DROP TABLE t{t}; ALTER TABLE new{t} RENAME TO t{t};\n"
                ),
                5 => format!("UPDATE t{t} SET c0 = 'filled in' WHERE c0 IS NULL;\n"),
                _ => String::new(),
            };
        }
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&setup).unwrap();
        let before = held(&connection);
        connection.execute_batch(&sql).unwrap();
        let losses = account(&before, &held(&connection)).losses();
        assert!(
            losses.is_empty(),
            "seed {seed}: {losses:#?}\n{setup}\n{sql}"
        );
    }
}

/// The fastest of a few runs.
fn fastest<T>(run: impl Fn() -> T) -> (T, Duration) {
    let once = || {
        let start = Instant::now();
        (run(), start.elapsed())
    };
    (0..5).map(|_| once()).min_by_key(|run| run.1).unwrap()
}

#[test]
fn a_step_of_many_tables_is_a_matter_of_milliseconds() {
    let connection = Connection::open_in_memory().unwrap();
    for t in 0..31 {
        let sql = format!(
            "CREATE TABLE t{t} (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL, d TEXT);
            WITH n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 10)
            INSERT INTO t{t} SELECT {t}000 + n, 'a{t}-' || n, {t}0000 + n, {t}000.5 + n, NULL FROM n"
        );
        connection.execute_batch(&sql).unwrap();
    }
    let schema = introspect(&connection).unwrap();
    let (before, read) = fastest(|| contents(&connection, &schema).unwrap());
    let sql = "ALTER TABLE t3 DROP COLUMN a; ALTER TABLE t4 RENAME TO u4; DROP TABLE t5";
    let (_, same) = fastest(|| account(&before, &before));
    connection.execute_batch(sql).unwrap();
    let after = held(&connection);
    let (account, different) = fastest(|| account(&before, &after));
    println!("contents {read:?}, nothing changed {same:?}, three changes {different:?}");
    assert_eq!(account.losses().len(), 2);
    assert!(
        read + different < Duration::from_millis(500),
        "{read:?} {different:?}"
    );
}

#[test]
fn a_large_table_is_a_matter_of_seconds() {
    let connection = Connection::open_in_memory().unwrap();
    let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL, flag INTEGER);
        WITH n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 100000)
        INSERT INTO t SELECT n * 3, 'text ' || n, n * 7, n + 0.5, n % 2 FROM n";
    connection.execute_batch(sql).unwrap();
    let before = held(&connection);
    let sql = "ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME flag TO done;
        ALTER TABLE u DROP COLUMN b; DELETE FROM u WHERE id % 1000 = 0";
    connection.execute_batch(sql).unwrap();
    let start = Instant::now();
    let account = account(&before, &held(&connection));
    println!("{:?}", start.elapsed());
    let losses: Vec<_> = account.losses().iter().map(ToString::to_string).collect();
    assert_eq!(losses.len(), 2, "{losses:#?}");
    assert_eq!(account.tables[0].rows.lost, 300 / 3);
}
