//! Rows that are read.

use stepladder::rusqlite::types::Value;

use super::classes::{v1, v2};
use super::{Day, State, classes, database, shop, upgraded};

fn kinds() -> v1::kinds::Row {
    v1::kinds::Row {
        id: 1,
        whole: i64::MIN,
        real: 0.5,
        text: "it's".to_owned(),
        raw: vec![0, 255],
        flag: true,
        exact: Value::Real(12.5),
        maybe_whole: None,
        maybe_real: None,
        maybe_text: None,
        maybe_raw: None,
        maybe_flag: Some(false),
        bare: Value::Text("7".to_owned()),
        day: Some(Day(20_000)),
    }
}

#[test]
fn a_value_of_each_type_comes_back() {
    let connection = classes();
    let all = "INSERT INTO kinds (id, whole, real, text, raw, flag, exact, maybe_flag, bare, day)
        VALUES (1, -9223372036854775808, 0.5, 'it''s', x'00ff', 1, 12.5, 0, '7', 20000)";
    connection.execute(all, []).unwrap();
    assert_eq!(v2::kinds::Row::all(&connection).unwrap(), [kinds()]);
    assert_eq!(v2::kinds::Row::get(&connection, 1).unwrap(), Some(kinds()));
    assert_eq!(v2::kinds::Row::get(&connection, 2).unwrap(), None);
    assert_eq!(v2::kinds::Row::count(&connection).unwrap(), 1);
}

#[test]
fn an_upgraded_table_has_another_order_of_columns() {
    for connection in [classes(), upgraded()] {
        connection
            .execute("INSERT INTO todos (title, due) VALUES ('a', 5)", [])
            .unwrap();
        let expected = [v2::todos::Row {
            id: 1,
            title: "a".to_owned(),
            due: Some(Day(5)),
            state: State::Open,
            note: Some("none".to_owned()),
            hint: None,
            free: Value::Integer(7),
            length: Some(1),
            loud: "A".to_owned(),
        }];
        assert_eq!(v2::todos::Row::all(&connection).unwrap(), expected);
        for query in [
            "SELECT * FROM todos",
            "SELECT 1 AS other, * FROM todos",
            "SELECT free, length, loud, hint, note, state, title, due, Id FROM todos",
        ] {
            let mut statement = connection.prepare(query).unwrap();
            let rows = statement.query_map([], v2::todos::Row::from_row).unwrap();
            let rows: Vec<_> = rows.map(Result::unwrap).collect();
            assert_eq!(rows, expected, "{query}");
        }
    }
}

/// The first of the two may be that of another table, and nothing would tell.
#[test]
fn a_query_with_a_column_twice_says_which() {
    let connection = classes();
    connection
        .execute("INSERT INTO todos (title) VALUES ('a')", [])
        .unwrap();
    let query = "SELECT other.*, todos.* FROM todos AS other JOIN todos ON todos.id = other.id";
    let row = connection.query_row(query, [], v2::todos::Row::from_row);
    let error = row.unwrap_err().to_string();
    let expected = "the query has two columns `id`, the places 0 and 9: name the columns of `todos` \
                    alone, such as `SELECT todos.*`";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_query_without_a_column_says_which() {
    let connection = classes();
    connection
        .execute("INSERT INTO names (name) VALUES ('ada')", [])
        .unwrap();
    let row = connection.query_row("SELECT name FROM names", [], v2::names::Row::from_row);
    assert_eq!(row.unwrap_err().to_string(), "Invalid column name: id");
}

/// SQLite takes `"due"` for a text where there is no such column.
/// <https://www.sqlite.org/quirks.html#dblquote>
#[test]
fn the_rows_of_another_version_are_not_read_as_the_names_of_their_columns() {
    let connection = database(super::classes::history(), 1);
    connection
        .execute("INSERT INTO todos (title) VALUES ('a')", [])
        .unwrap();
    let missing = |error: stepladder::Error| {
        let message = error.to_string();
        assert!(
            message.starts_with("no such column: todos.due"),
            "{message}"
        );
    };
    missing(v2::todos::Row::all(&connection).unwrap_err());
    missing(v2::todos::Row::get(&connection, 1).unwrap_err());
    let insert = v2::todos::Insert::new("b");
    missing(insert.insert_returning(&connection).unwrap_err());
    assert_eq!(v1::todos::Row::count(&connection).unwrap(), 1);
}

#[test]
fn a_temporary_table_does_not_hide_the_one_that_is_meant() {
    let connection = classes();
    connection
        .execute_batch(
            "INSERT INTO names VALUES (1, 'main');
             CREATE TEMP TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             INSERT INTO temp.names VALUES (1, 'temp'), (2, 'temp');",
        )
        .unwrap();
    let row = |id| {
        v2::names::Row::get(&connection, id)
            .unwrap()
            .map(|row| row.name)
    };
    assert_eq!(row(1).as_deref(), Some("main"));
    assert_eq!(row(2), None);
    assert_eq!(v2::names::Row::all(&connection).unwrap().len(), 1);
    let inserted = v2::names::Insert::new("new").insert(&connection).unwrap();
    assert_eq!(row(inserted).as_deref(), Some("new"));
    let update = v2::names::Update {
        name: Some("other".to_owned()),
        ..v2::names::Update::new(1)
    };
    assert!(update.update(&connection).unwrap());
    assert_eq!(row(1).as_deref(), Some("other"));
    assert_eq!(v2::names::Row::count(&connection).unwrap(), 2);
}

#[test]
fn rows_are_in_the_order_of_their_key() {
    let connection = classes();
    connection
        .execute_batch(
            "INSERT INTO [order lines] VALUES ('b', 2, NULL), ('a', 2, NULL), ('A', 10, 'x');
             INSERT INTO keyless (Row) VALUES ('first'), ('second');",
        )
        .unwrap();
    let lines = v2::order_lines::Row::all(&connection).unwrap();
    let keys: Vec<_> = lines
        .iter()
        .map(|line| (line.order, &*line.self_))
        .collect();
    assert_eq!(keys, [(2, "a"), (2, "b"), (10, "A")]);
    assert_eq!(lines[2].r#type.as_deref(), Some("x"));
    let keyless = v2::keyless::Row::all(&connection).unwrap();
    let names: Vec<_> = keyless.iter().map(|row| row.Row_.as_deref()).collect();
    assert_eq!(names, [Some("first"), Some("second")]);
}

#[test]
fn a_key_compares_as_it_does_in_its_index() {
    let connection = classes();
    connection
        .execute_batch("INSERT INTO [order lines] VALUES ('a', 1, 'small'), ('A', 1, 'large')")
        .unwrap();
    let of = |name: &str| v2::order_lines::Row::get(&connection, 1, name).unwrap();
    assert_eq!(of("a").unwrap().r#type.as_deref(), Some("small"));
    assert_eq!(of("A").unwrap().r#type.as_deref(), Some("large"));
    let update = v2::order_lines::Update {
        r#type: Some(None),
        ..v2::order_lines::Update::new(1, "A")
    };
    assert!(update.update(&connection).unwrap());
    assert_eq!(of("a").unwrap().r#type.as_deref(), Some("small"));
    assert_eq!(of("A").unwrap().r#type, None);
}

#[test]
fn keys_of_several_columns_have_an_argument_each() {
    let connection = classes();
    v2::plugs::Insert::new("a", 1, [7])
        .insert(&connection)
        .unwrap();
    let row = v2::plugs::Row::get(&connection, "a", 1, &[7]).unwrap();
    assert_eq!(row.unwrap().connection, "a");
    assert_eq!(
        v2::plugs::Row::get(&connection, "a", 1, &[8]).unwrap(),
        None
    );
}

#[test]
fn a_table_that_did_not_change_has_the_same_classes() {
    let connection = database(shop::history(), 7);
    shop::v7::reviews::Row::all(&connection).unwrap();
    // `reviews` came with version 3.
    let same: Vec<shop::v3::reviews::Row> = shop::latest::reviews::Row::all(&connection).unwrap();
    assert!(same.is_empty());
}
