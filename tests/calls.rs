//! Steps in SQL that call Rust: `schemas/calls`, as generated code.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use stepladder::rusqlite::Connection;
use stepladder::{Error, MigrationStrategy, Result};

mod calls {
    include!("../build-support/tests/golden/calls.rs");
}

use calls::{MigrationSteps, history, migration_steps};

const FILL: &str = "UPDATE notes SET slug = lower(replace(title, ' ', '-')) || '-' || id";

/// The steps, with the SQL that each call runs; empty for an error of the app.
struct Steps<'c> {
    fill: &'static str,
    check: &'static str,
    called: Option<&'c mut Vec<&'static str>>,
}

fn run(connection: &Connection, sql: &str) -> Result<()> {
    if sql.is_empty() {
        return Err(Error::app("no slug for this title"));
    }
    Ok(connection.execute_batch(sql)?)
}

impl MigrationSteps for Steps<'_> {
    fn fill_slugs(&mut self, connection: &Connection) -> Result<()> {
        self.called
            .iter_mut()
            .for_each(|called| called.push("fill_slugs"));
        run(connection, self.fill)
    }

    fn check_slugs(&mut self, connection: &Connection) -> Result<()> {
        self.called
            .iter_mut()
            .for_each(|called| called.push("check_slugs"));
        run(connection, self.check)
    }
}

fn steps(fill: &'static str, check: &'static str) -> Steps<'static> {
    Steps {
        fill,
        check,
        called: None,
    }
}

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    history().at(1).unwrap().create_all(&connection).unwrap();
    connection
        .execute_batch(
            "INSERT INTO notes VALUES (1, 'Buy milk'), (7, 'Buy milk'); PRAGMA user_version = 1",
        )
        .unwrap();
    connection
}

/// What the database holds: its schema, rows and version.
fn dump(connection: &Connection) -> String {
    connection
        .query_row(
            "SELECT (SELECT group_concat(sql) FROM sqlite_schema) || (SELECT group_concat(id || \
             title) FROM notes) || (SELECT user_version FROM pragma_user_version)",
            [],
            |row| row.get(0),
        )
        .unwrap()
}

/// The error of an upgrade that fails, after which the database is as it was.
fn refused(steps: Steps<'_>) -> Error {
    let mut connection = database();
    let before = dump(&connection);
    let error = MigrationStrategy::new(migration_steps(steps))
        .migrate(&mut connection)
        .unwrap_err();
    assert!(connection.is_autocommit());
    assert_eq!(dump(&connection), before);
    error
}

#[test]
fn a_call_runs_between_the_statements() {
    let mut connection = database();
    let mut called = Vec::new();
    let steps = Steps {
        fill: FILL,
        check: "UPDATE notes SET title = upper(title) WHERE id = 7",
        called: Some(&mut called),
    };
    MigrationStrategy::new(migration_steps(steps))
        .migrate(&mut connection)
        .unwrap();
    assert_eq!(called, ["fill_slugs", "check_slugs"]);
    let rows: String = connection
        .query_row(
            "SELECT group_concat(title || '/' || slug) FROM notes",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(rows, "Buy milk/buy-milk-1,BUY MILK/buy-milk-7");
    let differences = history().validate_database_schema(&connection).unwrap();
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn an_error_names_the_step_the_place_and_the_method() {
    let error = refused(steps("", FILL));
    assert_eq!(
        error.to_string(),
        "the step from version 1 to 2 failed at calls/steps/from1_to2.sql:4, in `fill_slugs`: no slug \
         for this title; everything was rolled back"
    );
    assert!(matches!(
        error,
        Error::CallFailed { from: 1, to: 2, method: "fill_slugs", source, .. }
            if matches!(*source, Error::App(_))
    ));
    let error = refused(steps(FILL, "UPDATE nowhere SET a = 1"));
    let text = "failed at calls/steps/from1_to2.sql:15, in `check_slugs`: no such table: nowhere";
    assert!(error.to_string().contains(text), "{error}");
}

#[test]
fn rows_that_the_method_has_left_out_stop_the_statement_that_follows() {
    let error = refused(steps(
        "UPDATE notes SET slug = 'a' WHERE id = 1",
        "SELECT 1",
    ));
    let text = "failed at calls/steps/from1_to2.sql:11: NOT NULL constraint failed";
    assert!(error.to_string().contains(text), "{error}");
}

#[test]
fn a_call_cannot_change_the_schema() {
    let error = refused(steps("CREATE INDEX i ON notes (title)", "SELECT 1"));
    assert_eq!(
        error.to_string(),
        "the step from version 1 to 2 changes the schema at calls/steps/from1_to2.sql:4, where it can \
         only change the data: the statements before and after the call can do that"
    );
}

#[test]
fn a_call_cannot_end_the_transaction() {
    for sql in ["COMMIT", "ROLLBACK", "ROLLBACK; BEGIN", "COMMIT; BEGIN"] {
        let error = refused(steps(sql, "SELECT 1"));
        assert!(
            matches!(error, Error::TransactionEnded { from: 1, to: 2 }),
            "{error}"
        );
    }
}
