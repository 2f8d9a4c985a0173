//! How a message shows a value.

use std::fmt::Write as _;

use rusqlite::types::{Type, ValueRef};

/// How many characters of a long value a message shows.
const SHOWN: usize = 40;

/// The value as an SQL literal, shortened where it is long.
pub(crate) fn shown_value(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(real) => format!("{real:?}"),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes).replace('\'', "''");
            match text.char_indices().nth(SHOWN) {
                Some((end, _)) => format!("'{}...'", &text[..end]),
                None => format!("'{text}'"),
            }
        }
        ValueRef::Blob(bytes) => {
            let mut text = String::from("x'");
            for byte in bytes.iter().take(SHOWN / 2) {
                // Writing to a `String` does not fail.
                let _ = write!(text, "{byte:02x}");
            }
            text.push_str(if bytes.len() > SHOWN / 2 { "...'" } else { "'" });
            text
        }
    }
}

/// The name of a storage class: <https://www.sqlite.org/datatype3.html>
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "it is not `Copy` in every version of rusqlite"
)]
pub(crate) fn storage_class(class: &Type) -> &'static str {
    match class {
        Type::Null => "NULL",
        Type::Integer => "INTEGER",
        Type::Real => "REAL",
        Type::Text => "TEXT",
        Type::Blob => "BLOB",
    }
}
