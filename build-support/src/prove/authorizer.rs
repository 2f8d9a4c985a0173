//! What SQLite itself is told to refuse while a file runs: even a statement that is not recognised
//! by its first word cannot leave the transaction or the database.
//! <https://www.sqlite.org/c3ref/set_authorizer.html>

use std::cell::Cell;

use stepladder::rusqlite::Connection;
use stepladder::rusqlite::hooks::{AuthAction, AuthContext, Authorization};

thread_local! {
    /// Whether a file runs: between files we read and roll back ourselves.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Makes a connection ask. A connection is used by the thread that made it.
pub(super) fn install(connection: &mut Connection) {
    let hook = |context: AuthContext<'_>| {
        if RUNNING.get() && is_refused(&context.action) {
            Authorization::Deny
        } else {
            Authorization::Allow
        }
    };
    // An older rusqlite returns nothing here.
    let _ = connection.authorizer(Some(hook));
}

/// Does the work under the authorizer.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> T {
    /// Ends it on every way out.
    struct Ends;
    impl Drop for Ends {
        fn drop(&mut self) {
            RUNNING.set(false);
        }
    }
    RUNNING.set(true);
    let _ends = Ends;
    work()
}

/// What only reads: `SELECT * FROM pragma_table_info('t')`, and what FTS and R*Tree ask themselves.
const READING: [&str; 16] = [
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "foreign_key_check",
    "foreign_key_list",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "page_size",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

fn is_refused(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Attach { .. }
        | AuthAction::Detach { .. }
        | AuthAction::Transaction { .. }
        | AuthAction::Savepoint { .. } => true,
        AuthAction::Pragma { pragma_name, .. } => !READING
            .iter()
            .any(|name| name.eq_ignore_ascii_case(pragma_name)),
        AuthAction::Function { function_name } => {
            ["load_extension", "readfile", "writefile", "edit"]
                .iter()
                .any(|name| name.eq_ignore_ascii_case(function_name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{guarded, install};
    use stepladder::rusqlite::Connection;

    #[test]
    fn a_file_cannot_leave_its_transaction_or_its_database() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE t (a); BEGIN")
            .unwrap();
        install(&mut connection);
        let refused = |sql: &str| {
            let error = guarded(|| connection.execute_batch(sql)).err();
            error.is_some_and(|error| error.to_string().contains("not authorized"))
        };
        for sql in [
            "COMMIT",
            "END",
            "ROLLBACK",
            "SAVEPOINT a",
            "ATTACH ':memory:' AS other",
            "DETACH main",
            "PRAGMA user_version = 7",
            "PRAGMA writable_schema = ON",
            "SELECT load_extension('x')",
        ] {
            assert!(refused(sql), "{sql}");
        }
        for sql in [
            "SELECT name FROM pragma_table_info('t')",
            "ALTER TABLE t ADD COLUMN b",
            "INSERT INTO t VALUES (1, 2)",
        ] {
            assert!(!refused(sql), "{sql}");
        }
        // We ourselves are asked nothing.
        connection
            .execute_batch("SAVEPOINT a; ROLLBACK TO a")
            .unwrap();
    }
}
