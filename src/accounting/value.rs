//! Values, and what one value can have to do with another.

use std::fmt;

use rusqlite::types::ValueRef;

use crate::shown_value::shown_value;

/// A value as SQLite stores it. Two are equal when their storage class and all their bytes are:
/// `7`, `7.0` and `'7'` are three values. <https://www.sqlite.org/datatype3.html>
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// `NULL`
    Null,
    /// An integer.
    Integer(i64),
    /// The bits of a floating point number, see [`f64::to_bits`].
    Real(u64),
    /// The bytes of a text, which SQLite does not require to be UTF-8.
    Text(Vec<u8>),
    /// The bytes of a blob.
    Blob(Vec<u8>),
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(integer) => Self::Integer(integer),
            ValueRef::Real(real) => Self::Real(real.to_bits()),
            ValueRef::Text(text) => Self::Text(text.to_vec()),
            ValueRef::Blob(blob) => Self::Blob(blob.to_vec()),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Real(bits) => ValueRef::Real(f64::from_bits(*bits)),
            Self::Text(bytes) => ValueRef::Text(bytes),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        };
        f.write_str(&shown_value(value))
    }
}

impl Value {
    /// The name of its storage class.
    pub fn storage_class(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Integer(_) => "INTEGER",
            Self::Real(_) => "REAL",
            Self::Text(_) => "TEXT",
            Self::Blob(_) => "BLOB",
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The number that it is.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(integer) => Some(as_real(*integer)),
            Self::Real(bits) => Some(f64::from_bits(*bits)),
            Self::Null | Self::Text(_) | Self::Blob(_) => None,
        }
    }

    /// Whether two equal ones are hardly a coincidence.
    pub(super) fn is_telling(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Integer(integer) => integer.unsigned_abs() >= 1000,
            Self::Real(bits) => {
                let real = f64::from_bits(*bits);
                real.fract() != 0.0 || real.abs() >= 1000.0
            }
            Self::Text(bytes) | Self::Blob(bytes) => bytes.len() >= 4,
        }
    }

    /// What is left of it when case, outer white space and the storage class do not count.
    pub(super) fn loose(&self) -> Self {
        match self {
            Self::Null | Self::Integer(_) => self.clone(),
            Self::Real(bits) => loose_number(f64::from_bits(*bits)),
            Self::Text(bytes) | Self::Blob(bytes) => {
                let Ok(text) = std::str::from_utf8(bytes) else {
                    return Self::Text(bytes.clone());
                };
                let text = text.trim();
                if let Ok(integer) = text.parse() {
                    return Self::Integer(integer);
                }
                match number(text) {
                    Some(real) => loose_number(real),
                    None => Self::Text(text.to_lowercase().into_bytes()),
                }
            }
        }
    }

    /// Its characters, where it has some.
    fn rendered(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(integer) => Some(integer.to_string()),
            Self::Real(bits) => Some(format!("{:?}", f64::from_bits(*bits))),
            Self::Text(bytes) | Self::Blob(bytes) => String::from_utf8(bytes.clone()).ok(),
        }
    }
}

/// How a value became another one, as far as the two alone can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same in another storage class, from which it can be told what it was.
    Converted,
    /// The same number in another storage class; it cannot be told how it was written.
    Rounded,
    /// One is a part of the other, or they are the same but for case and white space.
    Derived,
    /// None that shows.
    Unknown,
}

/// The relation of a value to the one that was there before.
pub(super) fn relation(before: &Value, after: &Value) -> Relation {
    if before.storage_class() != after.storage_class() {
        match conversion(before, after) {
            Relation::Unknown => {}
            known => return known,
        }
    }
    if let (Value::Real(old), Value::Real(new)) = (before, after) {
        let (old, new) = (f64::from_bits(*old), f64::from_bits(*new));
        if new.fract() == 0.0 && (old - new).abs() < 1.0 {
            return Relation::Rounded;
        }
    }
    if before.loose() == after.loose() {
        return Relation::Derived;
    }
    let (Some(old), Some(new)) = (before.rendered(), after.rendered()) else {
        return Relation::Unknown;
    };
    let (old, new) = (old.trim().to_lowercase(), new.trim().to_lowercase());
    let part = |whole: &str, part: &str| part.len() >= 4 && whole.contains(part);
    if part(&new, &old) || part(&old, &new) {
        Relation::Derived
    } else {
        Relation::Unknown
    }
}

/// The largest integer up to which every integer is a floating point number too.
const EXACT: i64 = 1 << 53;

/// The relation of two values of different storage classes.
fn conversion(before: &Value, after: &Value) -> Relation {
    let known = |lossless: bool| {
        if lossless {
            Relation::Converted
        } else {
            Relation::Rounded
        }
    };
    match (before, after) {
        (Value::Text(a), Value::Blob(b)) | (Value::Blob(a), Value::Text(b)) if a == b => {
            Relation::Converted
        }
        (Value::Integer(integer), Value::Real(bits)) => {
            let real = f64::from_bits(*bits);
            if real.to_bits() == as_real(*integer).to_bits() {
                known(is_exactly(real, *integer))
            } else {
                Relation::Unknown
            }
        }
        (Value::Real(bits), Value::Integer(integer)) => {
            let real = f64::from_bits(*bits);
            if real.trunc().to_bits() == as_real(*integer).to_bits() {
                known(is_exactly(real, *integer))
            } else {
                Relation::Unknown
            }
        }
        (Value::Integer(_) | Value::Real(_), Value::Text(text) | Value::Blob(text)) => {
            written(before, text, Source::Number)
        }
        (Value::Text(text) | Value::Blob(text), Value::Integer(_) | Value::Real(_)) => {
            written(after, text, Source::Text)
        }
        _ => Relation::Unknown,
    }
}

/// Which of a text and a number was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Text,
    Number,
}

/// Whether a text is the number, and whether what is there says what was there before.
fn written(number_value: &Value, text: &[u8], from: Source) -> Relation {
    let Ok(text) = std::str::from_utf8(text) else {
        return Relation::Unknown;
    };
    let Some(parsed) = number(text.trim()) else {
        return Relation::Unknown;
    };
    let (is_same, is_plain) = match number_value {
        Value::Integer(integer) => (
            text.trim().parse() == Ok(*integer) || is_near(parsed, as_real(*integer)),
            text == integer.to_string() || from == Source::Number && text.parse() == Ok(*integer),
        ),
        Value::Real(bits) => {
            let real = f64::from_bits(*bits);
            let small = text.parse::<i64>().ok().filter(|n| n.abs() <= EXACT);
            let plain = text == format!("{real:?}")
                || small.is_some_and(|n| text == n.to_string() && is_exactly(real, n));
            let is_exact = from == Source::Number && parsed.to_bits() == *bits;
            (is_near(parsed, real), plain || is_exact)
        }
        Value::Null | Value::Text(_) | Value::Blob(_) => (false, false),
    };
    match (is_same, is_plain) {
        (true, true) => Relation::Converted,
        (true, false) => Relation::Rounded,
        (false, _) => Relation::Unknown,
    }
}

/// The number that a text is, as SQLite reads it: no `inf`, no `nan`.
fn number(text: &str) -> Option<f64> {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let other = |byte: u8| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    (digits && !text.bytes().any(other))
        .then(|| text.parse().ok())
        .flatten()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "SQLite makes the same conversion"
)]
fn as_real(integer: i64) -> f64 {
    integer as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "all that `i64` holds fits an `i128`, and what it does not hold is not equal"
)]
fn is_exactly(real: f64, integer: i64) -> bool {
    real.fract() == 0.0 && real as i128 == i128::from(integer)
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= a.abs().max(b.abs()) * 1e-14
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked on the line above"
)]
fn loose_number(real: f64) -> Value {
    if real.fract() == 0.0 && real.abs() <= as_real(EXACT) {
        Value::Integer(real as i64)
    } else {
        Value::Real(real.to_bits())
    }
}
