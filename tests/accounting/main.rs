//! What is told of a step, case by case.
#![cfg(feature = "verify")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

mod columns;
mod faults;
mod rows;
mod tables;

use std::fmt::Write;

use expect_test::Expect;
use rusqlite::Connection;
use stepladder::accounting::{
    Account, ColumnFate, Contents, Place, Rowids, TableFate, account, contents,
};
use stepladder::introspect::introspect;

fn held(connection: &Connection) -> Contents {
    contents(connection, &introspect(connection).unwrap()).unwrap()
}

/// What a step does to a database.
fn account_of(setup: &str, step: &str) -> Account {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    connection.execute_batch(setup).unwrap();
    let before = held(&connection);
    connection.execute_batch(step).unwrap();
    account(&before, &held(&connection))
}

/// Everything that is not as it was, and what is lost.
fn tell(account: &Account) -> String {
    let mut text = String::new();
    for table in &account.tables {
        let rows = &table.rows;
        let name = &table.table;
        match &table.fate {
            TableFate::Kept => {}
            TableFate::Moved { table } => writeln!(text, "{name} -> {table}").unwrap(),
            TableFate::Dropped => writeln!(text, "{name} dropped").unwrap(),
        }
        if rows.elsewhere > 0 {
            writeln!(text, "{name}: {} rows elsewhere", rows.elsewhere).unwrap();
        }
        if let Rowids::Renumbered { before, after } = table.rowids {
            writeln!(text, "{name}: rowid {before} -> {after}").unwrap();
        }
        if let Some(sequence) = table.sequence {
            let (before, after) = (sequence.before, sequence.after);
            writeln!(text, "{name}: sequence {before} -> {after:?}").unwrap();
        }
    }
    let place = |at: &Place| format!("{}.{}", at.table, at.column);
    for column in &account.columns {
        let name = format!("{}.{}", column.table, column.column);
        match &column.fate {
            ColumnFate::Kept | ColumnFate::Vanished { .. } => {}
            ColumnFate::Empty => writeln!(text, "{name}: empty").unwrap(),
            ColumnFate::Moved { at } => writeln!(text, "{name} -> {}", place(at)).unwrap(),
            ColumnFate::Transformed { at, example } => {
                writeln!(text, "{name} ~> {}: {example}", place(at)).unwrap();
            }
            ColumnFate::Rewritten {
                at,
                example,
                lost,
                of,
            } => {
                let at = place(at);
                writeln!(text, "{name} => {at}: {example}, {lost} of {of}").unwrap();
            }
        }
    }
    for loss in account.losses() {
        writeln!(text, "LOST {}: {loss}", loss.object()).unwrap();
    }
    text
}

fn check(setup: &str, step: &str, expected: &Expect) {
    expected.assert_eq(&tell(&account_of(setup, step)));
}

/// Three rows with values that are found nowhere else, in a table with a key.
const TODOS: &str = "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, notes TEXT);
    INSERT INTO todos VALUES (1001, 'Title one', 'Notes one'), (1003, 'Title two', 'Notes two'),
        (1007, 'Title three', 'Notes three');";
/// The same with users, to whom they belong.
const OWNED: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
    INSERT INTO users VALUES (2001, 'one@example'), (2002, 'two@example'), (2003, 'three@example');
    CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, owner_id INTEGER REFERENCES users
        ON DELETE CASCADE);
    INSERT INTO todos VALUES (1001, 'Title one', 2001), (1002, 'Title two', 2002),
        (1003, 'Title three', 2001), (1004, 'Title four', 2003);";

/// A rebuild of `todos` with a definition and a statement that copies.
fn rebuilt(definition: &str, copy: &str) -> String {
    format!(
        "CREATE TABLE new ({definition}); {copy}; DROP TABLE todos; ALTER TABLE new RENAME TO todos"
    )
}

const COLUMNS: &str = "id INTEGER PRIMARY KEY, title TEXT, notes TEXT";
