//! What a step does, told without the comparison and the accounting that are tested here: SQLite runs
//! it, and everything that is in the database afterwards is written down.

use std::fmt::Write as _;

use stepladder::rusqlite::types::ValueRef;
use stepladder::rusqlite::{self, Connection};
use stepladder::sql::tokens;
use stepladder::synthesis::{Rows, Scenario, Values, fill};

use crate::case::Case;

/// All that is in a database, one fact a line.
pub(crate) type Dump = Vec<String>;

/// A database at the old version, and what the right step makes of it.
struct Data {
    name: String,
    connection: Connection,
    right: Dump,
}

/// The databases that a step is tried on.
pub(crate) struct Oracle(Vec<Data>);

/// Other seeds than those of the proof, so that a mutant is not judged by the rows that it passed.
const SCENARIOS: [(&str, Rows, Values, u64); 8] = [
    ("empty", Rows::None, Values::Recognisable, 0),
    ("one row", Rows::One, Values::Recognisable, 0),
    ("ordinary", Rows::Many, Values::Recognisable, 0),
    ("ordinary 2", Rows::Many, Values::Recognisable, 7),
    ("nulls", Rows::Many, Values::Nulls, 3),
    ("odd", Rows::Many, Values::Odd, 0),
    ("odd 2", Rows::Many, Values::Odd, 5),
    ("odd 3", Rows::Many, Values::Odd, 11),
];

impl Oracle {
    /// The databases on which the right step works.
    pub(crate) fn new(case: &Case) -> Self {
        let mut all = Vec::new();
        for (name, rows, values, seed) in SCENARIOS {
            let connection = database(case);
            let scenario = Scenario { rows, values, seed };
            fill(&connection, &case.schemas[0], &scenario).unwrap();
            all.push((name, connection));
        }
        if let Some(rows) = &case.rows {
            let connection = database(case);
            connection.execute_batch(rows).unwrap();
            all.push(("by hand", connection));
        }
        let of = all.len();
        let data: Vec<_> = (all.into_iter())
            .filter_map(|(name, connection)| {
                let right = outcome(&connection, &case.step).ok()?;
                Some(Data {
                    name: name.to_owned(),
                    connection,
                    right,
                })
            })
            .collect();
        // A step may declare that some rows are not there, but not that none are.
        assert!(
            data.len() + 3 >= of,
            "{}: {} of {of}",
            case.name,
            data.len()
        );
        assert!(case.rows.is_none() || data.iter().any(|data| data.name == "by hand"));
        Self(data)
    }

    /// Where a step does something else than the right one; `None` where it does the same.
    pub(crate) fn difference(&self, step: &str) -> Option<String> {
        self.0.iter().find_map(|data| {
            let difference = match outcome(&data.connection, step) {
                Ok(dump) => first_difference(&data.right, &dump)?,
                Err(error) => format!("it fails: {error}"),
            };
            Some(format!("{}: {difference}", data.name))
        })
    }
}

fn database(case: &Case) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; BEGIN")
        .unwrap();
    for entity in &case.schemas[0].entities {
        connection.execute_batch(entity.sql()).unwrap();
    }
    connection
}

/// What a step leaves behind; the database is then as it was.
fn outcome(connection: &Connection, step: &str) -> rusqlite::Result<Dump> {
    connection.execute_batch("SAVEPOINT oracle").unwrap();
    let dump = connection
        .execute_batch(step)
        .and_then(|()| dump(connection));
    connection
        .execute_batch("ROLLBACK TO oracle; RELEASE oracle")
        .unwrap();
    dump
}

fn first_difference(right: &Dump, found: &Dump) -> Option<String> {
    let missing = right.iter().find(|line| !found.contains(line));
    let added = found.iter().find(|line| !right.contains(line));
    // A row that is there twice.
    let count = right.len() != found.len();
    match (missing, added) {
        (None, None) if !count => None,
        (missing, added) => {
            let line = |line: Option<&String>| line.map_or_else(String::new, Clone::clone);
            Some(format!("{} / {}", line(missing), line(added)))
        }
    }
}

fn dump(connection: &Connection) -> rusqlite::Result<Dump> {
    let mut dump = Vec::new();
    for schema in ["main", "temp"] {
        let sql =
            format!("SELECT type, name, tbl_name, ifnull(sql, '') FROM {schema}.sqlite_master");
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let [kind, name, table, sql]: [String; 4] =
                [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
            // What a full-text index keeps in its tables depends on the order of its rows.
            if !is_shadow(connection, &table)? {
                dump.push(format!("{schema} {kind} {name} {table}: {}", normal(&sql)));
            }
        }
    }
    for (name, kind) in tables(connection)? {
        match kind.as_str() {
            "virtual" => {
                rows(connection, &name, &mut dump)?;
                terms(connection, &name, &mut dump)?;
            }
            "table" => rows(connection, &name, &mut dump)?,
            _ => {}
        }
    }
    query(
        connection,
        "SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check",
        "orphan",
        &mut dump,
    )?;
    dump.sort();
    Ok(dump)
}

fn is_shadow(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM pragma_table_list WHERE name = ?1 AND type = 'shadow'";
    connection.query_row(sql, [table], |row| row.get::<_, i64>(0).map(|n| n > 0))
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let sql = "SELECT name, type FROM pragma_table_list WHERE schema = 'main' \
               AND (name = 'sqlite_sequence' OR name NOT LIKE 'sqlite\\_%' ESCAPE '\\')";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The rows by the names of their columns, and their rowids.
fn rows(connection: &Connection, table: &str, dump: &mut Dump) -> rusqlite::Result<()> {
    let quoted = format!("\"{}\"", table.replace('"', "\"\""));
    // The rowids of sqlite_sequence mean nothing.
    let rowid = table != "sqlite_sequence"
        && connection
            .prepare(&format!("SELECT rowid FROM {quoted}"))
            .is_ok();
    let rowid = if rowid { "rowid, " } else { "" };
    let mut columns = Vec::new();
    let mut statement = connection.prepare(&format!("PRAGMA table_xinfo({quoted})"))?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let (name, hidden): (String, i64) = (row.get(1)?, row.get(6)?);
        if hidden != 1 {
            columns.push(format!("\"{}\"", name.replace('"', "\"\"")));
        }
    }
    columns.sort();
    let sql = format!("SELECT {rowid}{} FROM {quoted}", columns.join(", "));
    query(connection, &sql, table, dump)
}

/// What a full-text index finds, which is not what it shows: that comes from its content table.
fn terms(connection: &Connection, table: &str, dump: &mut Dump) -> rusqlite::Result<()> {
    let sql = "SELECT count(*) FROM sqlite_master WHERE name = ?1 AND sql LIKE '%fts5%'";
    if connection.query_row(sql, [table], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(());
    }
    connection.execute_batch(&format!(
        "CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, '{table}', instance)"
    ))?;
    let sql = "SELECT term, doc, col, \"offset\" FROM temp.terms";
    query(connection, sql, &format!("{table} finds"), dump)?;
    connection.execute_batch("DROP TABLE temp.terms")
}

fn query(connection: &Connection, sql: &str, name: &str, dump: &mut Dump) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let named = |index| statement.column_name(index).map(str::to_owned);
    let columns: rusqlite::Result<Vec<_>> = (0..statement.column_count()).map(named).collect();
    let columns = columns?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut line = format!("{name} has");
        for (index, column) in columns.iter().enumerate() {
            write!(line, " {column}={}", value(row.get_ref(index)?)).unwrap();
        }
        dump.push(line);
    }
    Ok(())
}

/// The storage class and all bytes of a value.
fn value(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(real) => format!("{real:?} ({:x})", real.to_bits()),
        ValueRef::Text(text) => format!("'{}'", text.escape_ascii()),
        ValueRef::Blob(blob) => format!("x'{}'", blob.escape_ascii()),
    }
}

/// The text of an entity: what is written with or without quotes, or in capital letters, is one.
fn normal(sql: &str) -> String {
    let text = |token: &stepladder::sql::Token<'_>| match token.unquoted() {
        Some(name) if !token.text.starts_with('\'') => name.to_lowercase(),
        _ => token.text.to_owned(),
    };
    tokens(sql).iter().map(text).collect::<Vec<_>>().join(" ")
}
