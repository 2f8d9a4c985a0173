//! The rows of virtual tables.

use stepladder::rusqlite::types::Value;

use super::classes::latest::{boxes, old_words, words};
use super::{classes, database, shop};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn a_full_text_index_has_rows_with_their_rowid() {
    let connection = classes();
    let insert = words::Insert {
        rowid: Some(7),
        title: Some(text("ladder")),
        ..words::Insert::new()
    };
    assert_eq!(insert.insert(&connection).unwrap(), 7);
    let next = words::Insert {
        rowid: None,
        ..insert
    };
    assert_eq!(next.insert(&connection).unwrap(), 8);
    let found = connection
        .query_row(
            "SELECT rowid, * FROM words WHERE words MATCH 'ladder' ORDER BY rowid",
            [],
            words::Row::from_row,
        )
        .unwrap();
    let expected = words::Row {
        rowid: 7,
        title: text("ladder"),
        body: Value::Null,
    };
    assert_eq!(found, expected);
    assert_eq!(words::Row::get(&connection, 7).unwrap(), Some(expected));
    assert_eq!(words::Row::all(&connection).unwrap().len(), 2);
    assert_eq!(words::Row::count(&connection).unwrap(), 2);
}

#[test]
fn so_has_an_old_one() {
    let connection = classes();
    let insert = old_words::Insert {
        rowid: Some(3),
        title: Some(text("rope")),
    };
    assert_eq!(insert.insert(&connection).unwrap(), 3);
    let rows = old_words::Row::all(&connection).unwrap();
    assert_eq!(
        (rows.len(), rows[0].rowid, &rows[0].title),
        (1, 3, &text("rope"))
    );
}

#[test]
fn other_modules_are_read() {
    let connection = classes();
    connection
        .execute("INSERT INTO boxes VALUES (1, 2.0, 3.0)", [])
        .unwrap();
    let expected = boxes::Row {
        id: Value::Integer(1),
        low: Value::Real(2.0),
        high: Value::Real(3.0),
    };
    assert_eq!(boxes::Row::all(&connection).unwrap(), [expected]);
}

#[test]
fn an_index_over_a_table_reads_its_rows() {
    let connection = database(shop::history(), 7);
    let product = shop::latest::products::Insert {
        r#type: Some("tool".to_owned()),
        ..shop::latest::products::Insert::new("Ladder", 4950, "ladder")
    };
    let id = product.insert(&connection).unwrap();
    let row = shop::latest::products_text::Row::get(&connection, id)
        .unwrap()
        .unwrap();
    assert_eq!((row.title, row.r#type), (text("Ladder"), text("tool")));
}
