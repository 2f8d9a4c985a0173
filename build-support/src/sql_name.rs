//! Names in SQL, as a person writes them.

use stepladder::sql::{is_reserved, quote_identifier};

/// The name in SQL, in quotes only where it needs them.
pub(crate) fn sql_name(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain && !is_reserved(name) {
        name.to_owned()
    } else {
        quote_identifier(name)
    }
}
