//! `on_progress`: what it tells, and that a cancelled upgrade leaves nothing behind.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
mod support;

use std::ops::ControlFlow::{Break, Continue};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use stepladder::{Error, FileCheck, Phase, Progress, TransactionMode};
use support::{Steps, at, one, rebuild, rows, settings};

const V1: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER)";
/// A constraint that ALTER TABLE cannot add.
const V2: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, price INTEGER UNIQUE)";
const MANY: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
                    INSERT INTO item SELECT i * 3 - 4000, i FROM n";

/// A rebuild, then two statements of SQL.
fn steps() -> Steps {
    Steps::new(&[(1, V1), (2, V2), (3, V2)])
        .rebuild(1, &["item"])
        .sql(
            2,
            "UPDATE item SET price = price + 5000;\nUPDATE item SET price = price - 4999",
        )
}

fn heard(steps: Steps, connection: &mut Connection) -> Vec<Progress> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let mut strategy = steps.strategy().on_progress(move |progress| {
        hearing.lock().unwrap().push(progress.clone());
        Continue(())
    });
    strategy.migrate(connection).unwrap();
    drop(strategy);
    let heard = heard.lock().unwrap();
    heard.clone()
}

#[test]
fn it_tells_steps_statements_and_rows() {
    let mut connection = at(steps().history, 1, MANY);
    let heard = heard(steps(), &mut connection);
    let mut lines: Vec<_> = heard.iter().map(ToString::to_string).collect();
    // How often SQLite calls while a statement runs is its own affair.
    lines.dedup();
    assert_eq!(
        lines,
        [
            "checking the file",
            "step 1 of 2, from version 1 to 2",
            "step 1 of 2, from version 1 to 2: table item, 0 of 2500 rows",
            "step 1 of 2, from version 1 to 2: table item, 1000 of 2500 rows",
            "step 1 of 2, from version 1 to 2: table item, 2000 of 2500 rows",
            "step 1 of 2, from version 1 to 2: table item, 2500 of 2500 rows",
            "step 2 of 2, from version 2 to 3",
        ]
    );
    // The step itself, and each of its two statements.
    assert!(heard.iter().filter(|progress| progress.step == 2).count() >= 3);
    let tables: Vec<_> = heard
        .iter()
        .filter_map(|told| told.table.as_ref())
        .collect();
    for table in tables {
        assert_eq!(table.expected.is_some(), table.rows_done > 0);
        assert!(
            table
                .expected
                .is_none_or(|expected| expected >= table.elapsed)
        );
    }
    assert!(heard.windows(2).all(|two| two[0].elapsed <= two[1].elapsed));
    // The copy in chunks has the same rows under the same ids.
    let mut plain = at(steps().history, 1, MANY);
    steps().strategy().migrate(&mut plain).unwrap();
    let all = "SELECT * FROM item ORDER BY id";
    assert_eq!(rows(&connection, all), rows(&plain, all));
}

#[test]
fn a_long_statement_is_heard_of_while_it_runs() {
    let long = "UPDATE item SET price = (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 \
                FROM n WHERE i < 200000) SELECT max(i) FROM n)";
    let steps = || Steps::new(&[(1, V1), (2, V1)]).sql(1, long);
    let mut connection = at(steps().history, 1, "INSERT INTO item VALUES (1, 1)");
    assert!(heard(steps(), &mut connection).len() > 5);
}

#[test]
fn no_check_is_told_where_there_is_none() {
    let mut connection = at(steps().history, 1, MANY);
    let phases = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&phases);
    let mut strategy = (steps().strategy().file_check(FileCheck::Never)).on_progress(move |told| {
        hearing.lock().unwrap().push(told.phase);
        Continue(())
    });
    strategy.migrate(&mut connection).unwrap();
    let phases = phases.lock().unwrap();
    assert!(!phases.is_empty() && phases.iter().all(|phase| *phase == Phase::Step));
}

#[test]
fn nothing_is_told_of_new_and_current_databases() {
    let mut connection = Connection::open_in_memory().unwrap();
    assert!(heard(steps(), &mut connection).is_empty());
    assert!(heard(steps(), &mut connection).is_empty());
}

/// Columns, options, rows, and expressions of the rebuild.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Tables with any name for the rowid, or none; and expressions that have to see all rows.
#[test]
fn a_copy_in_chunks_is_the_copy_in_one() {
    let many = |insert: &str| {
        format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2200) {insert}"
        )
    };
    let cases: [Case; 8] = [
        ("a, b", "", "INSERT INTO t SELECT i, i % 7 FROM n", &[]),
        (
            "a PRIMARY KEY, b",
            "WITHOUT ROWID",
            "INSERT INTO t SELECT i, i % 7 FROM n",
            &[],
        ),
        (
            "rowid, b",
            "",
            "INSERT INTO t SELECT 2200 - i, i % 7 FROM n",
            &[],
        ),
        (
            "rowid INTEGER PRIMARY KEY, b",
            "",
            "INSERT INTO t SELECT i * 5, i % 7 FROM n",
            &[],
        ),
        (
            "rowid, oid, _rowid_, b",
            "",
            "INSERT INTO t SELECT i, 1, 2, i % 7 FROM n",
            &[],
        ),
        (
            "a, b",
            "",
            "INSERT INTO t (rowid, a, b) SELECT CASE i WHEN 1 THEN -9223372036854775807 - 1 WHEN 2 THEN 9223372036854775807 ELSE i END, i, 1 FROM n",
            &[],
        ),
        (
            "a, b",
            "",
            "INSERT INTO t SELECT i, i % 7 FROM n",
            &[("b", "row_number() OVER (ORDER BY a DESC)")],
        ),
        (
            "a, b",
            "",
            "INSERT INTO t SELECT i, i % 7 FROM n",
            &[("b", "(SELECT count(*) FROM t AS o) -- all of them")],
        ),
    ];
    for (columns, options, insert, expressions) in cases {
        let make = |extra: &str| format!("CREATE TABLE t ({columns}{extra}) {options}");
        let steps = || {
            let steps = Steps::new(&[(1, &make("")), (2, &make(" NOT NULL CHECK (b < 9999)"))]);
            let history = steps.history;
            steps.step(1, move |step| rebuild(step, history, "t", expressions))
        };
        let mut watched = at(steps().history, 1, &many(insert));
        let mut plain = at(steps().history, 1, &many(insert));
        heard(steps(), &mut watched);
        steps().strategy().migrate(&mut plain).unwrap();
        let id = if columns.contains("oid") || options == "WITHOUT ROWID" {
            ""
        } else {
            "_rowid_,"
        };
        let all = format!("SELECT {id} * FROM t ORDER BY 1, 2, 3");
        let all = if options == "WITHOUT ROWID" {
            "SELECT * FROM t"
        } else {
            &all
        };
        assert_eq!(rows(&watched, all).len(), 2200);
        assert_eq!(
            rows(&watched, all),
            rows(&plain, all),
            "{columns} {options}"
        );
    }
}

/// The file as an application sees it.
fn contents(connection: &Connection) -> (i32, Vec<String>, Vec<String>) {
    (
        one(connection, "PRAGMA user_version"),
        rows(connection, "SELECT sql FROM sqlite_schema"),
        rows(connection, "SELECT * FROM item ORDER BY id"),
    )
}

#[test]
fn a_cancelled_upgrade_leaves_everything_as_it_was_whenever_it_is() {
    for mode in [TransactionMode::All, TransactionMode::EachStep] {
        for nth in 0.. {
            let mut connection = at(steps().history, 1, MANY);
            let settings_before = settings(&connection);
            let before = contents(&connection);
            let calls = AtomicUsize::new(0);
            let mut strategy =
                steps().strategy().transaction(mode).on_progress(move |_| {
                    match calls.fetch_add(1, Ordering::Relaxed) {
                        call if call == nth => Break(()),
                        call => {
                            assert!(call < nth, "called after it has cancelled");
                            Continue(())
                        }
                    }
                });
            let result = strategy.migrate(&mut connection);
            assert_eq!(settings(&connection), settings_before);
            let version = match result {
                // It was not called so often.
                Ok(_) => {
                    assert!(nth > 8);
                    break;
                }
                Err(Error::Cancelled {
                    step: None | Some((1, 2)),
                }) => 1,
                Err(Error::Cancelled { step: Some((2, 3)) }) if mode == TransactionMode::All => 1,
                Err(Error::PartlyUpgraded {
                    version_now: 2,
                    source,
                    ..
                }) => {
                    assert!(matches!(*source, Error::Cancelled { step: Some((2, 3)) }));
                    2
                }
                Err(other) => panic!("{nth}: {other}"),
            };
            if version == 1 {
                assert_eq!(contents(&connection), before, "{nth}");
            } else {
                assert_eq!(contents(&connection).0, 2);
                assert_eq!(contents(&connection).2, before.2);
            }
            // The next try goes through.
            steps().strategy().migrate(&mut connection).unwrap();
        }
    }
}

#[test]
fn a_long_statement_is_cancelled_while_it_runs() {
    let endless = "UPDATE item SET price = (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 \
                   FROM n) SELECT max(i) FROM n)";
    for steps in [
        Steps::new(&[(1, V1), (2, V1)]).sql(1, endless),
        Steps::new(&[(1, V1), (2, V1)]).step(1, move |step| step.execute(endless, [])),
        Steps::new(&[(1, V1), (2, V2)]).step(1, move |step| {
            let history = Steps::new(&[(1, V1), (2, V2)]).history;
            let endless = "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)";
            rebuild(step, history, "item", &[("price", endless)])
        }),
    ] {
        let mut connection = at(steps.history, 1, MANY);
        let before = contents(&connection);
        let calls = AtomicUsize::new(0);
        let mut strategy = steps.strategy().on_progress(move |_| {
            if calls.fetch_add(1, Ordering::Relaxed) < 6 { Continue(()) } else { Break(()) }
        });
        let error = strategy.migrate(&mut connection).unwrap_err();
        assert!(matches!(error, Error::Cancelled { step: Some((1, 2)) }), "{error}");
        assert_eq!(contents(&connection), before);
    }
}

/// SQLite ends the transaction when a statement that writes is interrupted. Code that takes no
/// notice would then go on outside of it, so it is not interrupted.
#[test]
fn code_of_the_app_is_cancelled_when_it_returns() {
    let long = "UPDATE item SET price = (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 \
                FROM n WHERE i < 100000) SELECT max(i) FROM n)";
    let went_on = Arc::new(AtomicBool::new(false));
    let goes_on = Arc::clone(&went_on);
    let steps = Steps::new(&[(1, V1), (2, V1)]).step(1, move |step| {
        step.with_connection(|connection| {
            let _ = connection.execute(long, []);
            connection.execute("DELETE FROM item", [])?;
            assert!(!connection.is_autocommit());
            goes_on.store(true, Ordering::Relaxed);
            Ok(())
        })
    });
    let mut connection = at(steps.history, 1, "INSERT INTO item VALUES (1, 5)");
    let calls = AtomicUsize::new(0);
    let mut strategy = steps.strategy().on_progress(move |_| {
        if calls.fetch_add(1, Ordering::Relaxed) < 3 {
            Continue(())
        } else {
            Break(())
        }
    });
    let error = strategy.migrate(&mut connection).unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    assert!(went_on.load(Ordering::Relaxed));
    assert_eq!(rows(&connection, "SELECT * FROM item"), ["1|5"]);
}

#[test]
fn a_panic_in_the_hook_rolls_back_and_goes_on() {
    for nth in 0..12 {
        let mut connection = at(steps().history, 1, MANY);
        let settings_before = settings(&connection);
        let before = contents(&connection);
        let calls = AtomicUsize::new(0);
        let mut strategy = steps().strategy().on_progress(move |_| {
            assert!(calls.fetch_add(1, Ordering::Relaxed) != nth, "in the hook");
            Continue(())
        });
        let result = catch_unwind(AssertUnwindSafe(|| strategy.migrate(&mut connection)));
        match result {
            Ok(result) => drop(result.unwrap()),
            Err(panic) => {
                assert!(
                    panic
                        .downcast_ref::<String>()
                        .is_some_and(|text| text.contains("in the hook"))
                        || panic
                            .downcast_ref::<&str>()
                            .is_some_and(|text| text.contains("in the hook"))
                );
                assert_eq!(contents(&connection), before);
                assert_eq!(settings(&connection), settings_before);
                // The strategy is still good.
                strategy.migrate(&mut connection).unwrap();
            }
        }
    }
}

#[test]
fn the_handler_is_gone_afterwards() {
    let calls = Arc::new(AtomicUsize::new(0));
    for fails in [false, true] {
        let steps = if fails {
            steps().sql(2, "SELECT absent")
        } else {
            steps()
        };
        let mut connection = at(steps.history, 1, MANY);
        let counting = Arc::clone(&calls);
        let mut strategy = steps.strategy().on_progress(move |_| {
            counting.fetch_add(1, Ordering::Relaxed);
            Continue(())
        });
        assert_eq!(strategy.migrate(&mut connection).is_err(), fails);
        let before = calls.load(Ordering::Relaxed);
        one::<i64>(
            &connection,
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n",
        );
        assert_eq!(calls.load(Ordering::Relaxed), before);
    }
}
