//! What can be told of a database file without SQLite.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How a database keeps what a transaction changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Journal {
    /// A rollback journal.
    Rollback,
    /// A write-ahead log, and nothing is in it.
    Wal,
    /// A write-ahead log, with pages that are not in the file yet.
    WalWithContent,
}

/// Whether a file begins as a database does: <https://www.sqlite.org/fileformat2.html#magic_header_string>
pub(crate) fn is_database(path: &Path) -> bool {
    start(path).is_some_and(|start| start.starts_with(b"SQLite format 3\0"))
}

/// The first 20 bytes.
fn start(path: &Path) -> Option<[u8; 20]> {
    let mut start = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.ok().map(|()| start)
}

/// How the database of a file keeps its changes. The file formats of its header say it: 1 for a
/// rollback journal, 2 for WAL.
pub(super) fn journal(path: &Path) -> Journal {
    let is_wal = start(path).is_some_and(|start| start[18] == 2 || start[19] == 2);
    let has_content = |what: &str| length(&beside(path, what)).is_some_and(|length| length > 0);
    match (is_wal, has_content("-wal")) {
        (true, true) => Journal::WalWithContent,
        (true, false) => Journal::Wal,
        (false, _) => Journal::Rollback,
    }
}

/// The name of a file that belongs to a database.
pub(super) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(what);
    PathBuf::from(name)
}

fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|found| found.len())
}

/// What changes when somebody writes.
pub(super) fn state(path: &Path) -> Vec<Option<(u64, Option<SystemTime>)>> {
    let of = |path: PathBuf| {
        let found = fs::metadata(path).ok()?;
        Some((found.len(), found.modified().ok()))
    };
    ["", "-wal", "-journal"]
        .map(|what| of(beside(path, what)))
        .to_vec()
}
