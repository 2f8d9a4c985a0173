//! Constraints that `ALTER TABLE` adds and drops since SQLite 3.53.
//! <https://www.sqlite.org/lang_altertable.html>

use expect_test::{Expect, expect};
use stepladder::rusqlite::{Connection, version_number};

use super::{Project, renaming};

/// Whether the SQLite that is linked has them.
#[expect(
    clippy::print_stdout,
    reason = "that a test does nothing is to be seen"
)]
fn is_linked() -> bool {
    let is_linked = version_number() >= 3_053_000;
    if !is_linked {
        println!("skipped: the SQLite that is linked is older than 3.53");
    }
    is_linked
}

/// The draft where the app meets no older SQLite. The proof and the comparison judge it.
fn check_draft(old: &str, new: &str, expected: &Expect) {
    if is_linked() {
        let project = Project::new(old, new);
        project.write("stepladder.toml", "oldest_sqlite = \"3.53\"\n");
        expected.assert_eq(&project.draft(&renaming(&[])));
    }
}

#[test]
fn a_column_gets_and_loses_its_not_null() {
    check_draft(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL ON CONFLICT FAIL, c INT CONSTRAINT c_there NOT NULL);
         CREATE INDEX i ON t (a);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL ON CONFLICT IGNORE, b TEXT NOT NULL, c INT);
         CREATE INDEX i ON t (a);",
        &expect![[r#"
            ALTER TABLE t ALTER COLUMN b DROP NOT NULL;

            ALTER TABLE t ALTER COLUMN c DROP NOT NULL;

            -- accepted: t.a is '' (it could be NULL before)
            UPDATE t SET a = ''
            WHERE a IS NULL;

            ALTER TABLE t ALTER COLUMN a SET NOT NULL ON CONFLICT IGNORE;

            ALTER TABLE t ALTER COLUMN b SET NOT NULL;
        "#]],
    );
}

#[test]
fn checks_are_added_and_dropped() {
    check_draft(
        "CREATE TABLE t (a INTEGER CONSTRAINT positive CHECK (a > 0), b INTEGER CHECK (b > 0), c TEXT,
             CONSTRAINT \"a b\" CHECK (a < b)) STRICT;",
        "CREATE TABLE t (a INTEGER, b INTEGER CHECK (b > 0) CHECK (b < 10), c TEXT CHECK (c IN ('x', 'y')),
             CONSTRAINT \"b a\" CHECK (b < a)) STRICT;",
        &expect![[r#"
            -- stepladder: allow check_on_existing t because it was accepted with the draft of this step

            ALTER TABLE t DROP CONSTRAINT positive;

            ALTER TABLE t DROP CONSTRAINT "a b";

            ALTER TABLE t ADD CHECK (b < 10);

            ALTER TABLE t ADD CHECK (c IN ('x', 'y'));

            ALTER TABLE t ADD CONSTRAINT "b a" CHECK (b < a);
        "#]],
    );
}

#[test]
fn a_foreign_key_with_a_name_is_dropped() {
    check_draft(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER CONSTRAINT to_p REFERENCES p);",
        "CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER);",
        &expect![[r#"
            ALTER TABLE t DROP CONSTRAINT to_p;
        "#]],
    );
}

#[test]
fn columns_come_and_go_with_constraints() {
    check_draft(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);
         CREATE VIEW v AS SELECT a FROM t;",
        "CREATE TABLE p (id INTEGER PRIMARY KEY);
         CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL,
             rank INTEGER NOT NULL CHECK (rank > 2), p INTEGER REFERENCES p, UNIQUE_no TEXT DEFAULT 'x');
         CREATE VIEW v AS SELECT a, rank FROM t;",
        &expect![[r#"
            DROP VIEW v;

            ALTER TABLE t ADD COLUMN rank INTEGER CHECK (rank > 2);

            ALTER TABLE t ADD COLUMN p INTEGER REFERENCES p;

            ALTER TABLE t ADD COLUMN UNIQUE_no TEXT DEFAULT 'x';

            -- accepted: t.a is '' (it could be NULL before)
            UPDATE t SET a = ''
            WHERE a IS NULL;

            -- accepted: t.rank is 3 (it is new, cannot be NULL and has no default)
            UPDATE t SET rank = 3;

            ALTER TABLE t ALTER COLUMN a SET NOT NULL;

            ALTER TABLE t ALTER COLUMN rank SET NOT NULL;

            CREATE VIEW v AS SELECT a, rank FROM t;
        "#]],
    );
}

#[test]
fn a_column_that_is_gone_goes_in_place_too() {
    check_draft(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER); CREATE INDEX i ON t (b);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);",
        &expect![[r#"
            -- stepladder: allow data_loss t.b because it was accepted with the draft of this step

            DROP INDEX i;

            ALTER TABLE t DROP COLUMN b;

            -- accepted: t.a is '' (it could be NULL before)
            UPDATE t SET a = ''
            WHERE a IS NULL;

            ALTER TABLE t ALTER COLUMN a SET NOT NULL;
        "#]],
    );
}

/// What it cannot do, or not without a name, or not without firing a trigger, is a rebuild.
#[test]
fn the_rest_is_made_anew() {
    if !is_linked() {
        return;
    }
    for (old, new) in [
        (
            "CREATE TABLE t (a INTEGER CHECK (a > 0));",
            "CREATE TABLE t (a INTEGER);",
        ),
        (
            "CREATE TABLE t (a INTEGER);",
            "CREATE TABLE t (a INTEGER UNIQUE);",
        ),
        (
            "CREATE TABLE t (a INTEGER);",
            "CREATE TABLE t (a INTEGER DEFAULT 1);",
        ),
        (
            "CREATE TABLE t (a INTEGER);",
            "CREATE TABLE t (a TEXT NOT NULL);",
        ),
        (
            "CREATE TABLE t (a INTEGER);",
            "CREATE TABLE t (a INTEGER REFERENCES p);",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, c TEXT NOT NULL);",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INTEGER);
             CREATE TRIGGER tr AFTER UPDATE ON t BEGIN UPDATE t SET n = 1 WHERE id = new.id; END;",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, n INTEGER);
             CREATE TRIGGER tr AFTER UPDATE ON t BEGIN UPDATE t SET n = 1 WHERE id = new.id; END;",
        ),
    ] {
        let parent = "CREATE TABLE p (id INTEGER PRIMARY KEY);";
        let project = Project::new(&format!("{parent}{old}"), &format!("{parent}{new}"));
        project.write("stepladder.toml", "oldest_sqlite = \"3.53\"\n");
        let step = project.draft(&renaming(&[]));
        assert!(step.contains("RENAME TO t;"), "{step}");
    }
}

#[test]
fn an_older_sqlite_that_may_be_met_has_them_not() {
    for settings in ["", "oldest_sqlite = \"3.39\"\n"] {
        let project = Project::new("CREATE TABLE t (a);", "CREATE TABLE t (a NOT NULL);");
        project.write("stepladder.toml", settings);
        let step = project.draft(&renaming(&[]));
        assert!(step.contains("RENAME TO t;"), "{step}");
    }
}

/// What the table is afterwards, or why it is not altered.
fn altered(table: &str, alter: &str) -> String {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(table).unwrap();
    match connection.execute_batch(alter) {
        Ok(()) => connection
            .query_row(
                "SELECT sql FROM sqlite_schema WHERE name = 't'",
                [],
                |row| row.get(0),
            )
            .unwrap(),
        Err(error) => {
            let error = error.to_string();
            error
                .split(" in ALTER")
                .next()
                .unwrap_or_default()
                .to_owned()
        }
    }
}

#[test]
fn what_sqlite_makes_of_it() {
    if !is_linked() {
        return;
    }
    let table = "CREATE TABLE t (a TEXT, b INTEGER CONSTRAINT b_there NOT NULL, CONSTRAINT k UNIQUE (a) -- last\n)";
    let rows = "CREATE TABLE t (a, b); INSERT INTO t VALUES (NULL, 1)";
    for (table, alter, expected) in [
        (
            table,
            "ALTER a SET NOT NULL",
            "CREATE TABLE t (a TEXT NOT NULL, b INTEGER CONSTRAINT b_there NOT NULL, CONSTRAINT k UNIQUE (a) -- last\n)",
        ),
        (
            table,
            "ALTER COLUMN b DROP NOT NULL",
            "CREATE TABLE t (a TEXT, b INTEGER, CONSTRAINT k UNIQUE (a) -- last\n)",
        ),
        // Without one there is nothing to do.
        (
            "CREATE TABLE t (a)",
            "ALTER a DROP NOT NULL",
            "CREATE TABLE t (a)",
        ),
        // It goes behind a comment, on a line of its own.
        (
            "CREATE TABLE t (a, b -- last\n)",
            "ADD CONSTRAINT c CHECK (a > 0)",
            "CREATE TABLE t (a, b -- last\n, CONSTRAINT c CHECK (a > 0))",
        ),
        (
            "CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID",
            "ADD CHECK (a > 0)",
            "CREATE TABLE t (a PRIMARY KEY, CHECK (a > 0)) WITHOUT ROWID",
        ),
        (
            "CREATE TABLE t (a)",
            "ALTER a SET CONSTRAINT n NOT NULL",
            "near \"CONSTRAINT\": syntax error",
        ),
        (
            "CREATE TABLE t (a)",
            "ALTER a SET DEFAULT 1",
            "near \"DEFAULT\": syntax error",
        ),
        (
            "CREATE TABLE t (a)",
            "ADD CONSTRAINT u UNIQUE (a)",
            "near \"UNIQUE\": syntax error",
        ),
        (
            "CREATE TABLE t (a)",
            "ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t",
            "near \"FOREIGN\": syntax error",
        ),
        (
            table,
            "DROP CONSTRAINT k",
            "constraint may not be dropped: k",
        ),
        (table, "DROP CONSTRAINT l", "no such constraint: l"),
        // Neither a table nor a column is named.
        (rows, "ALTER a SET NOT NULL", "constraint failed"),
        (rows, "ADD CHECK (b > 1)", "constraint failed"),
        // NULL passes, as in any CHECK.
        (
            rows,
            "ADD CHECK (a > 1)",
            "CREATE TABLE t (a, b, CHECK (a > 1))",
        ),
        // And it does not look at what else is broken.
        (
            "CREATE TABLE t (a); CREATE VIEW v AS SELECT nope FROM t",
            "ALTER a SET NOT NULL",
            "CREATE TABLE t (a NOT NULL)",
        ),
    ] {
        let found = altered(table, &format!("ALTER TABLE t {alter}"));
        assert_eq!(found, expected, "{alter}");
    }
}

/// What the proof says of a step that was written by hand.
fn check_step(step: &str, expected: &Expect) {
    if !is_linked() {
        return;
    }
    let project = Project::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER, CHECK (b < 10));",
    );
    project
        .make(&stepladder_build::MakeMigrationsOptions::default())
        .unwrap();
    std::fs::create_dir(project.schemas.join("steps")).unwrap();
    project.write("steps/from1_to2.sql", step);
    let told = stepladder_build::check(&project.schemas).map(|_| String::new());
    let told = told.unwrap_or_else(|error| error.to_string());
    expected.assert_eq(&told);
}

#[test]
fn rows_that_a_constraint_refuses_are_shown() {
    let not_null = "ALTER TABLE t ALTER a SET NOT NULL;";
    let check = "ALTER TABLE t ADD CHECK (b < 10);";
    let small = "UPDATE t SET b = 1 WHERE b > 9;";
    check_step(
        &format!("{small}\n{check}\n{not_null}\n"),
        &expect![[r#"
            error[data_loss]: column `t.b`: 5 of 5 values are gone: the row with `id = 10000001`, `a = 't.a 1'` held `10002001`, the row with `id = 10000002` held `10002002`, and both hold `1` now
             --> schemas/steps/from1_to2.sql:1:1
              |
            1 | UPDATE t SET b = 1 WHERE b > 9;
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the values are gone after this statement
              |
              = note: found by running the step from version 1 to 2 on rows made for the proof
              = help: if it is meant, declare it: `-- stepladder: allow data_loss t.b because ..`

            error[not_null_on_existing]: there are rows that the new constraint does not allow
             --> schemas/steps/from1_to2.sql:3:1
              |
            3 | ALTER TABLE t ALTER a SET NOT NULL;
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ SQLite stops here
              |
              = note: it works on a database without rows, and fails on one with rows
              = note: it fails with this row in `t`: id = 10000001, a = NULL, b = NULL
              = help: change the rows that cannot stay as they are before this statement
              = help: if there can be no such rows, declare it: `-- stepladder: allow not_null_on_existing t because ..`

            for more about a rule, run `cargo stepladder explain data_loss`"#]],
    );
    let kept = "UPDATE t SET a = '' WHERE a IS NULL;";
    check_step(
        &format!("{kept}\n{not_null}\n{check}\n"),
        &expect![[r#"
        error[check_on_existing]: there are rows that the new constraint does not allow
         --> schemas/steps/from1_to2.sql:3:1
          |
        3 | ALTER TABLE t ADD CHECK (b < 10);
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ SQLite stops here
          |
          = note: it works on a database without rows, and fails on one with rows
          = note: it fails with this row in `t`: id = 10000001, a = 't.a 1', b = 10002001
          = help: change the rows that cannot stay as they are before this statement
          = help: if there can be no such rows, declare it: `-- stepladder: allow check_on_existing t because ..`

        for more about a rule, run `cargo stepladder explain check_on_existing`"#]],
    );
    let told = "-- stepladder: allow check_on_existing t because all are small\n";
    check_step(
        &format!("{told}{kept}\n{not_null}\n{check}\n"),
        &expect![[r#""#]],
    );
}
