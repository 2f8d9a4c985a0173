//! What the generated tests of a long history cost.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

mod support;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use stepladder::__private::{SqlScript, SqliteFacts, StepContext, VersionDelta};
use stepladder::verify::{Filling, MigrationTests};
use stepladder::{Entity, EntityKind, History, MigrationStrategy, Migrator};
use support::{entities, leak, leak_str};

const TABLES: i32 = 22;
const VERSIONS: i32 = 60;

/// A table with a parent, an index and a trigger, and a column for each time that it was changed.
fn table(number: i32, version: i32) -> String {
    let mut sql = format!(
        "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER, c REAL, \
         parent INTEGER REFERENCES t{} (id)",
        (number - 1).max(0)
    );
    for changed in (2..=version).filter(|changed| changed % TABLES == number) {
        write!(sql, ", v{changed} TEXT").unwrap();
    }
    write!(
        sql,
        ");\nCREATE INDEX t{number}_a ON t{number} (a);\n\
         CREATE TRIGGER t{number}_b AFTER UPDATE OF b ON t{number} BEGIN \
         UPDATE t{number} SET c = new.b WHERE id = new.id; END;\n"
    )
    .unwrap();
    sql
}

/// Made once, as generated code is.
#[derive(Clone, Copy)]
struct Long {
    history: &'static History,
    steps: &'static [SqlScript],
}

impl Migrator for Long {
    fn history(&self) -> &'static History {
        self.history
    }

    fn run_step(&mut self, step: StepContext<'_>) -> stepladder::Result<()> {
        let script = &self.steps[usize::try_from(step.from()).unwrap() - 1];
        step.run_sql(script)
    }
}

fn long() -> Long {
    let versions = (1..=VERSIONS).map(|version| {
        let sql: String = (0..TABLES).map(|number| table(number, version)).collect();
        let all = entities(&sql).into_iter().enumerate();
        let changed = format!("t{}", version % TABLES);
        let is_new = |entity: &Entity| {
            version == 1 || entity.kind == EntityKind::Table && entity.name == changed
        };
        VersionDelta {
            number: version,
            removed: leak(Box::new([(EntityKind::Table, leak_str(&changed))])),
            added: leak(
                all.filter(|(_, entity)| is_new(entity))
                    .collect::<Box<[_]>>(),
            ),
        }
    });
    let steps = (2..=VERSIONS).map(|column| {
        let table = column % TABLES;
        let add = format!("ALTER TABLE t{table} ADD COLUMN v{column} TEXT");
        let fill = format!("UPDATE t{table} SET v{column} = a");
        SqlScript {
            file: "steps.sql",
            statements: leak(Box::new([(1, leak_str(&add)), (2, leak_str(&fill))])),
        }
    });
    Long {
        history: leak(Box::new(History {
            versions: leak(versions.collect::<Box<[_]>>()),
            seed: None,
            sqlite: SqliteFacts::default(),
            allowances: &[],
            rust_names: &[],
            evolution: &[],
        })),
        steps: leak(steps.collect::<Box<[_]>>()),
    }
}

/// 1,770 pairs, each empty and with two kinds of rows, on as many threads as `cargo test` has.
#[test]
fn all_pairs_of_60_versions_take_seconds() {
    let long = long();
    let start = Instant::now();
    let tests = MigrationTests::new(move || MigrationStrategy::new(long));
    let pairs: Vec<_> = (1..VERSIONS)
        .flat_map(|from| (from + 1..=VERSIONS).map(move |to| (from, to)))
        .collect();
    assert_eq!(pairs.len(), 1770);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((from, to)) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    tests.pair(*from, *to, Filling::Empty);
                    tests.pair(*from, *to, Filling::Rows);
                }
            });
        }
    });
    let pairs = start.elapsed();
    for from in 1..VERSIONS {
        tests.at_once(from);
    }
    println!(
        "1770 pairs: {pairs:?}; at once: {:?}",
        start.elapsed().saturating_sub(pairs)
    );
    assert!(pairs < Duration::from_secs(120), "{pairs:?}");
}
