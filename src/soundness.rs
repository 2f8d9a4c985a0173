//! Whether a file is sound, as far as SQLite sees it without reading its indexes:
//! <https://www.sqlite.org/pragma.html#pragma_quick_check>

use rusqlite::{Connection, ErrorCode, ffi};

use crate::error::{Error, Files, Result, is_of_virtual_table};
use crate::sql::quote_identifier;

/// Fails where the file of the main database is damaged.
pub(crate) fn require(connection: &Connection) -> Result<()> {
    match first_damage(connection)? {
        None => Ok(()),
        Some(damage) => {
            let why = ffi::Error::new(failed_read(&damage).unwrap_or(ffi::SQLITE_CORRUPT));
            let said = format!("`PRAGMA quick_check` found: {damage}");
            let error = Error::Sqlite(rusqlite::Error::SqliteFailure(why, Some(said)));
            Err(error.classified(|| Files::main_of(connection)))
        }
    }
}

/// What is damaged in the file of the main database. Rows that break a constraint are no damage, but
/// `quick_check` tells of them as well; they come after the damage of the file.
pub(crate) fn first_damage(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let check = "PRAGMA main.quick_check";
    let found = quick_check(connection, check);
    if !found.as_ref().is_err_and(is_of_schema) {
        return found;
    }
    // A CHECK may have failed: its function is not there, or does not like a value.
    let _ignoring = ignore_checks(connection)?;
    match quick_check(connection, check) {
        Err(error) if is_of_schema(&error) => damage_of_tables(connection),
        found => found,
    }
}

/// The same where the schema has something that this connection cannot read: what there is to be said
/// of each table on its own. Virtual tables have no pages.
fn damage_of_tables(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let mut statement = connection
        .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0")?;
    let tables = statement.query_map([], |row| row.get(0))?;
    for table in tables.collect::<rusqlite::Result<Vec<String>>>()? {
        let check = format!("PRAGMA main.quick_check({})", quote_identifier(&table));
        match quick_check(connection, &check) {
            Err(error) if is_of_schema(&error) => {}
            Ok(None) => {}
            found => return found,
        }
    }
    Ok(None)
}

/// Whether an error says nothing about the file: a function, a collation or a tokenizer is not on
/// this connection, a virtual table cannot be opened, or an expression fails for some row.
fn is_of_schema(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        // What SQLite says of its text has no code in all versions of rusqlite.
        Some(ErrorCode::Unknown | ErrorCode::ConstraintViolation) | None => true,
        Some(_) => is_of_virtual_table(error),
    }
}

fn ignore_checks(connection: &Connection) -> rusqlite::Result<Ignoring<'_>> {
    let ignores: bool =
        connection.query_row("PRAGMA ignore_check_constraints", [], |row| row.get(0))?;
    let ignoring = Ignoring {
        connection,
        ignores,
    };
    connection.execute_batch("PRAGMA ignore_check_constraints = ON")?;
    Ok(ignoring)
}

fn quick_check(connection: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare(check)?;
    let mut messages = statement.query([])?;
    // What comes after the first damage may be an error, which says less.
    while let Some(message) = messages.next()? {
        if let Some(damage) = damage(&message.get::<_, String>(0)?) {
            return Ok(Some(damage.to_owned()));
        }
    }
    Ok(None)
}

/// Puts the setting back.
struct Ignoring<'c> {
    connection: &'c Connection,
    ignores: bool,
}

impl Drop for Ignoring<'_> {
    fn drop(&mut self) {
        if !self.ignores {
            // It is a flag of the connection. Where it cannot be set, the upgrade ends.
            let _ = (self.connection).execute_batch("PRAGMA ignore_check_constraints = OFF");
        }
    }
}

/// The first thing that a message says of the file, if it does: all that is wrong with the pages of
/// a database is one message, with a line for each.
fn damage(said: &str) -> Option<&str> {
    let of_pages = said.strip_prefix("*** in database ")?;
    of_pages.lines().nth(1).or(Some(said))
}

/// The code of the error with which the read of a page failed: that is no damage of the file, but of
/// its disk. `Tree 6 page 10: unable to get the page. error code=8458`
fn failed_read(damage: &str) -> Option<i32> {
    let (_, code) = damage.split_once("error code=")?;
    let code: i32 = code.trim().parse().ok()?;
    (code & 0xff != ffi::SQLITE_OK).then_some(code)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    const CREATE: &str = "CREATE TABLE t (a, b)";
    const INDEX: &str = "CREATE INDEX i ON t (a)";
    const ROWS: &str = "WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
                        INSERT INTO t SELECT NULL, -1 FROM n";

    /// The file of a database whose schema says something else than what is in it.
    fn with_schema(other: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(CREATE).unwrap();
        connection.execute_batch(INDEX).unwrap();
        connection.execute_batch(ROWS).unwrap();
        let writable = "PRAGMA writable_schema = ON";
        connection.execute_batch(writable).unwrap();
        let update = "UPDATE sqlite_schema SET sql = ?1 WHERE substr(sql, 8, 5) = substr(?1, 8, 5)";
        connection.execute(update, [other]).unwrap();
        (folder, path)
    }

    #[test]
    fn rows_that_break_a_constraint_are_no_damage() {
        for (other, checked) in [
            (CREATE, true),
            ("CREATE TABLE t (a, b CHECK (b > 0))", true),
            ("CREATE TABLE t (a NOT NULL, b)", true),
            ("CREATE TABLE t (a TEXT, b TEXT) STRICT", true),
            ("CREATE TABLE t (a, b CHECK (unknown(b)))", true),
            (
                "CREATE TABLE t (a, b CHECK (json_extract(b || '{', '$.c') > 1))",
                true,
            ),
            ("CREATE TABLE t (a, b COLLATE unknown)", true),
            (
                "CREATE TABLE t (a, b CHECK (b COLLATE unknown > 'a'))",
                true,
            ),
            ("CREATE TABLE t (a, b AS (unknown(a)) STORED)", true),
            // Nothing can be said.
            ("CREATE INDEX i ON t (a COLLATE unknown)", false),
        ] {
            let (_folder, path) = with_schema(other);
            let connection = Connection::open(&path).unwrap();
            assert_eq!(first_damage(&connection).unwrap(), None, "{other}");
            drop(connection);
            assert_eq!(is_found_damaged(&path), checked, "{other}");
        }
    }

    /// Damages the first table, and looks.
    fn is_found_damaged(path: &Path) -> bool {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[4096] = 99;
        std::fs::write(path, bytes).unwrap();
        let connection = Connection::open(path).unwrap();
        first_damage(&connection).unwrap().is_some()
    }

    /// SQLite opens virtual tables for the check, which newer versions then ask for their own, and
    /// fails where one cannot be opened.
    #[test]
    fn virtual_tables_that_cannot_be_opened_are_no_damage() {
        for (create, after) in [
            (
                "fts5 (a)",
                "UPDATE sqlite_schema SET sql = replace(sql, '(a)', '(a, tokenize = mine)') WHERE name = 'v'",
            ),
            (
                "fts4 (a)",
                "UPDATE sqlite_schema SET sql = replace(sql, '(a)', '(a, tokenize = mine)') WHERE name = 'v'",
            ),
            (
                "fts5 (a)",
                "UPDATE sqlite_schema SET sql = replace(sql, 'fts5', 'unknown') WHERE name = 'v'",
            ),
            ("fts5 (a)", "DROP TABLE v_config"),
            ("fts5 (a)", "DROP TABLE v_data"),
            (
                "fts5 (a)",
                "UPDATE v_data SET block = x'00112233445566778899'",
            ),
            ("fts5 (a)", "UPDATE v_config SET v = 99"),
            ("fts5 (a)", "DELETE FROM v_content"),
            ("fts4 (a)", "DROP TABLE v_segdir"),
            ("rtree (a, b, c)", "DROP TABLE v_node"),
            ("rtree (a, b, c)", "UPDATE v_node SET data = x'0011'"),
        ] {
            let (_folder, path) = with_schema(CREATE);
            let connection = Connection::open(&path).unwrap();
            let sql =
                format!("CREATE VIRTUAL TABLE v USING {create}; INSERT INTO v (a) VALUES ('1')");
            connection.execute_batch(&sql).unwrap();
            connection
                .execute_batch("PRAGMA writable_schema = ON")
                .unwrap();
            connection.execute_batch(after).unwrap();
            drop(connection);
            let connection = Connection::open(&path).unwrap();
            assert_eq!(
                first_damage(&connection).unwrap(),
                None,
                "{create}, {after}"
            );
            drop(connection);
            assert!(is_found_damaged(&path), "{create}, {after}");
        }
    }

    #[test]
    fn the_setting_is_as_it_was() {
        for value in [0, 1] {
            let connection = Connection::open_in_memory().unwrap();
            let set = format!("PRAGMA ignore_check_constraints = {value}");
            connection.execute_batch(&set).unwrap();
            require(&connection).unwrap();
            let read = "PRAGMA ignore_check_constraints";
            let after: i64 = connection.query_row(read, [], |row| row.get(0)).unwrap();
            assert_eq!(after, value);
        }
    }
}
