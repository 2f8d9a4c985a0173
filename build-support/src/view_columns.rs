//! The columns of a view.

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::Affinity;
use stepladder::sql::quote_identifier;

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewColumn {
    /// Its name.
    pub name: String,
    /// The declared type of the column of a table that it shows; empty where it is computed.
    pub declared_type: String,
}

/// The columns of a view; none where it cannot be read, for instance because it calls a function of
/// the app.
pub(crate) fn view_columns(connection: &Connection, view: &str) -> Vec<ViewColumn> {
    read(connection, view).unwrap_or_default()
}

fn read(connection: &Connection, view: &str) -> rusqlite::Result<Vec<ViewColumn>> {
    let sql = "SELECT name, type FROM temp.pragma_table_xinfo(?1, 'main')";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([view], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let reported: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    let sql = format!("SELECT * FROM main.{}", quote_identifier(view));
    let statement = connection.prepare(&sql)?;
    let columns = reported.into_iter().zip(statement.columns());
    let columns = columns.map(|((name, reported), shown)| ViewColumn {
        name,
        declared_type: declared_type(shown.decl_type(), &reported).to_owned(),
    });
    Ok(columns.collect())
}

/// The type in which two answers of SQLite agree. Since 3.41 `table_xinfo` makes types up for what is
/// computed, such as `BLOB` for `upper(title)`; the declared type of a result is that of a column of a
/// table, but in `SELECT .. UNION SELECT ..` it is that of the first.
fn declared_type<'t>(declared: Option<&'t str>, reported: &str) -> &'t str {
    match declared {
        Some(declared) if Affinity::of(declared) == Affinity::of(reported) => declared,
        Some(_) | None => "",
    }
}

#[cfg(test)]
mod tests {
    use stepladder::rusqlite::Connection;

    use super::view_columns;

    #[test]
    fn only_columns_of_tables_have_types() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(10), raw BLOB, any, day DATE);
                 CREATE VIEW v AS SELECT id, name AS n, raw, any, day, upper(name), id || 'x',
                    count(*), CAST(name AS INTEGER), (SELECT name FROM t) AS inner FROM t;
                 CREATE VIEW w (one, two) AS SELECT id, n FROM v;
                 CREATE VIEW broken AS SELECT my_function(id) FROM t;",
            )
            .unwrap();
        let types = |view: &str| {
            let columns = view_columns(&connection, view).into_iter();
            let columns =
                columns.map(|column| format!("{}: {}", column.name, column.declared_type));
            columns.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            types("v"),
            "id: INTEGER, n: VARCHAR(10), raw: BLOB, any: , day: DATE, upper(name): , id || 'x': , \
             count(*): , CAST(name AS INTEGER): , inner: VARCHAR(10)"
        );
        assert_eq!(types("w"), "one: INTEGER, two: VARCHAR(10)");
        assert_eq!(types("broken"), "");
    }
}
