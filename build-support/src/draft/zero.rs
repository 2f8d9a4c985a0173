//! The value that stands in a draft until somebody decides.

use stepladder::schema::{Affinity, Column};

/// The zero of a column's type, as SQL.
pub(super) fn zero(column: &Column) -> &'static str {
    match column.affinity {
        Affinity::Integer | Affinity::Numeric => "0",
        Affinity::Real => "0.0",
        Affinity::Text => "''",
        Affinity::Blob if column.declared_type.is_empty() => "''",
        Affinity::Blob => "x''",
    }
}
