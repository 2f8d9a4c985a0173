//! Foreign keys during an upgrade: no row of another table goes, and only new violations fail.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use stepladder::{Error, Result};
use support::{Steps, at, one, rebuild, rows};

fn migrate(steps: Steps, data: &str) -> (Connection, Result<()>) {
    let mut connection = at(steps.history, 1, "PRAGMA foreign_keys = OFF");
    connection.execute_batch(data).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = ON")
        .unwrap();
    let before = support::settings(&connection);
    let result = steps.strategy().migrate(&mut connection).map(drop);
    assert_eq!(support::settings(&connection), before);
    (connection, result)
}

#[test]
fn children_of_a_rebuilt_parent_stay() {
    for action in [
        "CASCADE",
        "SET NULL",
        "SET DEFAULT",
        "RESTRICT",
        "NO ACTION",
    ] {
        for timing in ["", "DEFERRABLE INITIALLY DEFERRED"] {
            let children = format!(
                "CREATE TABLE child (id INTEGER PRIMARY KEY, p DEFAULT 7 REFERENCES parent (id) ON DELETE {action} ON UPDATE {action} {timing});
                 CREATE TABLE bare (p TEXT PRIMARY KEY REFERENCES parent (code) ON DELETE {action} {timing}) WITHOUT ROWID;
                 CREATE TABLE log (x); CREATE TRIGGER g AFTER DELETE ON child BEGIN INSERT INTO log VALUES (OLD.id); END"
            );
            let steps = Steps::new(&[
                (1, &format!("CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE, up REFERENCES parent (id) ON DELETE {action} {timing}); {children}")),
                (2, &format!("CREATE TABLE parent (code TEXT UNIQUE NOT NULL, id INTEGER PRIMARY KEY, up REFERENCES parent (id) ON DELETE {action} {timing}); {children}")),
            ])
            .rebuild(1, &["parent", "child"]);
            let (connection, result) = migrate(
                steps,
                "INSERT INTO parent VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 3); INSERT INTO child VALUES (1, 1), (2, 2), (3, NULL); INSERT INTO bare VALUES ('a'), ('c')",
            );
            result.unwrap();
            assert_eq!(
                rows(&connection, "SELECT id, up FROM parent"),
                ["1|NULL", "2|1", "3|3"]
            );
            assert_eq!(
                rows(&connection, "SELECT * FROM child"),
                ["1|1", "2|2", "3|NULL"]
            );
            assert_eq!(rows(&connection, "SELECT * FROM bare"), ["a", "c"]);
            assert_eq!(rows(&connection, "SELECT * FROM log"), [""; 0]);
            assert_eq!(
                rows(
                    &connection,
                    "SELECT \"table\" FROM pragma_foreign_key_list('child') UNION ALL SELECT \"table\" FROM pragma_foreign_key_list('parent')"
                ),
                ["parent", "parent"]
            );
            assert!(
                connection
                    .execute("INSERT INTO child VALUES (9, 99)", [])
                    .is_err()
                    || !timing.is_empty()
            );
        }
    }
}

#[test]
fn user_code_cannot_switch_foreign_keys_on_before_a_rebuild() {
    let schema = "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p REFERENCES parent ON DELETE CASCADE)";
    let steps = Steps::new(&[(1, schema), (2, schema)]);
    let history = steps.history;
    let steps = steps.step(1, move |step| {
        step.with_connection(|connection| {
            connection.execute_batch("PRAGMA foreign_keys = ON")?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
            Ok(())
        })?;
        rebuild(step, history, "parent", &[])
    });
    let (connection, result) = migrate(
        steps,
        "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)",
    );
    result.unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM child"), ["1"]);
}

#[test]
fn tables_that_refer_to_each_other() {
    let schema = |extra: &str| {
        format!(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b REFERENCES b (id) ON DELETE CASCADE{extra}); CREATE TABLE b (id INTEGER PRIMARY KEY, a NOT NULL REFERENCES a (id) ON DELETE CASCADE{extra})"
        )
    };
    let steps =
        Steps::new(&[(1, &schema("")), (2, &schema(", c DEFAULT 5"))]).rebuild(1, &["a", "b"]);
    let (connection, result) = migrate(
        steps,
        "INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (2, 1)",
    );
    result.unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM a JOIN b"), ["1|2|5|2|1|5"]);
}

#[test]
fn a_step_that_loses_a_parent_fails() {
    let schema = "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p REFERENCES parent (id)); CREATE TABLE bare (p PRIMARY KEY REFERENCES parent (id)) WITHOUT ROWID";
    let steps = Steps::new(&[(1, schema), (2, schema)]).sql(1, "DELETE FROM parent WHERE id > 1");
    let data = "INSERT INTO parent VALUES (1), (2), (3); INSERT INTO child VALUES (1), (2), (9); INSERT INTO bare VALUES (1), (3), (8)";
    let (connection, result) = migrate(steps, data);
    let error = result.unwrap_err();
    let Error::ForeignKeys { violations, count } = &error else {
        panic!("{error}");
    };
    assert_eq!((violations.len(), *count), (2, 2));
    expect_test::expect!["the steps leave rows whose parent does not exist: a row of `bare` refers to a row of `parent`; a row of `child` (rowid 2) refers to a row of `parent`"].assert_eq(&error.to_string());
    assert_eq!(one::<i64>(&connection, "SELECT count(*) FROM parent"), 3);
    assert_eq!(one::<i64>(&connection, "PRAGMA user_version"), 1);
}

#[test]
fn violations_that_were_there_before_pass() {
    let old = "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p REFERENCES parent (id)); CREATE TABLE bare (p PRIMARY KEY REFERENCES parent (id)) WITHOUT ROWID; CREATE TABLE lost (x REFERENCES nowhere)";
    let data = "INSERT INTO child VALUES (8), (9); INSERT INTO bare VALUES (8), (9); INSERT INTO lost VALUES (1)";
    let steps = Steps::new(&[(1, old), (2, old)]).rebuild(1, &["parent", "child", "bare", "lost"]);
    migrate(steps, data).1.unwrap();
    // Also where the table or its parent gets another name.
    let new = old
        .replace("child", "kid")
        .replace("parent", "elder")
        .replace("bare", "naked");
    let renamed = || {
        Steps::new(&[(1, old), (2, &new)]).step(1, |step| {
            step.rename_table("child", "kid")?;
            step.rename_table("parent", "elder")?;
            step.rename_table("bare", "naked")
        })
    };
    let (connection, result) = migrate(renamed(), data);
    result.unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM kid"), ["8", "9"]);
    // But not one more.
    let steps = Steps::new(&[(1, old), (2, &new)]).step(1, |step| {
        step.rename_table("child", "kid")?;
        step.rename_table("parent", "elder")?;
        step.rename_table("bare", "naked")?;
        step.execute("INSERT INTO naked VALUES (10)", [])
    });
    let error = migrate(steps, data).1.unwrap_err();
    assert!(
        matches!(error, Error::ForeignKeys { count: 1, .. }),
        "{error}"
    );
}

/// The keys of a row are other ones, have other numbers, or take over each other's values: what was
/// violated may be so still. This is why a key of a row does not count for itself.
#[test]
fn old_violations_of_keys_that_change_pass() {
    let parent = "CREATE TABLE parent (id INTEGER PRIMARY KEY, x INTEGER, UNIQUE (id, x))";
    let old = format!(
        "{parent}; CREATE TABLE child (a REFERENCES parent (id), b REFERENCES parent (id))"
    );
    let data = "INSERT INTO parent VALUES (1, 1); INSERT INTO child VALUES (9, 1), (1, 9)";
    for (child, select) in [
        ("b REFERENCES parent (id), a REFERENCES parent (id)", "b, a"),
        ("A REFERENCES PARENT (id), B REFERENCES parent (id)", "a, b"),
        ("c REFERENCES parent (id), b REFERENCES parent (id)", "a, b"),
        ("c REFERENCES parent (id), d REFERENCES parent (id)", "a, b"),
        ("b REFERENCES parent (id)", "a"),
        ("a REFERENCES parent (id), b", "a, b"),
        (
            "a, b REFERENCES parent (id), FOREIGN KEY (a, b) REFERENCES parent (id, x)",
            "a, NULL",
        ),
    ] {
        let new = format!("{parent}; CREATE TABLE child ({child})");
        let sql = format!(
            "CREATE TABLE n ({child}); INSERT INTO n SELECT {select} FROM child ORDER BY rowid; \
             DROP TABLE child; ALTER TABLE n RENAME TO child"
        );
        let steps = Steps::new(&[(1, &old), (2, &new)]).sql(1, &sql);
        migrate(steps, data)
            .1
            .unwrap_or_else(|error| panic!("{child}: {error}"));
    }
    for sql in [
        "UPDATE child SET a = b, b = a",
        "UPDATE child SET b = a, a = NULL WHERE a = 9",
    ] {
        migrate(Steps::new(&[(1, &old), (2, &old)]).sql(1, sql), data)
            .1
            .unwrap();
    }
}

#[test]
fn a_parent_key_that_is_not_unique() {
    let (good, bad) = (
        "CREATE TABLE parent (id UNIQUE); CREATE TABLE child (p REFERENCES parent (id))",
        "CREATE TABLE parent (id); CREATE TABLE child (p REFERENCES parent (id))",
    );
    let data = "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)";
    let to = |old, new, data| {
        migrate(
            Steps::new(&[(1, old), (2, new)]).rebuild(1, &["parent"]),
            data,
        )
    };
    let (connection, result) = to(good, bad, data);
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("foreign key mismatch")
    );
    assert_eq!(rows(&connection, "SELECT * FROM child"), ["1"]);
    to(bad, bad, data).1.unwrap();
    to(bad, good, data).1.unwrap();
}
