//! The classes and serde.

use serde_json::{Value as Json, from_value, json, to_value};
use stepladder::rusqlite::types::Value;

use super::classes::latest::{kinds, order_lines, todos};
use super::{Day, State, classes};

#[test]
fn a_row_is_read_as_it_is_written() {
    let connection = classes();
    let insert = kinds::Insert {
        maybe_raw: Some(vec![1]),
        bare: Some(Value::Blob(vec![0, 171])),
        day: Some(Day(4)),
        ..kinds::Insert::new(7, 0.5, "t", [0, 255], true, Value::Real(2.5))
    };
    let row = insert.insert_returning(&connection).unwrap();
    let written = to_value(&row).unwrap();
    let expected = json!({
        "id": 1, "whole": 7, "real": 0.5, "text": "t", "raw": "00ff", "flag": true, "exact": 2.5,
        "maybe_whole": null, "maybe_real": null, "maybe_text": null, "maybe_raw": "01",
        "maybe_flag": null, "bare": {"blob": "00ab"}, "day": 4
    });
    assert_eq!(written, expected);
    assert_eq!(from_value::<kinds::Row>(written).unwrap(), row);

    let mut without = expected;
    for null in ["maybe_whole", "maybe_raw"] {
        without.as_object_mut().unwrap().remove(null);
    }
    let read: kinds::Row = from_value(without).unwrap();
    assert_eq!((read.maybe_whole, read.maybe_raw), (None, None));
    // Without and with what is left out.
    let written = to_value(&insert).unwrap();
    assert_eq!(written.get("maybe_text"), None);
    assert_eq!(from_value::<kinds::Insert>(written).unwrap(), insert);
}

#[test]
fn null_is_not_what_is_absent() {
    let read = |json: Json| from_value::<todos::Insert>(json);
    let insert = read(json!({"title": "a"})).unwrap();
    assert_eq!(insert, todos::Insert::new("a"));
    assert_eq!(to_value(&insert).unwrap(), json!({"title": "a"}));

    let nulls = json!({"title": "a", "note": null, "free": null});
    let insert = read(nulls.clone()).unwrap();
    assert_eq!(
        (&insert.note, &insert.free),
        (&Some(None), &Some(Value::Null))
    );
    assert_eq!(to_value(&insert).unwrap(), nulls);

    let update = json!({"id": 3, "due": null, "free": "x", "state": "done"});
    let read: todos::Update = from_value(update.clone()).unwrap();
    assert_eq!((read.due, read.state), (Some(None), Some(State::Done)));
    assert_eq!(read.title, None);
    assert_eq!(to_value(&read).unwrap(), update);
}

#[test]
fn a_column_that_cannot_be_null_is_not_read_from_null() {
    let update = from_value::<todos::Update>(json!({"id": 3, "title": null}));
    assert!(
        update
            .unwrap_err()
            .to_string()
            .contains("invalid type: null")
    );
    let insert = from_value::<todos::Insert>(json!({"title": "a", "state": null}));
    insert.unwrap_err();
    let missing = from_value::<todos::Insert>(json!({}));
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .contains("missing field `title`")
    );
}

#[test]
fn names_are_those_of_the_columns() {
    let written = to_value(order_lines::Insert::new("a", 1)).unwrap();
    assert_eq!(written, json!({"self": "a", "order": 1}));
    let row: order_lines::Row = from_value(json!({"self": "a", "order": 1, "type": "x"})).unwrap();
    assert_eq!((&*row.self_, row.r#type.as_deref()), ("a", Some("x")));
}

#[test]
fn bytes_that_are_none_are_told() {
    for wrong in [
        json!("0"),
        json!("0g"),
        json!("é"),
        json!([1, 2]),
        json!(null),
    ] {
        let row = json!({"id": 1, "raw": wrong});
        from_value::<kinds::Update>(row).unwrap_err();
    }
    for wrong in [
        json!(true),
        json!({"blub": "00"}),
        json!({}),
        json!(u64::MAX),
        json!([]),
    ] {
        from_value::<kinds::Update>(json!({"id": 1, "bare": wrong})).unwrap_err();
    }
}
