//! Values that migrations stumble over, most likely ones first.

use rusqlite::types::Value;

use super::cell::Kind;

/// Behind 2^53 not every integer is a REAL.
const BEHIND_EXACT: i64 = (1 << 53) + 1;
/// 2^63 is the first integer that is none for SQLite.
const TWO_TO_63: &str = "9223372036854775808";
/// More than a page.
const LONG: usize = 5000;

/// What a column can hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) strict: bool,
    pub(super) rowid_alias: bool,
}

/// The odd values for a column.
pub(super) fn values(place: Place) -> Vec<Value> {
    if place.rowid_alias {
        return integers(&[-1, 0, BEHIND_EXACT, i64::MIN + 1]);
    }
    match (place.kind, place.strict) {
        (Kind::Integer, false) => numbers(),
        (Kind::Integer, true) => {
            let mut values = integers(&[BEHIND_EXACT, i64::MIN, i64::MAX, 0, -1]);
            values.extend([text("007"), Value::Real(1e3), text("1e3")]);
            values
        }
        (Kind::Real, strict) => reals(strict),
        (Kind::Text, strict) => texts(strict),
        (Kind::Blob, strict) => blobs(strict),
        (Kind::Any, _) => {
            let mut values = texts(false);
            values.extend(integers(&[7, BEHIND_EXACT]));
            values.push(Value::Real(1e3));
            // Numbers early: the rows may be fewer than the values.
            values.rotate_right(3);
            values
        }
    }
}

fn numbers() -> Vec<Value> {
    vec![
        text("not a number"),
        Value::Integer(BEHIND_EXACT),
        text("007"),
        Value::Real(1e3),
        text("1e3"),
        text(TWO_TO_63),
        Value::Real(9_223_372_036_854_775_808.0),
        text(""),
        Value::Integer(i64::MIN),
        Value::Integer(i64::MAX),
        Value::Real(0.5),
        Value::Real(f64::INFINITY),
        Value::Blob(Vec::new()),
        Value::Integer(0),
        Value::Real(-0.0),
        Value::Integer(-1),
    ]
}

fn reals(strict: bool) -> Vec<Value> {
    let mut values = vec![
        Value::Integer(BEHIND_EXACT),
        Value::Real(f64::INFINITY),
        Value::Real(-0.0),
        text("1e3"),
        text("007"),
        Value::Real(0.1 + 0.2),
        Value::Real(f64::NEG_INFINITY),
        Value::Real(f64::MAX),
        Value::Real(5e-324),
        Value::Integer(-1),
        text(TWO_TO_63),
    ];
    if !strict {
        values.splice(
            1..1,
            [text("not a number"), text(""), Value::Blob(Vec::new())],
        );
    }
    values
}

fn texts(strict: bool) -> Vec<Value> {
    let mut values = vec![
        text("007"),
        text("1e3"),
        text(""),
        text("a"),
        text("A"),
        text("a "),
        text(" a"),
        text(TWO_TO_63),
        text("nul\0behind"),
        text("\u{1F980} it's \"quoted\"\r\n\tnext line"),
        Value::Text("long ".repeat(LONG / 5)),
        text("\u{c4}"),
        text("\u{e4}"),
    ];
    if !strict {
        values.splice(3..3, [Value::Blob(Vec::new()), Value::Blob(vec![0, 0xff])]);
    }
    values
}

fn blobs(strict: bool) -> Vec<Value> {
    let mut values = vec![
        Value::Blob(Vec::new()),
        Value::Blob(vec![0, 0xff, 0xfe]),
        Value::Blob(b"007".to_vec()),
        Value::Blob(vec![0xb0; LONG]),
    ];
    if !strict {
        let numbers = [Value::Integer(BEHIND_EXACT), Value::Real(1e3)];
        values.splice(1..1, [text("007"), text("")]);
        values.extend(numbers);
        values.extend([text("a"), text("A"), text("1e3")]);
    }
    values
}

fn integers(values: &[i64]) -> Vec<Value> {
    values.iter().copied().map(Value::Integer).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
