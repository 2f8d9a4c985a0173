//! The rows of views.

use stepladder::rusqlite::types::Value;

use super::classes::{v1, v2};
use super::{State, classes, upgraded};

#[test]
fn a_view_has_rows() {
    for connection in [classes(), upgraded()] {
        connection
            .execute_batch("INSERT INTO todos (title, state) VALUES ('a', 'done')")
            .unwrap();
        let expected = [v1::overview::Row {
            id: Some(1),
            title: "a".to_owned(),
            state: Some(State::Done),
            // From a `LEFT JOIN`.
            flag: None,
            raw: None,
            loud: Value::Text("A".to_owned()),
        }];
        // The view did not change, so the class is that of version 1.
        assert_eq!(v2::overview::Row::all(&connection).unwrap(), expected);
        assert_eq!(v2::overview::Row::count(&connection).unwrap(), 1);
        let row = connection
            .query_row(
                "SELECT * FROM overview WHERE id = 1",
                [],
                v2::overview::Row::from_row,
            )
            .unwrap();
        assert_eq!([row], expected);
        let counted = v2::counted::Row::all(&connection).unwrap();
        assert_eq!(counted, [v2::counted::Row { n: 1 }]);
    }
}
