//! Steps in SQL that work on a new database of each version, and not on one that was upgraded.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use stepladder_build::{check, generate, make_migrations};
use tempfile::TempDir;

/// A history with these versions and the steps between them.
fn folder(versions: &[&str], steps: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("steps")).unwrap();
    for version in versions {
        fs::write(folder.path().join("schema.sql"), version).unwrap();
        make_migrations(folder.path()).unwrap();
    }
    for (index, step) in steps.iter().enumerate() {
        let name = format!("steps/from{}_to{}.sql", index + 1, index + 2);
        fs::write(folder.path().join(name), step).unwrap();
    }
    folder
}

/// What is said of a history; empty where all is well.
fn said(versions: &[&str], steps: &[&str]) -> String {
    let folder = folder(versions, steps);
    generate(folder.path()).map_or_else(|error| error.to_string(), |_| String::new())
}

/// How often a text is in another.
fn count(report: &str, text: &str) -> usize {
    report.matches(text).count()
}

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);";
const USERS_WITH_STATE: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, state TEXT);";
const STATES: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, state TEXT);
    CREATE TABLE states (name TEXT PRIMARY KEY);";
/// With `state || ''`, because the proof of the one step tries what a column is compared with.
const DERIVE: &str = "ALTER TABLE users ADD COLUMN state TEXT;\nUPDATE users SET state = 'old';";
const CREATE_STATES: &str = "CREATE TABLE states (name TEXT PRIMARY KEY);\n";

/// Rows that are made at version 2 never have the state 'old', and so are never equal in it.
#[test]
fn values_that_a_step_derives_meet_the_next_step() {
    let versions = [USERS, USERS_WITH_STATE, STATES];
    let insert = "INSERT INTO states SELECT state FROM users WHERE state || '' = 'old';";
    let report = said(&versions, &[DERIVE, &format!("{CREATE_STATES}{insert}")]);
    assert!(
        report.contains("UNIQUE constraint failed: states.name"),
        "{report}"
    );
    assert!(report.contains("steps/from2_to3.sql:2:1"), "{report}");
    assert!(
        report.contains(
            "it works on a new database of version 2, and fails on one that was created at version \
             1 and upgraded to version 2"
        ),
        "{report}"
    );
    assert!(report.contains("in `users`: id = "), "{report}");
    assert!(report.contains("state = 'old'"), "{report}");

    let distinct = insert.replace("SELECT", "SELECT DISTINCT");
    assert_eq!(
        said(&versions, &[DERIVE, &format!("{CREATE_STATES}{distinct}")]),
        ""
    );

    let allow = "-- stepladder: allow unique_on_existing users because nobody has the state\n";
    let allowed = format!("{allow}{CREATE_STATES}{insert}");
    assert_eq!(said(&versions, &[DERIVE, &allowed]), "");
}

/// The layout is that of a new database, and so is the schema; only the values are others.
#[test]
fn rows_that_are_ignored_because_of_derived_values_are_lost() {
    let unique =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, state TEXT, key TEXT UNIQUE);";
    let step = "CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT, state TEXT, key TEXT UNIQUE);
INSERT OR IGNORE INTO n (id, name, state, key)
SELECT id, name, state, CASE state || '' WHEN 'old' THEN 'old' END FROM users;
DROP TABLE users;
ALTER TABLE n RENAME TO users;";
    let report = said(&[USERS, USERS_WITH_STATE, unique], &[DERIVE, step]);
    assert!(report.contains("rows are gone"), "{report}");
    assert!(
        report.contains("not every row of `users` is copied here"),
        "{report}"
    );
    assert!(
        report.contains("created at version 1 and upgraded to version 2"),
        "{report}"
    );
}

/// In a database that started at 1 the table is empty, and in one that starts at 3 it is laid out as
/// in the snapshot.
#[test]
fn a_chain_starts_at_every_version() {
    let versions = [
        "CREATE TABLE a (id INTEGER PRIMARY KEY);",
        "CREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);",
        "CREATE TABLE a (id INTEGER PRIMARY KEY);
         CREATE TABLE t (id INTEGER PRIMARY KEY, new TEXT, x TEXT);",
        "CREATE TABLE a (id INTEGER PRIMARY KEY);
         CREATE TABLE t (id INTEGER PRIMARY KEY, new TEXT, x TEXT COLLATE NOCASE);",
    ];
    let steps = [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);",
        "ALTER TABLE t ADD COLUMN new TEXT;\nUPDATE t SET new = 'n' || id;",
        "-- stepladder: allow select_star_copy t because the columns are in order, as far as we know
CREATE TABLE n (id INTEGER PRIMARY KEY, new TEXT, x TEXT COLLATE NOCASE);
INSERT INTO n SELECT * FROM t;
DROP TABLE t;
ALTER TABLE n RENAME TO t;",
    ];
    let report = said(&versions, &steps);
    assert!(report.contains("its values are in `t.new` now"), "{report}");
    assert!(
        report.contains("created at version 2 and upgraded to version 3"),
        "{report}"
    );
    assert!(!report.contains("created at version 1"), "{report}");
    assert!(
        report.contains("in the order id, x, new, in a new database in the order id, new, x"),
        "{report}"
    );
    let named = steps[2].replace("SELECT *", "SELECT id, new, x");
    let (_, named) = named.split_once('\n').unwrap();
    assert_eq!(said(&versions, &[steps[0], steps[1], named]), "");
}

#[test]
fn a_mistake_is_told_once() {
    let more = format!("{USERS}CREATE TABLE b (x);");
    let versions = [
        USERS,
        &more,
        &format!("{USERS_WITH_STATE}CREATE TABLE b (x);"),
        &format!("{STATES}CREATE TABLE b (x);"),
        &format!("{STATES}CREATE TABLE b (x, y);"),
    ];
    let insert = "INSERT INTO states SELECT state FROM users WHERE state || '' = 'old';";
    let third = format!("{CREATE_STATES}{insert}");
    let steps = [
        "CREATE TABLE b (x);",
        DERIVE,
        &third,
        "ALTER TABLE b ADD COLUMN y;",
    ];
    let report = said(&versions, &steps);
    assert_eq!(count(&report, "error["), 1, "{report}");
    // The shortest way to it.
    assert!(
        report.contains("created at version 2 and upgraded to version 3"),
        "{report}"
    );
}

/// The chains from versions 1 and 2 come upon it too.
#[test]
fn a_warning_about_a_step_is_given_once() {
    let versions = [
        format!("{USERS}CREATE TABLE b (x);"),
        format!("{USERS}CREATE TABLE b (x, y);"),
        format!("{USERS}CREATE TABLE b (x, y, z);"),
        "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE b (x, y, z);".to_owned(),
    ];
    let versions: Vec<_> = versions.iter().map(String::as_str).collect();
    let steps = [
        "ALTER TABLE b ADD COLUMN y;",
        "ALTER TABLE b ADD COLUMN z;",
        "ALTER TABLE users DROP COLUMN name;",
    ];
    let folder = folder(&versions, &steps);
    let lints = "[lints]\ndrop_column = \"warn\"\ndata_loss = \"warn\"\n";
    fs::write(folder.path().join("stepladder.toml"), lints).unwrap();
    let warnings: Vec<_> = check(folder.path()).unwrap();
    let texts: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(count(&texts.join("\n"), "[data_loss]"), 1, "{texts:?}");
    assert_eq!(
        count(&texts.join("\n"), "created at version"),
        0,
        "{texts:?}"
    );
}

#[test]
fn an_orphan_of_an_upgraded_database_is_found() {
    let base = "CREATE TABLE p (id INTEGER PRIMARY KEY, kind TEXT);";
    let child = "CREATE TABLE c (p_id INTEGER REFERENCES p (id));";
    let versions = [
        &*format!("{}{child}", base.replace(", kind TEXT", "")),
        &*format!("{base}{child}"),
        &*format!("{base}{child}CREATE TABLE d (x);"),
    ];
    let steps = [
        "ALTER TABLE p ADD COLUMN kind TEXT;\nUPDATE p SET kind = 'old';",
        "-- stepladder: allow data_loss p because the old ones are not wanted
CREATE TABLE d (x);
DELETE FROM p WHERE kind || '' = 'old';",
    ];
    let report = said(&versions, &steps);
    assert!(
        report.contains("refers to a row of `p` that does not exist"),
        "{report}"
    );
    assert!(report.contains("steps/from2_to3.sql:3:1"), "{report}");
    assert!(report.contains("created at version 1"), "{report}");
}

/// A history of a kind that many apps have.
fn long_history(versions: usize) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("steps")).unwrap();
    let mut columns = vec![String::new(); 20];
    let mut steps = Vec::new();
    for version in 1..=versions {
        let mut schema = String::new();
        for (table, columns) in columns.iter().enumerate() {
            let parent = match table {
                0 => String::new(),
                _ => format!(", parent INTEGER REFERENCES t{} (id)", table - 1),
            };
            writeln!(
                schema,
                "CREATE TABLE t{table} (id INTEGER PRIMARY KEY, a TEXT{columns}{parent});"
            )
            .unwrap();
        }
        fs::write(folder.path().join("schema.sql"), schema).unwrap();
        make_migrations(folder.path()).unwrap();
        // In front of the last column, where ADD COLUMN does not put it.
        let table = version * 7 % 20;
        write!(columns[table], ", c{version} TEXT").unwrap();
        let step = format!(
            "ALTER TABLE t{table} ADD COLUMN c{version} TEXT;\nUPDATE t{table} SET c{version} = a;"
        );
        steps.push(step);
    }
    for (index, step) in steps.iter().take(versions - 1).enumerate() {
        let name = format!("steps/from{}_to{}.sql", index + 1, index + 2);
        fs::write(folder.path().join(name), step).unwrap();
    }
    let start = Instant::now();
    generate(folder.path()).unwrap();
    start.elapsed()
}

#[test]
fn chains_from_all_versions_are_proven_in_time() {
    let time = long_history(60);
    println!("60 versions of 20 tables, in other orders than the snapshots: {time:?}");
    assert!(time < Duration::from_secs(120), "{time:?}");
}

/// `STEPLADDER_CHAINS=1` runs it.
#[test]
fn a_very_long_history_is_proven_in_time() {
    if std::env::var_os("STEPLADDER_CHAINS").is_none() {
        println!("skipped: STEPLADDER_CHAINS is not set");
        return;
    }
    let time = long_history(119);
    println!("119 versions of 20 tables: {time:?}");
    assert!(time < Duration::from_secs(240), "{time:?}");
}
