//! What a person reads when a database cannot be opened or upgraded.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use rusqlite::Connection;
use stepladder::{EntityKind, Error, ForeignKeyViolation};

fn sqlite(sql: &str) -> rusqlite::Error {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE item (name NOT NULL)")
        .unwrap();
    connection.execute_batch(sql).unwrap_err()
}

fn violation(rowid: Option<i64>) -> ForeignKeyViolation {
    ForeignKeyViolation {
        table: "child".to_owned(),
        rowid,
        parent: "parent".to_owned(),
    }
}

fn not_opened() -> Error {
    Error::Open {
        path: "data/app.db".into(),
        source: rusqlite::Error::InvalidQuery,
    }
}

fn hidden(name: &str) -> Error {
    Error::HiddenByTemporary {
        name: name.to_owned(),
    }
}

#[test]
fn every_message() {
    let failed = |statement: &str, location| Error::StepFailed {
        from: 1,
        to: 2,
        location,
        statement: statement.to_owned(),
        source: sqlite("INSERT INTO item VALUES (NULL)"),
        row: None,
        proven_with: 0,
    };
    let errors = [
        Error::Sqlite(sqlite("INSERT INTO item VALUES (NULL)")),
        not_opened(),
        Error::NewerThanApp {
            database: 7,
            app: 5,
        },
        Error::OlderThanOldest {
            database: 2,
            oldest: 3,
        },
        Error::OtherApplication {
            expected: 1,
            found: 7,
        },
        Error::UnknownVersion {
            found: 4,
            known: vec![3, 5, 6],
        },
        Error::NotVersioned {
            entities: vec!["table `item`".to_owned(), "view `v`".to_owned()],
        },
        Error::UnexpectedVersion {
            expected: 1,
            found: 3,
        },
        Error::SqliteTooOld {
            linked: 3_034_001,
            oldest: 3_035_000,
        },
        Error::InTransaction,
        failed(
            "INSERT INTO item VALUES (NULL)",
            Some(("schemas/steps/from1_to2.sql", 7)),
        ),
        failed("UPDATE \"item\" SET name = NULL", None),
        failed("", None),
        Error::TransactionEnded { from: 1, to: 2 },
        Error::SchemaChanged {
            from: 1,
            to: 2,
            location: Some(("src/steps.rs", 12)),
            statement: "DROP TABLE item".to_owned(),
        },
        Error::UnknownColumn {
            from: 1,
            to: 2,
            table: "item".to_owned(),
            column: "extra".to_owned(),
        },
        hidden("item"),
        Error::UnknownVersion {
            found: 1,
            known: vec![3, 5, 6],
        },
        Error::CreateFailed {
            kind: EntityKind::Index,
            name: "i".to_owned(),
            source: sqlite("INSERT INTO item VALUES (NULL)"),
        },
        Error::ForeignKeys {
            violations: vec![violation(Some(7)), violation(None)],
            count: 12,
        },
        Error::app("the list of countries is not there"),
    ];
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    expect_test::expect![[r#"
        NOT NULL constraint failed: item.name
        cannot open the database `data/app.db`: Query is not read-only
        the database is at version 7, but this version of the app knows only versions up to 5: update the app
        the database is at version 2, but this version of the app knows only versions from 3 on: open it with an older version of the app first
        the file belongs to another application: its `application_id` is 7, and that of this app is 1
        the history has no version 4, only 3, 5, 6
        the database is at version 0, but is not empty: it has table `item`, view `v`; it was not made by this app, or before the app kept a version in `user_version`
        the database is at version 3, but the steps were to start from version 1
        this is SQLite 3.34.1, and the steps need 3.35.0 or newer: link a newer one, for instance with the feature `bundled` of rusqlite
        the connection is in a transaction: an upgrade switches foreign keys off, which SQLite does only outside of one
        the step from version 1 to 2 failed at schemas/steps/from1_to2.sql:7: NOT NULL constraint failed: item.name; everything was rolled back; the statement is `INSERT INTO item VALUES (NULL)`
        the step from version 1 to 2 failed: NOT NULL constraint failed: item.name; everything was rolled back; the statement is `UPDATE "item" SET name = NULL`
        the step from version 1 to 2 failed: NOT NULL constraint failed: item.name; everything was rolled back
        the step from version 1 to 2 ended the transaction in which it runs: remove `COMMIT` and `ROLLBACK` from it
        the step from version 1 to 2 changes the schema at src/steps.rs:12, where it can only change the data: in place of `DROP TABLE item` call the method of the change, such as `.add_column(..)` or `.rebuild(..)`
        the table `item` has a column `extra` that version 1 does not have, and the step to version 2, which rebuilds the table, would lose it
        the connection has a temporary table or view `item`, which hides that of the database from the code of the app: upgrade the database before it is made
        the history has no version 1: it starts at version 3
        cannot create the index `i`: NOT NULL constraint failed: item.name
        the steps leave rows whose parent does not exist: a row of `child` (rowid 7) refers to a row of `parent`; a row of `child` refers to a row of `parent`; and 10 more
        the list of countries is not there"#]].assert_eq(&messages.join("\n"));
}

#[test]
fn messages_about_rollbacks_and_calls() {
    let errors = [
        Error::NotReversible { from: 4, to: 3 },
        Error::CallFailed {
            from: 1,
            to: 2,
            location: ("schemas/steps/from1_to2.sql", 9),
            method: "fill_slugs",
            source: Box::new(Error::app("there is no title")),
        },
        Error::PartlyUpgraded {
            version_now: 2,
            steps: vec![(1, 2)],
            source: Box::new(Error::CallFailed {
                from: 2,
                to: 3,
                location: ("schemas/steps/from2_to3.sql", 9),
                method: "fill_slugs",
                source: Box::new(Error::app("there is no title")),
            }),
        },
        Error::Cancelled { step: Some((2, 3)) },
        Error::Cancelled { step: Some((3, 2)) },
        Error::Cancelled { step: None },
        Error::BackupFailed {
            path: "data/app.db.v1.backup".into(),
            source: "the copy is not sound: page 3 is never used".into(),
        },
        Error::TransactionEnded { from: 2, to: 1 },
        Error::SchemaChanged {
            from: 2,
            to: 1,
            location: Some(("schemas/steps/from2_to1.sql", 3)),
            statement: String::new(),
        },
    ];
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    expect_test::expect![[r"
        the app has no rollback from version 4 to 3: write `steps/from4_to3.sql` in its schemas folder
        the step from version 1 to 2 failed at schemas/steps/from1_to2.sql:9, in `fill_slugs`: there is no title; everything was rolled back
        the step from version 2 to 3 failed at schemas/steps/from2_to3.sql:9, in `fill_slugs`: there is no title; that was rolled back, but what came before it was committed: the database is at version 2
        the upgrade was cancelled in the step from version 2 to 3; everything was rolled back
        the upgrade was cancelled in the rollback from version 3 to 2; everything was rolled back
        the upgrade was cancelled; everything was rolled back
        cannot back up the database to `data/app.db.v1.backup`: the copy is not sound: page 3 is never used; it was not upgraded
        the rollback from version 2 to 1 ended the transaction in which it runs: remove `COMMIT` and `ROLLBACK` from it
        the rollback from version 2 to 1 changes the schema at schemas/steps/from2_to1.sql:3, where it can only change the data: the statements before and after the call can do that"]].assert_eq(&messages.join("\n"));
}
