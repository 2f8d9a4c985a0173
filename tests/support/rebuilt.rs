//! Tables that are rebuilt, compared with those of a new database.

use rusqlite::Connection;

use super::{Steps, at, rows};

/// Rebuilds the tables from the first schema to the second, and checks that the result is what a
/// new database has.
pub(crate) fn rebuilt(
    old: &str,
    new: &str,
    data: &str,
    tables: &'static [&'static str],
) -> Connection {
    let steps = Steps::new(&[(1, old), (2, new)]).rebuild(1, tables);
    let connection = at(steps.history, 1, data);
    migrated(steps, connection)
}

pub(crate) fn migrated(steps: Steps, mut connection: Connection) -> Connection {
    let history = steps.history;
    let before = super::settings(&connection);
    steps.strategy().migrate(&mut connection).unwrap();
    assert_eq!(super::settings(&connection), before);
    assert_eq!(rows(&connection, "PRAGMA integrity_check"), ["ok"]);
    assert_eq!(
        stored(&connection),
        stored(&at(history, history.latest_version(), ""))
    );
    connection
}

/// What the database has, in the canonical form.
pub(crate) fn stored(connection: &Connection) -> Vec<(String, Vec<stepladder::sql::Lexeme>)> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL \
               AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'f t\\_%' ESCAPE '\\' \
               ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
        .unwrap();
    rows.map(|row| {
        let (name, sql) = row.unwrap();
        (name, stepladder::sql::canonical(&sql))
    })
    .collect()
}
