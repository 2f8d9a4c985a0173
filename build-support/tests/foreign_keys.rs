//! Foreign keys to what is no key: refused in a new version, and in a released one no reason to prove
//! nothing. `diagnostics/foreign_key*` has the messages.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;

use stepladder_build::{generate, make_migrations};

const PEOPLE: &str = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n";
const VISITS: &str =
    "CREATE TABLE visits (id INTEGER PRIMARY KEY, name TEXT REFERENCES people (name));\n";
const KEY: &str = "CREATE UNIQUE INDEX people_name ON people (name);\n";
const LISTS: &str = "CREATE TABLE lists (id INTEGER PRIMARY KEY);
CREATE TABLE todos (id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL REFERENCES lists (id));\n";

/// What is said of a step from a version that was released with a foreign key that cannot be used.
fn said_after_release(newer: &str, step: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Only with the index does the tool make it.
    fs::write(path("schema.sql"), [PEOPLE, VISITS, LISTS, KEY].concat()).unwrap();
    make_migrations(folder.path()).unwrap();
    let snapshot = fs::read_to_string(path("schema_v1.json")).unwrap();
    let index = snapshot
        .find(",\n    {\n      \"kind\": \"index\"")
        .unwrap();
    fs::write(
        path("schema_v1.json"),
        format!("{}\n  ]\n}}\n", &snapshot[..index]),
    )
    .unwrap();
    fs::write(path("schema.sql"), newer).unwrap();
    make_migrations(folder.path()).unwrap();
    fs::create_dir(path("steps")).unwrap();
    fs::write(path("steps/from1_to2.sql"), step).unwrap();
    generate(folder.path()).map_or_else(|error| error.to_string(), |_| String::new())
}

#[test]
fn a_released_one_may_stay() {
    let seen = VISITS.replace("));", "), seen INTEGER);");
    let newer = [PEOPLE, &*seen, LISTS].concat();
    let step = "ALTER TABLE visits ADD COLUMN seen INTEGER;";
    assert_eq!(said_after_release(&newer, step), "");
}

#[test]
fn a_released_one_can_be_mended() {
    let newer = [PEOPLE, VISITS, LISTS, KEY].concat();
    let step = format!(
        "-- stepladder: allow unique_on_existing people because names are\n\
         -- stepladder: allow data_loss visits because they are guests\n\
         DELETE FROM visits WHERE name NOT IN (SELECT name FROM people WHERE name IS NOT NULL);\n{KEY}"
    );
    assert_eq!(said_after_release(&newer, &step), "");
}

#[test]
fn it_does_not_hide_the_orphans_of_other_tables() {
    let newer = [
        PEOPLE,
        VISITS,
        LISTS,
        "CREATE INDEX by_list ON todos (list_id);",
    ]
    .concat();
    let step = "-- stepladder: allow data_loss lists because they are old\n\
                DELETE FROM lists;\nCREATE INDEX by_list ON todos (list_id);";
    let said = said_after_release(&newer, step);
    assert!(
        said.starts_with("error: after the step, a row of `todos` (rowid "),
        "{said}"
    );
    assert!(said.contains("refers to a row of `lists`"), "{said}");
}
