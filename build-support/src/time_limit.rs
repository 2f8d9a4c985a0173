//! A limit for SQL that never ends, such as a recursive query without one.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use stepladder::rusqlite::{self, Connection, ErrorCode};

/// How often a statement that runs for too long is interrupted: an interruption between two
/// statements is lost.
const AGAIN: Duration = Duration::from_millis(20);

/// Does the work, and interrupts what it runs on the connection once the time is over.
pub(crate) fn with_limit<T>(
    connection: &Connection,
    limit: Duration,
    work: impl FnOnce() -> T,
) -> T {
    let handle = connection.get_interrupt_handle();
    let (done, waits) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut time = limit;
            while waits.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                handle.interrupt();
                time = AGAIN;
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// Whether an error is that of an interruption.
pub(crate) fn is_interrupted(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use stepladder::rusqlite::Connection;

    use super::{is_interrupted, with_limit};

    #[test]
    fn what_never_ends_is_interrupted() {
        let connection = Connection::open_in_memory().unwrap();
        let endless =
            "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";
        let run = || connection.execute_batch(endless);
        let error = with_limit(&connection, Duration::from_millis(50), run).unwrap_err();
        assert!(is_interrupted(&error), "{error}");
        let run = || connection.execute_batch("SELECT 1");
        with_limit(&connection, Duration::from_secs(60), run).unwrap();
    }
}
