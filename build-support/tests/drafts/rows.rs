//! What a draft does with rows that are easily forgotten.

use stepladder::rusqlite::{Connection, types::Value};

use super::{Project, renaming};

/// The rows of a query, after the draft has run on a database with these rows.
fn after(old: &str, new: &str, rows: &str, query: &str) -> Vec<Vec<Value>> {
    let step = Project::new(old, new).draft(&renaming(&[]));
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    for sql in [old, rows, &step] {
        connection
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{error} in {sql}"));
    }
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn integers(rows: &[&[i64]]) -> Vec<Vec<Value>> {
    let row = |row: &&[i64]| row.iter().map(|number| Value::Integer(*number)).collect();
    rows.iter().map(row).collect()
}

#[test]
fn the_language_of_a_full_text_row_is_kept() {
    let old = "CREATE VIRTUAL TABLE notes USING fts4(body, languageid=\"lang\");";
    let rows = "INSERT INTO notes (docid, body, lang) VALUES (3, 'one', 0), (7, 'two', 5);";
    for (new, query) in [
        (
            "CREATE VIRTUAL TABLE notes USING fts4(body, title, languageid=\"lang\");",
            "SELECT docid, lang FROM notes",
        ),
        (
            "CREATE VIRTUAL TABLE notes USING fts4(body, languageid=lid, tokenize=porter);",
            "SELECT docid, lid FROM notes",
        ),
    ] {
        assert_eq!(after(old, new, rows, query), integers(&[&[3, 0], &[7, 5]]));
    }
    let found = after(
        old,
        "CREATE VIRTUAL TABLE notes USING fts4(body, title, languageid=\"lang\");",
        rows,
        "SELECT docid FROM notes WHERE notes MATCH 'two' AND lang = 5",
    );
    assert_eq!(found, integers(&[&[7]]));
}

/// The names that SQLite has for the rowid, where they are columns: each hides it.
/// <https://www.sqlite.org/lang_createtable.html#rowid>
#[test]
fn columns_with_the_names_of_the_rowid_are_columns() {
    for (names, values, rowid) in [
        (&["rowid"][..], "10", Some("_rowid_")),
        (&["oid"], "10", Some("rowid")),
        (&["RowId", "oid"], "10, 20", Some("_rowid_")),
        (&["rowid", "_rowid_"], "10, 20", Some("oid")),
        // There is no way to ask for the rowid then.
        (&["oid", "_rowid_", "rowid"], "10, 20, 30", None),
    ] {
        let columns = names.join(" INTEGER, ");
        let old = format!("CREATE TABLE t ({columns} INTEGER, a INTEGER);");
        let rows = format!(
            "INSERT INTO t VALUES ({values}, 1); INSERT INTO t VALUES ({values}, 2); DELETE FROM t WHERE a = 1;"
        );
        let quoted = names.iter().map(|name| format!("\"{name}\""));
        let mut all: Vec<String> = quoted.chain(["a".to_owned()]).collect();
        let mut expected: Vec<i64> = values
            .split(", ")
            .map(|value| value.parse().unwrap())
            .collect();
        expected.push(2);
        if let Some(rowid) = rowid {
            all.push(rowid.to_owned());
            expected.push(2);
        }
        let query = format!("SELECT {} FROM t", all.join(", "));
        for new in [
            format!("CREATE TABLE t ({columns} INTEGER, a INTEGER, UNIQUE (a));"),
            format!("CREATE TABLE t ({columns} INTEGER, a INTEGER, CHECK (a <> 17));"),
            format!("CREATE TABLE t ({columns} INTEGER, a INTEGER, b TEXT);"),
        ] {
            assert_eq!(
                after(&old, &new, &rows, &query),
                integers(&[&expected]),
                "{new}"
            );
        }
        // A key that is new takes the rowids, where they can be read, and not a column of their name.
        let keyed =
            format!("CREATE TABLE t (id INTEGER PRIMARY KEY, {columns} INTEGER, a INTEGER);");
        let found = after(
            &old,
            &keyed,
            &rows,
            &format!("SELECT id, {} FROM t", all[..=names.len()].join(", ")),
        );
        let id = if rowid.is_some() { 2 } else { 1 };
        let mut with_id = vec![id];
        with_id.extend(&expected[..=names.len()]);
        assert_eq!(found, integers(&[&with_id]), "{keyed}");
    }
}

#[test]
fn a_key_with_the_name_of_the_rowid_is_the_rowid() {
    let rows = "INSERT INTO t VALUES (5, 50, 500), (7, 70, 700);";
    let old = "CREATE TABLE t (rowid INTEGER PRIMARY KEY, _rowid_ INTEGER, oid INTEGER);";
    let new = "CREATE TABLE t (rowid INTEGER PRIMARY KEY, _rowid_ INTEGER, oid INTEGER NOT NULL);";
    let all = "SELECT rowid, _rowid_, oid FROM t";
    let expected = integers(&[&[5, 50, 500], &[7, 70, 700]]);
    assert_eq!(after(old, new, rows, all), expected);
    // The new key is no column of the old table: it is what was the rowid.
    let new = "CREATE TABLE t (id INTEGER PRIMARY KEY, _rowid_ INTEGER, oid INTEGER);";
    assert_eq!(
        after(old, new, rows, "SELECT id, _rowid_, oid FROM t"),
        expected
    );
}

/// Rows of which nothing is copied are as many as before.
#[test]
fn the_number_of_rows_is_kept_where_nothing_else_is() {
    let old = "CREATE TABLE t (a BLOB, b BLOB);";
    let new = "CREATE TABLE t (rowid INTEGER, _rowid_ INTEGER, oid INTEGER, UNIQUE (rowid));";
    let found = after(
        old,
        new,
        "INSERT INTO t VALUES (1, 2), (3, 4);",
        "SELECT rowid, _rowid_, oid FROM t",
    );
    assert_eq!(found, vec![vec![Value::Null; 3]; 2]);
}
