//! SQLite schema migrations that cannot be wrong quietly.

pub mod sql;

#[cfg(feature = "verify")]
pub mod compare;
#[cfg(feature = "verify")]
pub mod introspect;
#[cfg(feature = "verify")]
pub mod schema;

pub use rusqlite;
