//! Rows that are added and changed.

use stepladder::rusqlite::types::Value;

use super::classes::latest::{
    descending, kinds, loose_keys, names, order_lines, strict_keys, todos,
};
use super::{Day, State, classes};

#[test]
fn what_is_left_out_is_the_default() {
    let connection = classes();
    let row = todos::Insert::new("a")
        .insert_returning(&connection)
        .unwrap();
    assert_eq!(row.id, 1);
    assert_eq!(row.state, State::Open);
    assert_eq!(row.note.as_deref(), Some("none"));
    assert_eq!((row.hint, row.due), (None, None));
    assert_eq!(row.free, Value::Integer(7));
    // What SQLite computes comes back, and cannot be given.
    assert_eq!((row.length, &*row.loud), (Some(1), "A"));
}

#[test]
fn null_is_not_what_is_left_out() {
    let connection = classes();
    let insert = todos::Insert {
        id: Some(40),
        due: Some(Day(3)),
        state: Some(State::Done),
        note: Some(None),
        hint: Some("h".to_owned()),
        free: Some(Value::Null),
        ..todos::Insert::new("a")
    };
    assert_eq!(insert.insert(&connection).unwrap(), 40);
    let row = todos::Row::get(&connection, 40).unwrap().unwrap();
    assert_eq!((row.due, row.state), (Some(Day(3)), State::Done));
    assert_eq!((row.note, row.free), (None, Value::Null));
    assert_eq!(row.hint.as_deref(), Some("h"));
}

#[test]
fn the_rowid_is_that_of_the_row_and_not_of_what_a_trigger_adds() {
    let connection = classes();
    for expected in 1..3 {
        // `todos_words` adds a row to `words` with another rowid.
        let id = todos::Insert::new("a").insert(&connection).unwrap();
        assert_eq!(id, expected);
    }
    let words: i64 = connection
        .query_row("SELECT max(rowid) FROM words", [], |row| row.get(0))
        .unwrap();
    assert_eq!(words, 102);
}

#[test]
fn a_row_that_is_left_out_without_an_error_is_one() {
    let connection = classes();
    assert_eq!(names::Insert::new("ada").insert(&connection).unwrap(), 1);
    assert_eq!(names::Insert::new("bob").insert(&connection).unwrap(), 2);
    let again = names::Insert::new("ada");
    // The last rowid would still be 2.
    let error = again.insert(&connection).unwrap_err();
    assert_eq!(error.to_string(), "Query changed 0 rows");
    let error = again.insert_returning(&connection).unwrap_err();
    assert_eq!(error.to_string(), "Query changed 0 rows");
    let rename = names::Update {
        name: Some("ada".to_owned()),
        ..names::Update::new(2)
    };
    let error = rename.update(&connection).unwrap_err();
    assert_eq!(error.to_string(), "Query changed 0 rows");
    assert_eq!(names::Row::count(&connection).unwrap(), 2);
}

#[test]
fn a_constraint_that_fails_is_what_sqlite_says() {
    let connection = classes();
    let insert = todos::Insert {
        id: Some(1),
        ..todos::Insert::new("a")
    };
    insert.insert(&connection).unwrap();
    let error = insert.insert_returning(&connection).unwrap_err();
    assert_eq!(error.to_string(), "UNIQUE constraint failed: todos.id");
}

#[test]
fn a_deferred_constraint_fails_when_the_row_is_returned() {
    let connection = super::Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "PRAGMA foreign_keys = ON;
             CREATE TABLE parents (id INTEGER PRIMARY KEY);
             CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL
                REFERENCES parents DEFERRABLE INITIALLY DEFERRED);",
        )
        .unwrap();
    let error = names::Insert::new("1")
        .insert_returning(&connection)
        .unwrap_err();
    assert_eq!(error.to_string(), "FOREIGN KEY constraint failed");
    assert_eq!(names::Row::count(&connection).unwrap(), 0);
}

#[test]
fn an_update_changes_what_it_has() {
    let connection = classes();
    let id = todos::Insert::new("a").insert(&connection).unwrap();
    let update = todos::Update {
        state: Some(State::Done),
        note: Some(None),
        due: Some(Some(Day(1))),
        ..todos::Update::new(id)
    };
    assert!(update.update(&connection).unwrap());
    let row = todos::Row::get(&connection, id).unwrap().unwrap();
    assert_eq!((&*row.title, row.state), ("a", State::Done));
    assert_eq!((row.note, row.due), (None, Some(Day(1))));

    let nothing = todos::Update::new(id);
    assert!(nothing.update(&connection).unwrap());
    let nobody = todos::Update { id: 9, ..update };
    assert!(!nobody.update(&connection).unwrap());
    assert!(!todos::Update::new(9).update(&connection).unwrap());
}

#[test]
fn a_row_may_have_nothing_but_defaults() {
    let connection = classes();
    assert_eq!(loose_keys::Insert::default(), loose_keys::Insert::new());
    let row = loose_keys::Insert::new()
        .insert_returning(&connection)
        .unwrap();
    assert_eq!((row.code, row.n), (None, None));
}

/// <https://www.sqlite.org/lang_createtable.html#the_primary_key>: a bug that became a feature.
#[test]
fn a_primary_key_may_be_null_unless_it_is_the_rowid_or_the_table_strict_or_without_rowids() {
    let connection = classes();
    let null = |table: &str, others: &str, values: &str| {
        let sql = format!("INSERT INTO [{table}] ({others}) VALUES ({values})");
        connection
            .execute(&sql, [])
            .map_err(|error| error.to_string())
    };
    assert_eq!(null("loose_keys", "code, n", "NULL, 1"), Ok(1));
    // `INTEGER PRIMARY KEY DESC` is no other name for the rowid:
    // <https://www.sqlite.org/lang_createtable.html#rowid>
    assert_eq!(null("descending", "id", "NULL"), Ok(1));
    assert_eq!(
        null("strict_keys", "code, n", "NULL, 1"),
        Err("NOT NULL constraint failed: strict_keys.code".to_owned())
    );
    assert_eq!(
        null("order lines", "[order], self", "NULL, 'a'"),
        Err("NOT NULL constraint failed: order lines.order".to_owned())
    );
    assert_eq!(loose_keys::Row::all(&connection).unwrap()[0].code, None);
    assert_eq!(descending::Row::all(&connection).unwrap()[0].id, None);
}

#[test]
fn a_table_without_rowids_gives_none_back() {
    let connection = classes();
    let insert = order_lines::Insert::new("a", 1);
    let () = insert.insert(&connection).unwrap();
    let second = order_lines::Insert { order: 2, ..insert };
    let row = second.insert_returning(&connection).unwrap();
    assert_eq!((row.order, &*row.self_, row.r#type), (2, "a", None));
}

#[test]
fn strict_tables_keep_any_value_as_it_is() {
    let connection = classes();
    let insert = strict_keys::Insert {
        any: Some(Value::Text("007".to_owned())),
        ..strict_keys::Insert::new("a", 1)
    };
    let row = insert.insert_returning(&connection).unwrap();
    assert_eq!(row.any, Value::Text("007".to_owned()));
    assert_eq!(strict_keys::Row::get(&connection, "a").unwrap(), Some(row));
}

#[test]
fn a_row_goes_in_and_out() {
    let connection = classes();
    let insert = kinds::Insert {
        maybe_raw: Some(vec![1]),
        day: Some(Day(-1)),
        ..kinds::Insert::new(7, f64::INFINITY, "t\0u", [0, 1], false, 3)
    };
    let row = insert.insert_returning(&connection).unwrap();
    assert_eq!(
        (row.whole, row.real, &*row.text),
        (7, f64::INFINITY, "t\0u")
    );
    assert_eq!((&*row.raw, row.flag), (&[0, 1][..], false));
    assert_eq!((&row.exact, &row.bare), (&Value::Integer(3), &Value::Null));
    assert_eq!(
        (row.maybe_raw.as_deref(), row.day),
        (Some(&[1][..]), Some(Day(-1)))
    );
    let update = kinds::Update {
        exact: Some(Value::Null),
        ..kinds::Update::new(row.id)
    };
    let error = update.update(&connection).unwrap_err();
    assert_eq!(error.to_string(), "NOT NULL constraint failed: kinds.exact");
}
