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
