//! Databases that another process has locked.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rusqlite::Connection;

/// The other process. A lock of this one would be gone as soon as the test reads
/// the file: <https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>
#[test]
#[ignore = "it is run by another test"]
fn holds_a_lock() {
    let Some(path) = std::env::var_os("STEPLADDER_LOCK") else {
        return;
    };
    let connection = Connection::open(path).unwrap();
    let begin = std::env::var("STEPLADDER_BEGIN").unwrap();
    connection.execute_batch(&begin).unwrap();
    eprintln!("locked");
    // Until the other end is closed.
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Locks a database from another process until it is dropped.
pub(crate) struct Lock(Child);

impl Lock {
    pub(crate) fn of(path: &Path, begin: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "lock::holds_a_lock", "--nocapture"])
            .env("STEPLADDER_LOCK", path)
            .env("STEPLADDER_BEGIN", begin)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "locked"));
        Self(child)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
