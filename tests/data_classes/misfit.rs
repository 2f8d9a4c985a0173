//! Values that do not fit: SQLite stores any value in any column, unless the table is STRICT.

use std::error::Error as _;

use stepladder::rusqlite::types::Type;
use stepladder::rusqlite::{self, Connection};
use stepladder::{Error, ValueMisfit};

use super::classes;
use super::classes::latest::{keyless, kinds, loose_keys, order_lines, overview, todos};

fn with(statements: &str) -> Connection {
    let connection = classes();
    connection.execute_batch(statements).unwrap();
    connection
}

fn misfit<T>(result: stepladder::Result<T>) -> ValueMisfit {
    match result {
        Err(Error::ValueMisfit(misfit)) => *misfit,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it fits"),
    }
}

#[test]
fn each_type_says_what_does_not_fit() {
    let connection = with(
        "INSERT INTO kinds (id, whole, real, text, raw, flag, exact, day) \
         VALUES (7, 1, 1.0, 'a', x'', 1, 1, 1)",
    );
    for (change, expected) in [
        (
            "whole = 'seven'",
            "column `kinds.whole`: expected `i64`, found TEXT `'seven'` in the row with `id = 7`",
        ),
        (
            "whole = 1.5",
            "column `kinds.whole`: expected `i64`, found REAL `1.5` in the row with `id = 7`",
        ),
        (
            "real = x'00'",
            "column `kinds.real`: expected `f64`, found BLOB `x'00'` in the row with `id = 7`",
        ),
        (
            "text = x'41'",
            "column `kinds.text`: expected `String`, found BLOB `x'41'` in the row with `id = 7`",
        ),
        (
            "text = CAST(x'61ff' AS TEXT)",
            "column `kinds.text`: expected `String`, found TEXT `'a\u{fffd}'` in the row with \
             `id = 7`: it is not UTF-8",
        ),
        (
            "raw = 'text'",
            "column `kinds.raw`: expected `Vec<u8>`, found TEXT `'text'` in the row with `id = 7`",
        ),
        (
            "flag = 'yes'",
            "column `kinds.flag`: expected `bool`, found TEXT `'yes'` in the row with `id = 7`",
        ),
        (
            "exact = CAST(x'ff' AS TEXT)",
            "column `kinds.exact`: expected `Value`, found TEXT `'\u{fffd}'` in the row with \
             `id = 7`: it is not UTF-8",
        ),
        (
            "maybe_whole = 'it''s'",
            "column `kinds.maybe_whole`: expected `Option<i64>`, found TEXT `'it''s'` in the row \
             with `id = 7`",
        ),
        (
            "maybe_raw = 1",
            "column `kinds.maybe_raw`: expected `Option<Vec<u8>>`, found INTEGER `1` in the row \
             with `id = 7`",
        ),
        (
            "day = 3000000000",
            "column `kinds.day`: expected `Option<Day>`, found INTEGER `3000000000` in the row \
             with `id = 7`: Value 3000000000 out of range",
        ),
    ] {
        let changed = format!("SAVEPOINT s; UPDATE kinds SET {change};");
        connection.execute_batch(&changed).unwrap();
        let all = misfit(kinds::Row::all(&connection)).to_string();
        // Versions of rusqlite word what is out of range in their own way.
        let found = all.split(": Value").next().unwrap();
        assert_eq!(found, expected.split(": Value").next().unwrap());
        assert_eq!(misfit(kinds::Row::get(&connection, 7)).to_string(), all);
        let query = connection.query_row("SELECT * FROM kinds", [], kinds::Row::from_row);
        assert_eq!(misfit(query.map_err(Error::from)).to_string(), all);
        connection
            .execute_batch("ROLLBACK TO s; RELEASE s")
            .unwrap();
    }
    kinds::Row::all(&connection).unwrap();
}

#[test]
fn an_error_has_its_facts_apart() {
    let connection = with("INSERT INTO todos (id, title, state) VALUES (3, 'a', 'lost')");
    let error = misfit(todos::Row::all(&connection));
    assert_eq!((error.table, error.column), ("todos", "state"));
    assert_eq!(error.row, [("id", "3".to_owned())]);
    assert_eq!((&*error.expected, &error.found), ("State", &Type::Text));
    assert_eq!(error.value, "'lost'");
    assert_eq!(
        error.source().unwrap().to_string(),
        "there is no state `lost`"
    );
}

#[test]
fn a_long_value_is_shortened() {
    let connection = with("INSERT INTO todos (title) VALUES (zeroblob(1000000))");
    let error = misfit(todos::Row::all(&connection));
    assert_eq!(error.value, format!("x'{}...'", "00".repeat(20)));
}

#[test]
fn the_row_is_told_by_its_key_or_else_its_rowid() {
    let connection = with(
        "INSERT INTO [order lines] VALUES ('a''b', 4, x'00');
         INSERT INTO keyless (_rowid_, str) VALUES (12, 'a');
         INSERT INTO loose_keys VALUES (NULL, 'a');",
    );
    let line = misfit(order_lines::Row::all(&connection));
    assert_eq!(
        line.to_string(),
        "column `order lines.type`: expected `Option<String>`, found BLOB `x'00'` in the row with \
         `order = 4, self = 'a''b'`"
    );
    let keyless = misfit(keyless::Row::all(&connection));
    assert_eq!(keyless.row, [("_rowid_", "12".to_owned())]);
    let loose = misfit(loose_keys::Row::all(&connection));
    assert_eq!(loose.row, [("code", "NULL".to_owned())]);
}

#[test]
fn a_query_without_a_key_leaves_the_row_out() {
    let connection = with("INSERT INTO keyless (_rowid_, str) VALUES (12, 'a')");
    let of = |query: &str| {
        let row = connection.query_row(query, [], keyless::Row::from_row);
        misfit(row.map_err(Error::from)).to_string()
    };
    assert_eq!(
        of("SELECT * FROM keyless"),
        "column `keyless.str`: expected `Option<i64>`, found TEXT `'a'`"
    );
    // Without a name of its own SQLite calls it `rowid`, as another column is called here.
    assert_eq!(
        of("SELECT *, _rowid_ AS _rowid_ FROM keyless"),
        "column `keyless.str`: expected `Option<i64>`, found TEXT `'a'` in the row with \
         `_rowid_ = 12`"
    );
}

#[test]
fn the_rows_of_a_view_have_no_key() {
    let connection = with("INSERT INTO todos (title, state) VALUES ('a', 'lost')");
    assert_eq!(
        misfit(overview::Row::all(&connection)).to_string(),
        "column `overview.state`: expected `Option<State>`, found TEXT `'lost'`: there is no state \
         `lost`"
    );
}

#[test]
fn a_null_where_none_is_expected_is_told() {
    let connection = Connection::open_in_memory().unwrap();
    // A table of the same name that is not ours.
    connection
        .execute_batch(
            "CREATE TABLE names (id INTEGER PRIMARY KEY, name); INSERT INTO names VALUES (5, NULL)",
        )
        .unwrap();
    let error = misfit(super::classes::latest::names::Row::all(&connection));
    assert_eq!(
        error.to_string(),
        "column `names.name`: expected `String`, found NULL in the row with `id = 5`"
    );
}

#[test]
fn an_error_in_a_query_of_the_app_is_that_of_rusqlite() {
    let connection = with("INSERT INTO todos (title, state) VALUES ('a', 'lost')");
    let row = connection.query_row("SELECT * FROM todos", [], todos::Row::from_row);
    let Err(rusqlite::Error::FromSqlConversionFailure(_, Type::Text, source)) = row else {
        panic!("{row:?}");
    };
    let misfit: &ValueMisfit = source.downcast_ref().unwrap();
    assert_eq!(misfit.column, "state");
}

/// The row is there: SQLite has stored the value otherwise than it was given.
#[test]
fn a_row_that_is_added_and_does_not_fit_is_told() {
    let connection = with(
        "CREATE TRIGGER other AFTER INSERT ON todos BEGIN
            UPDATE todos SET state = 'lost' WHERE id = new.id; END;",
    );
    let row = todos::Insert::new("a")
        .insert_returning(&connection)
        .unwrap();
    assert_eq!(todos::Row::count(&connection).unwrap(), 1);
    let error = misfit(todos::Row::get(&connection, row.id));
    assert_eq!(error.column, "state");
}
