//! What a name that SQLite does not know was probably meant to be.

use stepladder::rusqlite::{self, Connection};
use stepladder::sql::fold;

use crate::folder::distance;

/// The help for a message such as `no such column: titel`, where a name is similar.
pub(crate) fn help(connection: &Connection, message: &str) -> Option<String> {
    let (what, wrong) = message.split_once("no such ")?.1.split_once(": ")?;
    let (what, names) = match what {
        "table" => ("table", TABLES),
        "column" => ("column", COLUMNS),
        _ => return None,
    };
    let wrong = wrong.rsplit('.').next().unwrap_or(wrong);
    let names = names_by(connection, names).ok()?;
    let near = nearest(names.iter().map(String::as_str), wrong)?;
    Some(format!("a {what} with a similar name exists: `{near}`"))
}

/// The name that is most similar to a wrong one.
pub(crate) fn nearest<'n>(
    names: impl IntoIterator<Item = &'n str>,
    wrong: &str,
) -> Option<&'n str> {
    let wrong = fold(wrong);
    (names.into_iter())
        .map(|name| (distance(&fold(name), &wrong), name))
        .filter(|(distance, name)| {
            *distance <= 2 && *distance < name.chars().count().min(wrong.chars().count())
        })
        .min()
        .map(|(_, name)| name)
}

const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')";

const COLUMNS: &str = "SELECT DISTINCT c.name FROM sqlite_schema AS t, \
     pragma_table_xinfo(t.name) AS c WHERE t.type = 'table'";

fn names_by(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    statement.query_map([], |row| row.get(0))?.collect()
}
