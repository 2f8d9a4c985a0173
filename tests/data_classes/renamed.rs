//! Columns that had other names, in JSON from before and after.

use serde_json::{Value as Json, from_value, json, to_value};
use stepladder::rusqlite::types::Value;

use super::renames::{v1, v2, v3};

fn with(mut json: Json, more: Json) -> Json {
    let Json::Object(more) = more else {
        panic!("no object: {more}")
    };
    json.as_object_mut().unwrap().extend(more);
    json
}

fn v1_row() -> v1::todos::Row {
    v1::todos::Row {
        nr: 7,
        title: "climb".to_owned(),
        owner_id: Some(1),
        state: "open".to_owned(),
        raw: vec![0, 255],
        extra: Value::Blob(vec![1]),
        note: None,
    }
}

fn v3_row() -> v3::todos::Row {
    v3::todos::Row {
        id: 7,
        label: "climb".to_owned(),
        assignee_id: Some(1),
        status: "open".to_owned(),
        content: vec![0, 255],
        rest: Value::Blob(vec![1]),
        remark: None,
        title: None,
    }
}

/// `title` is another column today, so that `label` is known by its own name alone.
#[test]
fn rows_of_all_versions_are_read() {
    let old = with(
        to_value(v1_row()).unwrap(),
        json!({"title": null, "label": "climb"}),
    );
    assert_eq!(from_value::<v3::todos::Row>(old).unwrap(), v3_row());

    let middle = v2::todos::Row {
        id: 7,
        title: "climb".to_owned(),
        user_id: Some(1),
        state: "open".to_owned(),
        raw: vec![0, 255],
        extra: Value::Blob(vec![1]),
        note: None,
    };
    let old = to_value(v1_row()).unwrap();
    assert_eq!(from_value::<v2::todos::Row>(old).unwrap(), middle);
    let middle = with(
        to_value(middle).unwrap(),
        json!({"title": null, "label": "climb"}),
    );
    assert_eq!(from_value::<v3::todos::Row>(middle).unwrap(), v3_row());

    let people: v3::people::Row = from_value(json!({"id": 1, "name": "ada"})).unwrap();
    assert_eq!(people.full_name, "ada");
    // A version does not know what comes after it.
    from_value::<v1::todos::Row>(to_value(v3_row()).unwrap()).unwrap_err();
}

#[test]
fn the_newest_name_that_is_there_wins() {
    let read = |more: Json| {
        let row = with(to_value(v3_row()).unwrap(), more);
        from_value::<v3::todos::Row>(row).unwrap().assignee_id
    };
    assert_eq!(read(json!({"user_id": 2, "owner_id": 3})), Some(1));
    assert_eq!(read(json!({"assignee_id": null, "user_id": 2})), None);
    // Whichever is first in the text.
    let row = |names: &str| {
        let text = format!(
            r#"{{"id": 7, "label": "", "status": "", "content": "", "rest": null, {names}}}"#
        );
        serde_json::from_str::<v3::todos::Row>(&text).unwrap()
    };
    for names in [
        r#""owner_id": 3, "user_id": 2, "assignee_id": 1"#,
        r#""assignee_id": 1, "owner_id": 3, "user_id": 2"#,
        r#""user_id": 2, "assignee_id": 1"#,
    ] {
        assert_eq!(row(names).assignee_id, Some(1), "{names}");
    }
    assert_eq!(row(r#""owner_id": 3, "user_id": 2"#).assignee_id, Some(2));
    assert_eq!(row(r#""owner_id": 3"#).assignee_id, Some(3));
    assert_eq!(row(r#""remark": null"#).assignee_id, None);
}

#[test]
fn a_name_that_is_missing_or_wrong_is_told() {
    let message = |change: &dyn Fn(&mut Json)| {
        let mut row = to_value(v3_row()).unwrap();
        for old in ["state", "raw", "note", "user_id"] {
            row.as_object_mut().unwrap().remove(old);
        }
        change(&mut row);
        from_value::<v3::todos::Row>(row).unwrap_err().to_string()
    };
    let without = |name: &'static str| {
        message(&move |row: &mut Json| drop(row.as_object_mut().unwrap().remove(name)))
    };
    assert_eq!(without("status"), "missing field `status`");
    assert_eq!(without("content"), "missing field `content`");
    assert!(message(&|row| row["user_id"] = json!("x")).contains("expected i64"));
    assert!(message(&|row| row["raw"] = json!("0g")).contains("hexadecimal"));
    // One name twice is a mistake still.
    let twice = r#"{"id": 1, "name": "a", "name": "b"}"#;
    let twice = serde_json::from_str::<v3::people::Row>(twice);
    assert!(
        twice
            .unwrap_err()
            .to_string()
            .contains("duplicate field `name`")
    );
    let list = serde_json::from_str::<v3::people::Row>("7");
    assert!(list.unwrap_err().to_string().contains("expected a row"));
}

/// `write_both` names four columns; the last name of each is written along.
#[test]
fn both_names_are_written_where_that_is_asked_for() {
    let written = to_value(v3_row()).unwrap();
    let expected = json!({
        "id": 7, "label": "climb", "assignee_id": 1, "user_id": 1, "status": "open", "state": "open",
        "content": "00ff", "raw": "00ff", "rest": {"blob": "01"}, "remark": null, "note": null,
        "title": null
    });
    assert_eq!(written, expected);
    assert_eq!(
        from_value::<v3::todos::Row>(written.clone()).unwrap(),
        v3_row()
    );
    // A client of version 2 reads it, but for the column that has the name of another one today.
    let row: v2::todos::Row =
        from_value(with(written, json!({"title": "climb", "extra": null}))).unwrap();
    assert_eq!(
        (row.user_id, &*row.state, row.raw),
        (Some(1), "open", vec![0, 255])
    );
    // In a version where the column has its last name but one, nothing is written twice.
    let row = to_value(v1_row()).unwrap();
    assert_eq!(row.as_object().unwrap().len(), 7);
}

#[test]
fn what_is_left_out_is_so_under_both_names() {
    let insert = v3::todos::Insert::new("climb", [1]);
    let written = to_value(&insert).unwrap();
    assert_eq!(
        written,
        json!({"label": "climb", "content": "01", "raw": "01"})
    );
    assert_eq!(from_value::<v3::todos::Insert>(written).unwrap(), insert);

    let old = json!({"label": "climb", "raw": "01", "owner_id": 4, "state": "done", "extra": null});
    let read: v3::todos::Insert = from_value(old).unwrap();
    let expected = v3::todos::Insert {
        assignee_id: Some(4),
        status: Some("done".to_owned()),
        ..insert
    };
    assert_eq!(
        (read.assignee_id, &read.status),
        (Some(4), &expected.status)
    );

    // NULL is not what is absent.
    let update: v3::todos::Update = from_value(json!({"nr": 7, "note": null})).unwrap();
    assert_eq!(
        (update.id, &update.remark, &update.status),
        (7, &Some(None), &None)
    );
    assert_eq!(
        to_value(&update).unwrap(),
        json!({"id": 7, "remark": null, "note": null})
    );
    let none = from_value::<v3::todos::Update>(json!({"nr": 7, "state": null}));
    assert!(none.unwrap_err().to_string().contains("invalid type: null"));
}

#[test]
fn without_names_the_places_count() {
    let row: v3::people::Row = from_value(json!([1, "ada"])).unwrap();
    assert_eq!((row.id, &*row.full_name), (1, "ada"));
    let row = json!([7, "climb", 1, "open", "00ff", {"blob": "01"}, null, null]);
    assert_eq!(from_value::<v3::todos::Row>(row).unwrap(), v3_row());
}

#[test]
fn changed_fields_are_columns() {
    let before = v3_row();
    assert_eq!(v3::todos::Row::changed_fields(&before, &before), [""; 0]);
    let after = v3::todos::Row {
        assignee_id: None,
        content: Vec::new(),
        rest: Value::Null,
        ..before.clone()
    };
    assert_eq!(
        v3::todos::Row::changed_fields(&before, &after),
        ["assignee_id", "content", "rest"]
    );
}
