//! [r2d2](https://docs.rs/r2d2_sqlite): a pool of connections for threads.

use std::path::Path;

use r2d2_sqlite::SqliteConnectionManager;

pub type Pool = r2d2::Pool<SqliteConnectionManager>;

/// Upgrades the file, and then makes a pool of connections to it.
///
/// Not in `with_init`: that runs for every connection, and can return no error but rusqlite's.
pub fn open(path: &Path) -> Result<Pool, Box<dyn std::error::Error>> {
    crate::strategy().open(path)?;
    let manager = SqliteConnectionManager::file(path)
        .with_init(|connection| connection.execute_batch("PRAGMA foreign_keys = ON"));
    Ok(Pool::new(manager)?)
}
