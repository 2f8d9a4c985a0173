//! Indexes, triggers and views after a step: as in a new database.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use rusqlite::Connection;
use stepladder::__private::StepContext;
use support::{Steps, at, entities, rebuild, rows};

type Step = fn(&StepContext<'_>) -> stepladder::Result<()>;

fn migrated(old: &str, new: &str, data: &str, step: Step) -> Connection {
    let steps = Steps::new(&[(1, old), (2, new)]).step(1, step);
    let mut connection = at(steps.history, 1, data);
    steps.strategy().migrate(&mut connection).unwrap();
    connection
}

/// The derived entities in the order of their creation.
fn derived(connection: &Connection) -> Vec<String> {
    rows(
        connection,
        "SELECT name FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY name",
    )
}

const LOG: &str = "CREATE TABLE t (a, b); CREATE TABLE log (x);";

fn trigger(name: &str) -> String {
    format!("CREATE TRIGGER {name} AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('{name}'); END;")
}

fn firing(connection: &Connection) -> Vec<String> {
    connection
        .execute_batch("DELETE FROM log; INSERT INTO t (a) VALUES (1)")
        .unwrap();
    rows(connection, "SELECT x FROM log ORDER BY rowid")
}

/// Triggers fire in the order in which they do in a new database, whatever the step was.
#[test]
fn triggers_fire_in_the_order_of_a_new_database() {
    let changed = |name: &str| trigger(name).replace("VALUES ('", "VALUES ('new ");
    let cases = [
        (
            vec![trigger("a"), trigger("b"), trigger("c")],
            vec![trigger("a"), changed("b"), trigger("c")],
        ),
        (vec![trigger("b")], vec![trigger("a"), trigger("b")]),
        (
            vec![trigger("a"), trigger("b"), trigger("c")],
            vec![trigger("a"), trigger("c")],
        ),
        (
            vec![trigger("a"), trigger("b"), trigger("c")],
            vec![trigger("c"), trigger("a"), trigger("b")],
        ),
        (
            vec![changed("a"), trigger("b")],
            vec![trigger("b"), trigger("a")],
        ),
    ];
    for (old, new) in cases {
        let schema = |triggers: &[String]| format!("{LOG}{}", triggers.concat());
        for rebuilds in [false, true] {
            let steps = Steps::new(&[(1, &schema(&old)), (2, &schema(&new))]);
            let history = steps.history;
            let steps = steps.step(1, move |step| {
                if rebuilds {
                    rebuild(step, history, "t", &[])
                } else {
                    Ok(())
                }
            });
            let mut connection = at(history, 1, "");
            steps.strategy().migrate(&mut connection).unwrap();
            assert_eq!(
                firing(&connection),
                firing(&at(history, 2, "")),
                "{old:?} {new:?}"
            );
        }
    }
}

#[test]
fn what_changed_is_made_anew_and_what_did_not_stays() {
    let old = "CREATE TABLE t (a, b); CREATE INDEX same ON t (a); CREATE INDEX changed ON t (a); CREATE INDEX gone ON t (b);
        CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE VIEW gone_v AS SELECT b FROM t;
        CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (NEW.a); END;
        CREATE TRIGGER h INSTEAD OF INSERT ON w BEGIN INSERT INTO v (a) VALUES (NEW.a); END";
    let new = "CREATE TABLE t (a, b); CREATE INDEX same ON t (a); CREATE UNIQUE INDEX changed ON t (a) WHERE b IS NULL; CREATE INDEX fresh ON t (b DESC);
        CREATE VIEW v AS SELECT a FROM t WHERE b IS NULL; CREATE VIEW w AS SELECT a FROM v;
        CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (NEW.a); END;
        CREATE TRIGGER h INSTEAD OF INSERT ON w BEGIN INSERT INTO v (a) VALUES (NEW.a); END";
    let connection = migrated(
        old,
        new,
        "INSERT INTO t VALUES (1, NULL), (2, 3); CREATE INDEX mine ON t (b, a)",
        |_| Ok(()),
    );
    assert_eq!(
        derived(&connection),
        ["changed", "fresh", "g", "h", "mine", "same", "v", "w"]
    );
    connection
        .execute_batch("INSERT INTO w VALUES (7)")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT a FROM w"), ["1", "7"]);
    assert!(
        connection
            .execute_batch("INSERT INTO w VALUES (7)")
            .is_err()
    );
}

#[test]
fn what_is_missing_or_was_changed_by_hand_is_put_right() {
    let schema = &format!(
        "{LOG} CREATE INDEX i ON t (a); CREATE INDEX j ON t (b); CREATE VIEW v AS SELECT a FROM t; {}",
        trigger("g")
    );
    let data = "DROP INDEX i; DROP INDEX j; CREATE INDEX J ON t (a, b); DROP TRIGGER g; DROP VIEW v; CREATE VIEW v AS SELECT 1";
    let connection = migrated(schema, schema, data, |_| Ok(()));
    assert_eq!(derived(&connection), ["g", "i", "j", "v"]);
    assert_eq!(
        rows(&connection, "SELECT name FROM pragma_index_info('j')"),
        ["b"]
    );
    assert_eq!(firing(&connection), ["g"]);
    assert_eq!(rows(&connection, "SELECT * FROM v"), ["1"]);
}

#[test]
fn a_new_name_of_a_column_or_table_is_followed() {
    let old = "CREATE TABLE t (a UNIQUE, b CHECK (a <> b)); CREATE INDEX i ON t (a) WHERE a > 0; CREATE VIEW v AS SELECT a FROM t;
        CREATE TABLE child (x REFERENCES t (a)); CREATE TABLE log (x);
        CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN INSERT INTO log VALUES (NEW.a); END";
    let new = "CREATE TABLE \"t t\" (\"a a\" UNIQUE, b CHECK (\"a a\" <> b)); CREATE INDEX i ON \"t t\" (\"a a\") WHERE \"a a\" > 0; CREATE VIEW v AS SELECT \"a a\" FROM \"t t\";
        CREATE TABLE child (x REFERENCES \"t t\" (\"a a\")); CREATE TABLE log (x);
        CREATE TRIGGER g AFTER UPDATE OF \"a a\" ON \"t t\" BEGIN INSERT INTO log VALUES (NEW.\"a a\"); END";
    let connection = migrated(old, new, "INSERT INTO t VALUES (1, 2)", |step| {
        step.rename_column("t", "a", "a a")?;
        step.rename_table("t", "t t")
    });
    connection
        .execute_batch("UPDATE \"t t\" SET \"a a\" = 5")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM log"), ["5"]);
    assert_eq!(rows(&connection, "SELECT * FROM v"), ["5"]);
    assert_eq!(
        rows(
            &connection,
            "SELECT \"table\", \"to\" FROM pragma_foreign_key_list('child')"
        ),
        ["t t|a a"]
    );
}

#[test]
fn a_column_is_dropped_with_its_index_view_and_trigger() {
    let connection = migrated(
        "CREATE TABLE t (a, b); CREATE INDEX i ON t (b); CREATE INDEX j ON t (a) WHERE b > 0; CREATE VIEW v AS SELECT b FROM t; CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = NEW.b; END",
        "CREATE TABLE t (a); CREATE INDEX j ON t (a); CREATE VIEW v AS SELECT a FROM t",
        "INSERT INTO t VALUES (1, 2)",
        |step| step.drop_column("t", "b"),
    );
    assert_eq!(derived(&connection), ["j", "v"]);
    assert_eq!(rows(&connection, "SELECT * FROM v"), ["1"]);
}

#[test]
fn rows_that_break_a_new_unique_index_name_the_step() {
    let steps = Steps::new(&[
        (1, "CREATE TABLE t (a)"),
        (2, "CREATE TABLE t (a); CREATE UNIQUE INDEX i ON t (a)"),
    ])
    .step(1, |_| Ok(()));
    let mut connection = at(steps.history, 1, "INSERT INTO t VALUES (1), (1)");
    let error = steps.strategy().migrate(&mut connection).unwrap_err();
    expect_test::expect!["the step from version 1 to 2 failed: UNIQUE constraint failed: t.a; everything was rolled back; the statement is `CREATE INDEX i`"].assert_eq(&error.to_string());
}

/// Triggers that are the same in both versions see what the step does; those that differ do not.
#[test]
fn triggers_during_a_step() {
    let old = format!("{LOG}{}{}", trigger("same"), trigger("old"));
    let new = format!("{LOG}{}{}", trigger("same"), trigger("fresh"));
    let connection = migrated(&old, &new, "", |step| {
        step.execute("INSERT INTO t VALUES (1, 2)", [])
    });
    assert_eq!(rows(&connection, "SELECT x FROM log"), ["same"]);
}

#[test]
fn temporary_tables_of_the_same_name_are_not_meant() {
    let old = "CREATE TABLE t (a); CREATE TABLE log (x); CREATE VIEW v AS SELECT a FROM t";
    let new = "CREATE TABLE t (a UNIQUE, b); CREATE TABLE log (x); CREATE VIEW v AS SELECT a, b FROM t; CREATE INDEX i ON t (b);
        CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END";
    let steps = Steps::new(&[(1, old), (2, new)]).rebuild(1, &["t"]);
    let data = "INSERT INTO t VALUES (1); CREATE INDEX mine ON t (a DESC); CREATE TEMP TABLE t (a, b); CREATE TEMP TABLE log (x); CREATE TEMP TABLE v (x)";
    let mut connection = at(steps.history, 1, data);
    steps.strategy().migrate(&mut connection).unwrap();
    assert_eq!(
        rows(
            &connection,
            "SELECT name FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
        ),
        ["g", "i", "log", "mine", "t", "v"]
    );
    connection
        .execute_batch("INSERT INTO main.t VALUES (2, 3)")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT * FROM main.log"), ["2"]);
    assert_eq!(rows(&connection, "SELECT * FROM main.v"), ["1|NULL", "2|3"]);
    assert_eq!(rows(&connection, "SELECT * FROM temp.t"), [""; 0]);
}

/// SQL of the app would mean the temporary one: the step would be done, and the rows as before.
#[test]
fn what_hides_a_table_from_the_app_is_refused() {
    type With = fn(Steps) -> Steps;
    let v = "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t";
    let w = "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a FROM t";
    let kinds: [With; 5] = [
        |steps| steps.sql(1, "UPDATE t SET a = a * 10"),
        |steps| steps.step(1, |step| step.execute("UPDATE t SET a = a * 10", [])),
        |steps| {
            steps.step(1, |step| {
                step.with_connection(|connection| {
                    Ok(connection.execute_batch("UPDATE t SET a = a * 10")?)
                })
            })
        },
        |steps| {
            let history = steps.history;
            let total = ("b", "(SELECT max(a) FROM t)");
            steps.step(1, move |step| rebuild(step, history, "t", &[total]))
        },
        |steps| steps.rebuild(1, &["t"]).sql(2, "UPDATE t SET a = a * 10"),
    ];
    for (name, temporary) in [
        ("t", "CREATE TEMP TABLE T (a, b)"),
        ("v", "CREATE TEMP VIEW v AS SELECT 7 AS a"),
    ] {
        let said = format!(
            "the connection has a temporary table or view `{name}`, which hides that of the \
             database from the code of the app: upgrade the database before it is made"
        );
        for kind in kinds {
            let steps = kind(Steps::new(&[(1, v), (2, w), (3, w)]));
            let mut connection = at(steps.history, 1, "INSERT INTO t VALUES (5)");
            connection.execute_batch(temporary).unwrap();
            let error = steps.strategy().migrate(&mut connection).unwrap_err();
            assert_eq!(error.to_string(), said);
            assert_eq!(rows(&connection, "SELECT * FROM main.t"), ["5"]);
            assert_eq!(rows(&connection, "PRAGMA user_version"), ["1"]);
        }
        // The same with what runs before the steps, and in a new database.
        let strategy = || Steps::new(&[(1, v)]).strategy();
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(temporary).unwrap();
        let mut creating = strategy().on_create(|_| panic!("it would write elsewhere"));
        assert_eq!(
            creating.migrate(&mut connection).unwrap_err().to_string(),
            said
        );
        drop(creating);
        strategy().migrate(&mut connection).unwrap();
        connection
            .execute_batch("PRAGMA user_version = -1")
            .unwrap();
        let mut before = strategy().before_steps(|_, _| panic!("it would write elsewhere"));
        assert_eq!(
            before.migrate(&mut connection).unwrap_err().to_string(),
            said
        );
    }
    // Those with a name of their own, one that the step makes, and SQLite's own.
    let v = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)";
    let w = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b)";
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TEMP TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        .unwrap();
    let seed = Some("INSERT INTO t (a) VALUES (5)");
    let mut strategy = Steps::with_seed(&[(1, v)], seed).strategy();
    strategy.migrate(&mut connection).unwrap();
    let change = "CREATE TEMP TABLE u (a); ALTER TABLE t ADD COLUMN b; UPDATE t SET a = a * 10";
    let mut strategy = Steps::new(&[(1, v), (2, w)]).sql(1, change).strategy();
    strategy.migrate(&mut connection).unwrap();
    assert_eq!(rows(&connection, "SELECT a FROM t"), ["50"]);
}

#[test]
fn a_table_takes_the_name_of_an_index_or_a_view() {
    let old = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a); CREATE INDEX r ON t (b);
        CREATE VIEW v AS SELECT a FROM t; CREATE TABLE s (x)";
    let new = "CREATE TABLE t (a, b); CREATE TABLE i (x); CREATE TABLE v (x); CREATE TABLE r (x)";
    let connection = migrated(old, new, "INSERT INTO s VALUES (7)", |step| {
        step.create_table(&entities("CREATE TABLE i (x)")[0])?;
        step.create_table(&entities("CREATE TABLE v (x)")[0])?;
        step.rename_table("s", "r")
    });
    assert_eq!(rows(&connection, "SELECT x FROM r"), ["7"]);
    assert!(derived(&connection).is_empty());
}

#[test]
fn all_views_are_made_anew_with_their_triggers() {
    let steps = Steps::new(&[(
        1,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE TABLE log (a);
         CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT a FROM v;
         CREATE TRIGGER g INSTEAD OF INSERT ON w BEGIN INSERT INTO t (a) VALUES (NEW.a); END;
         CREATE TRIGGER h AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END",
    )]);
    let connection = at(steps.history, 1, "");
    // One is gone, one is another.
    connection
        .execute_batch("DROP VIEW v; DROP VIEW w; CREATE VIEW w AS SELECT 1 AS a")
        .unwrap();
    let version = steps.history.at(1).unwrap();
    version.recreate_all_views(&connection).unwrap();
    assert_eq!(version.validate(&connection).unwrap().to_string(), "");
    connection
        .execute_batch("INSERT INTO w VALUES (7)")
        .unwrap();
    assert_eq!(rows(&connection, "SELECT a FROM w"), ["7"]);
    assert_eq!(rows(&connection, "SELECT a FROM log"), ["7"]);
}
