//! Whether there is a database in a file, before SQLite looks: it takes an empty file for a new one,
//! and removes the WAL beside it.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};

/// Fails where a file is missing or empty.
pub(super) fn require_there(path: &Path) -> Result<()> {
    // SQLite reads `file:app.db?mode=rw` as a URI: https://www.sqlite.org/uri.html
    if path.as_os_str().as_encoded_bytes().starts_with(b"file:") {
        return Ok(());
    }
    let is_there = match fs::metadata(path) {
        // One byte is nothing to SQLite, too: on some systems it writes one into an empty file.
        Ok(file) => !file.is_file() || file.len() > 1,
        // What else is the matter, SQLite finds out.
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    if is_there {
        return Ok(());
    }
    Err(Error::NoDatabase {
        path: Some(path.to_owned()),
    })
}
