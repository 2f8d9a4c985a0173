//! What the generated tests say of right and of wrong steps.

use expect_test::expect;
use rusqlite::functions::FunctionFlags;
use stepladder::Result;
use stepladder::compare::Strictness;
use stepladder::verify::{Filling, MigrationTests, SchemaVerifier, Validation, ValidationOptions};

use crate::support::{self, Steps};
use crate::{V1, check, said, steps, tests, verifier};

#[test]
fn right_steps_pass() {
    let tests = tests("UPDATE todos SET due = 'todo-' || id");
    for (from, to) in [(1, 2), (1, 3), (2, 3)] {
        tests.pair(from, to, Filling::Empty);
        tests.pair(from, to, Filling::Rows);
        tests.at_once(from);
    }
    tests.new_database();
}

#[test]
fn a_target_that_was_left_in_the_strategy() {
    let tests = MigrationTests::new(|| steps("").strategy().target(1));
    check(
        || tests.new_database(),
        &expect![[r#"
        a new database does not come to version 3
          the strategy has `.target(1)`
          help: take it out, or give the tests a strategy without it"#]],
    );
    // They ask for a version themselves.
    tests.pair(1, 3, Filling::Rows);
    MigrationTests::new(|| steps("").strategy().target(3)).new_database();
}

#[test]
fn a_wrong_update() {
    let tests = tests("UPDATE todos SET title = 'untitled' WHERE note IS NOT NULL");
    check(
        || tests.pair(2, 3, Filling::Rows),
        &expect![[r#"
            the step from version 2 to 3 fails with rows in the tables
              column `todos.title`: 5 of 5 values are gone: the row with `id = 20000001`, `note = 'todos.note 1'`, `owner_id = 10000001` held `'todos.title 1'`, the row with `id = 20000002` held `'todos.title 2'`, and both hold `'untitled'` now
              help: if it is meant, declare it in `steps/from2_to3.sql`: `-- stepladder: allow data_loss todos.title because ..`
              help: the rows are made up: where those of the app are of another kind, make them so with `SchemaVerifier::prepare_rows`"#]],
    );
    // The step before it is right, whoever asks first.
    tests.pair(1, 2, Filling::Rows);
    check(
        || tests.pair(1, 3, Filling::Rows),
        &expect![[r#"
            the step from version 2 to 3 of a database that was made at version 1 fails with rows in the tables
              column `todos.title`: 5 of 5 values are gone: the row with `id = 20000001`, `note = 'todos.note 1'`, `owner_id = 10000001` held `'todos.title 1'`, the row with `id = 20000002` held `'todos.title 2'`, and both hold `'untitled'` now
              help: if it is meant, declare it in `steps/from2_to3.sql`: `-- stepladder: allow data_loss todos.title because ..`
              help: the rows are made up: where those of the app are of another kind, make them so with `SchemaVerifier::prepare_rows`"#]],
    );
    tests.pair(2, 3, Filling::Empty);
}

#[test]
fn rows_that_are_deleted() {
    let tests = tests("DELETE FROM todos WHERE id % 2 = 0");
    check(
        || tests.pair(2, 3, Filling::Rows),
        &expect![[r#"
        the step from version 2 to 3 fails with rows in the tables
          table `todos`: 2 of 5 rows are gone, such as the row with `id = 20000002`, `title = 'todos.title 2'`, `note = 'todos.note 2'`
          help: if it is meant, declare it in `steps/from2_to3.sql`: `-- stepladder: allow data_loss todos because ..`
          help: the rows are made up: where those of the app are of another kind, make them so with `SchemaVerifier::prepare_rows`"#]],
    );
}

#[test]
fn values_that_are_exchanged() {
    let tests = tests("UPDATE todos SET title = coalesce(note, ''), note = title");
    check(
        || tests.pair(2, 3, Filling::Rows),
        &expect![[r#"
        the step from version 2 to 3 fails with rows in the tables
          column `todos.title`: its values are in `todos.note` now, and `todos.title` is still there
          column `todos.note`: its values are in `todos.title` now, and `todos.note` is still there
          help: where rows are copied, name the columns in the same order: `INSERT INTO .. (.., title, ..) SELECT .., title, .. FROM ..`
          help: if it is meant, declare it in `steps/from2_to3.sql`: `-- stepladder: allow data_loss todos.title because ..`
          help: where rows are copied, name the columns in the same order: `INSERT INTO .. (.., note, ..) SELECT .., note, .. FROM ..`
          help: if it is meant, declare it in `steps/from2_to3.sql`: `-- stepladder: allow data_loss todos.note because ..`
          help: the rows are made up: where those of the app are of another kind, make them so with `SchemaVerifier::prepare_rows`"#]],
    );
}

/// A step in SQL that says which name is whose is believed; a copy of values is not.
#[test]
fn names_that_are_exchanged_by_rename() {
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);
        CREATE TABLE u (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE v (id INTEGER PRIMARY KEY, y INTEGER)";
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, a INTEGER);
        CREATE TABLE v (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE u (id INTEGER PRIMARY KEY, y INTEGER)";
    let sql = "ALTER TABLE u RENAME TO w; ALTER TABLE v RENAME TO u; ALTER TABLE w RENAME TO v;
        ALTER TABLE t RENAME a TO c; ALTER TABLE t RENAME b TO a; ALTER TABLE t RENAME c TO b;";
    let tests = |sql: String| {
        MigrationTests::new(move || Steps::new(&[(1, old), (2, new)]).sql(1, &sql).strategy())
    };
    tests(sql.to_owned()).pair(1, 2, Filling::Rows);
    let lost = said(|| tests(format!("{sql} UPDATE t SET a = 1;")).pair(1, 2, Filling::Rows));
    assert!(lost.contains("column `t.b`: "), "{lost}");
}

/// What one row cannot show, others do: whether a value that has another name and is another one was
/// made from the one before.
#[test]
fn amounts_in_another_unit() {
    let old = "CREATE TABLE entries (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)";
    let new = "CREATE TABLE entries (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL)";
    let tests = |update: &'static str| {
        let sql = format!(
            "ALTER TABLE entries RENAME COLUMN amount TO cents; UPDATE entries SET {update}"
        );
        MigrationTests::new(move || Steps::new(&[(1, old), (2, new)]).sql(1, &sql).strategy())
    };
    tests("cents = cents * 7 WHERE typeof(cents) = 'integer'").pair(1, 2, Filling::Rows);
    for (update, expected) in [
        (
            "cents = cents * 7",
            expect![[r#"
            the step from version 1 to 2 fails with odd values in the tables
              column `entries.amount`: 7 of 16 values are gone: the row with `id = -1` held `'not a number'`, the row with `id = 10000008` held `''`, and both hold `0` now
              help: all integers can still be told apart, and only other values cannot: leave those alone, with `WHERE typeof(cents) = 'integer'` in an UPDATE, or `CASE typeof(amount) WHEN 'integer' THEN .. ELSE amount END` in a copy
              help: if it is meant, declare it in `steps/from1_to2.sql`: `-- stepladder: allow data_loss entries.amount because ..`
              help: the rows are made up: where those of the app are of another kind, make them so with `SchemaVerifier::prepare_rows`"#]],
        ),
        (
            "cents = 7",
            expect![[r#"
            the step from version 1 to 2 fails with rows in the tables
              column `entries.amount`: 5 of 5 values are gone: the row with `id = 10000001` held `10001001`
              help: if it is meant, declare it in `steps/from1_to2.sql`: `-- stepladder: allow data_loss entries.amount because ..`
              help: the rows are made up: where those of the app are of another kind, make them so with `SchemaVerifier::prepare_rows`"#]],
        ),
        // Where there is one row alone, it is lost.
        (
            "cents = CASE WHEN (SELECT count(*) FROM entries) > 1 THEN cents * 7 ELSE id END
          WHERE typeof(cents) = 'integer'",
            expect![[r#"
                the step from version 1 to 2 fails with one row in each table
                  column `entries.amount`: 1 of 1 value is gone: the row with `id = 10000001` held `10001001`
                  help: if it is meant, declare it in `steps/from1_to2.sql`: `-- stepladder: allow data_loss entries.amount because ..`
                  help: the rows are made up: where those of the app are of another kind, make them so with `SchemaVerifier::prepare_rows`"#]],
        ),
    ] {
        check(|| tests(update).pair(1, 2, Filling::Rows), &expected);
    }
}

#[test]
fn rows_that_lose_their_parent() {
    let tests = tests("UPDATE todos SET owner_id = owner_id + 100");
    check(
        || tests.pair(2, 3, Filling::Rows),
        &expect![[r#"
        the step from version 2 to 3 fails with rows in the tables
          the steps leave rows whose parent does not exist: a row of `todos` (rowid 20000001) refers to a row of `users`; a row of `todos` (rowid 20000002) refers to a row of `users`; a row of `todos` (rowid 20000003) refers to a row of `users`; a row of `todos` (rowid 20000004) refers to a row of `users`; a row of `todos` (rowid 20000005) refers to a row of `users`
          help: mend the step, or, where the app writes no such rows, make them as they are with `SchemaVerifier::prepare_rows`"#]],
    );
}

#[test]
fn a_step_that_takes_null_for_a_value() {
    let tests = MigrationTests::new(|| {
        steps("")
            .step(2, |m| {
                m.add_column("todos", "due TEXT")?;
                m.with_connection(|connection| {
                    let mut statement = connection.prepare("SELECT note FROM todos")?;
                    let notes = statement.query_map([], |row| row.get::<_, String>(0))?;
                    Ok(notes.collect::<rusqlite::Result<Vec<_>>>().map(drop)?)
                })
            })
            .strategy()
    });
    check(
        || tests.pair(2, 3, Filling::Rows),
        &expect![[r#"
        the step from version 2 to 3 fails with rows in the tables, and NULL wherever it is allowed
          the step from version 2 to 3 failed: Invalid column type Null at index: 0, name: note; everything was rolled back
          help: mend the step, or, where the app writes no such rows, make them as they are with `SchemaVerifier::prepare_rows`"#]],
    );
    check(
        || tests.at_once(2),
        &expect![[r#"
        the upgrade from version 2 to 3 in one transaction fails with rows in the tables
          the step from version 2 to 3 failed: Invalid column type Null at index: 0, name: note; everything was rolled back
          help: mend the step, or, where the app writes no such rows, make them as they are with `SchemaVerifier::prepare_rows`"#]],
    );
}

#[test]
fn a_step_that_panics() {
    let tests = MigrationTests::new(|| steps("").step(1, |_| panic!("no such luck")).strategy());
    check(
        || tests.pair(1, 2, Filling::Empty),
        &expect![[r#"
            the step from version 1 to 2 fails with empty tables
              it panicked: no such luck"#]],
    );
    check(
        || tests.pair(1, 3, Filling::Empty),
        &expect![[r#"
        the upgrade from version 1 to 3 ends before version 2
          help: see the test `from1::to2`"#]],
    );
    tests.pair(2, 3, Filling::Empty);
}

/// In a step itself, this is an error of the step; a hook may do it too.
#[test]
fn an_index_that_is_made_by_hand() {
    let tests = tests("DROP INDEX todos_by_title; CREATE INDEX todos_by_title ON todos (note)");
    check(
        || tests.pair(2, 3, Filling::Empty),
        &expect![[r#"
        the step from version 2 to 3 fails with empty tables
          the step from version 2 to 3 changes the schema, where it can only change the data: call the method of the change, such as `.add_column(..)` or `.rebuild(..)`"#]],
    );

    let hook = MigrationTests::new(|| {
        steps("").strategy().before_open(|connection, _| {
            Ok(connection.execute_batch(
                "DROP INDEX todos_by_title; CREATE INDEX todos_by_title ON todos (note)",
            )?)
        })
    });
    check(
        || hook.pair(2, 3, Filling::Empty),
        &expect![[r#"
            the step from version 2 to 3 fails with empty tables
              the database does not have the schema of version 3
                  index `todos_by_title`: expected columns `(title)`, found `(note)`
                help: expected is what a new database of version 3 has; found is what the step from version 2 to 3, or a hook, made"#]],
    );
    check(
        || hook.new_database(),
        &expect![[r#"
            a new database does not come to version 3
              the database does not have the schema of version 3
                  index `todos_by_title`: expected columns `(title)`, found `(note)`
                help: expected is what a new database of version 3 has; found is what a hook, or somebody else, made: no step has run"#]],
    );
}

#[test]
fn a_hook_that_writes_each_time() {
    let tests = MigrationTests::new(|| {
        steps("").strategy().before_open(|connection, _| {
            Ok(connection.execute_batch("DROP TABLE IF EXISTS log; CREATE TABLE log (t)")?)
        })
    });
    check(
        || tests.new_database(),
        &expect![[r#"
            a new database does not come to version 3
              the database does not have the schema of version 3
                  table `log` is not expected
                help: expected is what a new database of version 3 has; found is what a hook, or somebody else, made: no step has run"#]],
    );
}

#[test]
fn what_is_declared_may_be_lost() {
    let step = |m: &stepladder::__private::StepContext<'_>| {
        m.add_column("todos", "due TEXT")?;
        m.execute("UPDATE todos SET note = NULL", [])
    };
    let tests = MigrationTests::new(move || steps("").step(2, step).strategy());
    let text = said(|| tests.pair(2, 3, Filling::Rows));
    assert!(text.contains("allow data_loss todos.note"), "{text}");

    let history = steps("").history;
    let allowing = move |object: &'static str| {
        MigrationTests::new(move || {
            let mut steps = steps("").step(2, step);
            steps.history = support::leak(Box::new(stepladder::History {
                allowances: support::leak(Box::new([stepladder::__private::Allowance {
                    step: (2, 3),
                    rule: "data_loss",
                    object,
                }])),
                ..*history
            }));
            steps.strategy()
        })
    };
    allowing("todos.note").pair(2, 3, Filling::Rows);
    allowing("todos").pair(2, 3, Filling::Rows);
    said(|| allowing("todos.title").pair(2, 3, Filling::Rows));
    said(|| allowing("users").pair(2, 3, Filling::Rows));
}

/// A step in SQL that says that there are no rows of a kind is tested with the others.
#[test]
fn rows_that_are_declared_not_to_be_there_are_taken_out() {
    const NEW: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE todos (
            id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT NOT NULL,
            owner_id INTEGER NOT NULL REFERENCES users (id)
        );
        CREATE INDEX todos_by_title ON todos (title)";
    let step = "CREATE TABLE todos_new (
            id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT NOT NULL,
            owner_id INTEGER NOT NULL REFERENCES users (id)
        );
        INSERT INTO todos_new SELECT id, title, note, owner_id FROM todos;
        DROP TABLE todos;
        ALTER TABLE todos_new RENAME TO todos;
        CREATE INDEX todos_by_title ON todos (title)";
    let tests = |allowed: bool| {
        MigrationTests::new(move || {
            let mut steps = Steps::new(&[(1, V1), (2, NEW)]).sql(1, step);
            if allowed {
                steps.history = support::leak(Box::new(stepladder::History {
                    allowances: support::leak(Box::new([stepladder::__private::Allowance {
                        step: (1, 2),
                        rule: "not_null_on_existing",
                        object: "todos.note",
                    }])),
                    ..*steps.history
                }));
            }
            steps.strategy()
        })
    };
    tests(true).pair(1, 2, Filling::Rows);
    check(
        || tests(false).pair(1, 2, Filling::Rows),
        &expect![[r#"
        the step from version 1 to 2 fails with rows in the tables, and NULL wherever it is allowed
          the step from version 1 to 2 failed at schemas/steps/step.sql:5: NOT NULL constraint failed: todos_new.note; everything was rolled back; the statement is `INSERT INTO todos_new SELECT id, title, note, owner_id FROM todos`
          help: mend the step, or, where the app writes no such rows, make them as they are with `SchemaVerifier::prepare_rows`"#]],
    );
}

#[test]
fn a_rollback_that_does_not_bring_everything_back() {
    let tests = |rollback: &'static str| {
        MigrationTests::new(move || steps("").rollback(2, rollback).strategy())
    };
    tests("ALTER TABLE todos DROP COLUMN slug").rollback(2, 1);
    let wrong = tests("ALTER TABLE todos DROP COLUMN slug; UPDATE todos SET note = NULL");
    check(
        || wrong.rollback(2, 1),
        &expect![[r#"
            the rollback from version 2 to 1 fails with rows in the tables
              column `todos.note`: 5 of 5 values are gone: the row with `id = 20000001`, `title = 'todos.title 1'`, `owner_id = 10000001` held `'todos.note 1'` and holds `NULL` now
              help: what the step has made of a value, the rollback has to bring back
              help: if it is meant, declare it in `steps/from2_to1.sql`: `-- stepladder: allow data_loss todos.note because ..`"#]],
    );
    let elsewhere = tests("ALTER TABLE todos DROP COLUMN slug; DROP INDEX todos_by_title");
    check(
        || elsewhere.rollback(2, 1),
        &expect![[r#"
            the rollback from version 2 to 1 of a database that was made at version 1 fails with empty tables
              the database does not have the schema of version 1
                  index `todos_by_title` is missing
                help: expected is what a new database of version 1 has; found is what the step from version 2 to 1, or a hook, made"#]],
    );
}

#[test]
fn rows_can_be_prepared() {
    let tests = MigrationTests::with(
        verifier().prepare_rows(|connection, version| {
            assert!((1..=3).contains(&version));
            Ok(connection.execute_batch("UPDATE todos SET note = 'a'")?)
        }),
        || steps("UPDATE todos SET note = 'a'").strategy(),
    );
    tests.pair(2, 3, Filling::Rows);
}

#[test]
fn functions_of_the_app_can_be_registered() {
    const VERSIONS: [(i32, &str); 2] = [(1, "CREATE TABLE t (a)"), (2, "CREATE TABLE t (a, b)")];
    let steps = || {
        Steps::new(&VERSIONS).step(1, |m| {
            m.add_column("t", "b")?;
            m.execute("UPDATE t SET b = of_the_app(a)", [])
        })
    };
    let verifier = SchemaVerifier::new(steps().history).setup(|connection| {
        let flags = FunctionFlags::SQLITE_UTF8;
        connection.create_scalar_function("of_the_app", 1, flags, |_| Ok(7))
    });
    MigrationTests::with(verifier, move || steps().strategy()).pair(1, 2, Filling::Rows);
    let without = MigrationTests::new(move || steps().strategy());
    let text = said(|| without.pair(1, 2, Filling::Rows));
    assert!(text.contains("no such function: of_the_app"), "{text}");
}

#[test]
fn the_order_of_columns_counts_when_it_is_to() -> Result<()> {
    let versions = [
        (1, "CREATE TABLE t (a, c)"),
        (2, "CREATE TABLE t (a, b, c)"),
    ];
    let steps = move || Steps::new(&versions).step(1, |m| m.add_column("t", "b"));
    let strict = ValidationOptions::default().column_order(Strictness::Strict);
    let mut connection = SchemaVerifier::new(steps().history).start_at(1)?;
    let verifier = SchemaVerifier::new(steps().history);
    let mut strategy = steps().strategy().validate(Validation::Never);
    verifier.migrate_and_validate(&mut connection, &mut strategy, 2)?;
    let error = verifier
        .options(strict.clone())
        .validate(&connection, 2)
        .unwrap_err();
    assert!(error.to_string().contains("order"), "{error}");
    let verifier = SchemaVerifier::new(steps().history).options(strict);
    let tests = MigrationTests::with(verifier, move || steps().strategy());
    assert!(said(|| tests.pair(1, 2, Filling::Empty)).contains("order"));
    Ok(())
}

/// Values of rows among each other, in one row alone, with odd values.
#[test]
fn what_only_some_rows_show() {
    for also in [
        "DELETE FROM todos WHERE title = ''",
        "DELETE FROM todos WHERE (SELECT count(*) FROM todos) = 1",
        "UPDATE todos SET title = substr(title, 1, 3)",
    ] {
        let tests = tests(also);
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            tests.pair(2, 3, Filling::Rows);
        }));
        assert!(found.is_err(), "{also}");
    }
}

/// A step may refuse rows that are odd; an app need not write them.
#[test]
fn odd_rows_may_be_refused() {
    let tests = MigrationTests::new(|| {
        steps("")
            .step(2, |m| {
                m.add_column("todos", "due TEXT")?;
                m.with_connection(|connection| {
                    let mut statement = connection.prepare("SELECT title FROM todos")?;
                    let titles = statement.query_map([], |row| row.get::<_, String>(0))?;
                    for title in titles {
                        let title = title?;
                        assert!(!title.is_empty());
                        if !title.starts_with("todos") {
                            return Err(stepladder::Error::app(title));
                        }
                    }
                    Ok(())
                })
            })
            .strategy()
    });
    tests.pair(1, 3, Filling::Rows);
}

/// A rollback brings back what was there, and not only something from which it can be told.
#[test]
fn a_rollback_that_does_not_undo_a_change() {
    let tests = MigrationTests::new(|| {
        Steps::new(&crate::VERSIONS)
            .step(1, |m| {
                m.add_column("todos", "slug TEXT")?;
                m.execute("UPDATE todos SET title = title || '!'", [])
            })
            .rollback(2, "ALTER TABLE todos DROP COLUMN slug")
            .strategy()
    });
    check(
        || tests.rollback(2, 1),
        &expect![[r#"
        the rollback from version 2 to 1 fails with rows in the tables
          column `todos.title`: its values are other ones: the row with `id = 20000001`, `note = 'todos.note 1'`, `owner_id = 10000001` held `'todos.title 1'` and holds `'todos.title 1!'` now
          help: what the step has made of a value, the rollback has to bring back
          help: if it is meant, declare it in `steps/from2_to1.sql`: `-- stepladder: allow data_loss todos.title because ..`"#]],
    );
}

/// Foreign keys to one table refer to different rows, so that it is seen when they are exchanged.
#[test]
fn keys_that_are_exchanged() {
    const OLD: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE messages (
        id INTEGER PRIMARY KEY, sender INTEGER NOT NULL REFERENCES users, recipient INTEGER NOT NULL REFERENCES users)";
    const NEW: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE messages (
        id INTEGER PRIMARY KEY, sender INTEGER NOT NULL REFERENCES users, recipient INTEGER NOT NULL REFERENCES users, read)";
    for also in [
        "UPDATE messages SET sender = recipient, recipient = sender",
        "UPDATE messages SET sender = recipient",
    ] {
        let tests = MigrationTests::new(move || {
            Steps::new(&[(1, OLD), (2, NEW)])
                .step(1, move |m| {
                    m.add_column("messages", "read")?;
                    m.execute(also, [])
                })
                .strategy()
        });
        let text = said(|| tests.pair(1, 2, Filling::Rows));
        assert!(text.contains("`messages.sender`"), "{text}");
    }
}
