//! Statements that end more than themselves, or never end. The limit for those is 2 s in tests.

use std::fs;
use std::time::{Duration, Instant};

use crate::generate::generate;
use crate::make_migrations::make_migrations;

const OLD: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, up INTEGER);";
const NEW: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, up INTEGER, depth INTEGER);";

/// What is said of a step that adds the column, and then runs a statement.
fn said(statement: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir_all(schemas.join("steps")).unwrap();
    for version in [OLD, NEW] {
        fs::write(schemas.join("schema.sql"), version).unwrap();
        make_migrations(&schemas).unwrap();
    }
    let step = format!("ALTER TABLE notes ADD COLUMN depth INTEGER;\n{statement};\n");
    fs::write(schemas.join("steps/from1_to2.sql"), step).unwrap();
    generate(&schemas)
        .err()
        .map_or_else(String::new, |error| error.to_string())
}

#[test]
fn a_statement_without_an_end_is_told() {
    let start = Instant::now();
    let report = said(
        "UPDATE notes SET depth = 0;\nWITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)\n\
         INSERT INTO notes (depth) SELECT max(x) FROM n",
    );
    assert!(
        report.contains("the file takes longer than 2 s"),
        "{report}"
    );
    assert!(report.contains("from1_to2.sql:3:1"), "{report}");
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

/// It is not run again for each row: that would take the limit each time.
#[test]
fn a_statement_without_an_end_among_rows_is_told() {
    let start = Instant::now();
    let report = said(
        "WITH RECURSIVE n (x) AS (SELECT id FROM notes UNION ALL SELECT x FROM n)\n\
         UPDATE notes SET depth = (SELECT max(x) FROM n)",
    );
    assert!(
        report.contains("the file takes longer than 2 s"),
        "{report}"
    );
    assert!(report.contains("from1_to2.sql:2:1"), "{report}");
    assert!(report.contains("with rows"), "{report}");
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

/// `OR ROLLBACK` undoes the tables as well, and with them what the next scenario needs.
#[test]
fn a_rollback_is_no_riddle() {
    let rollback = "INSERT OR ROLLBACK INTO notes (id) SELECT id FROM notes WHERE up IS NULL";
    let report = said(rollback);
    assert!(
        report.contains("UNIQUE constraint failed: notes.id"),
        "{report}"
    );
    assert!(report.contains("from1_to2.sql:2:32"), "{report}");
    let declared = "-- stepladder: allow unique_on_existing notes because there are none";
    assert_eq!(said(&format!("{declared}\n{rollback}")), "");
    let lost = said(&format!("{declared}\n{rollback};\nUPDATE notes SET up = 5"));
    assert!(lost.contains("column `notes.up`"), "{lost}");
}
