//! Which versions have data classes: `[data_classes] versions`. What they do is tested with the golden
//! of `schemas/classes` in the runtime crate.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;

use stepladder_build::{generate, make_migrations};

/// A history in which `todos` changes, `lists` stays, and `users` and the view `old` go.
const VERSIONS: [&str; 3] = [
    "CREATE TABLE lists (id INTEGER PRIMARY KEY);
     CREATE TABLE users (id INTEGER PRIMARY KEY);
     CREATE TABLE todos (id INTEGER PRIMARY KEY);
     CREATE VIEW old AS SELECT id FROM todos;
     CREATE VIEW all_todos AS SELECT * FROM todos;",
    "CREATE TABLE lists (id INTEGER PRIMARY KEY);
     CREATE TABLE users (id INTEGER PRIMARY KEY);
     CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT);
     CREATE VIEW old AS SELECT id FROM todos;
     CREATE VIEW all_todos AS SELECT * FROM todos;",
    "CREATE TABLE lists (id INTEGER PRIMARY KEY);
     CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT);
     CREATE VIEW all_todos AS SELECT * FROM todos;",
];

fn generated(settings: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for version in VERSIONS {
        fs::write(folder.path().join("schema.sql"), version).unwrap();
        make_migrations(folder.path()).unwrap();
    }
    fs::write(folder.path().join("stepladder.toml"), settings).unwrap();
    generate(folder.path()).unwrap_or_else(|error| panic!("{error}"))
}

/// Where each `Row` is: `v1::todos`.
fn rows(code: &str) -> Vec<String> {
    let mut path = [String::new(), String::new()];
    let mut rows = Vec::new();
    for line in code.lines() {
        let depth = line.len() - line.trim_start().len();
        if let Some(module) = line.trim().strip_prefix("pub mod ")
            && let Some(part) = path.get_mut(depth / 4)
        {
            module.trim_end_matches(" {").clone_into(part);
        } else if line.trim() == "pub struct Row {" {
            rows.push(path.join("::"));
        }
    }
    rows
}

#[test]
fn each_version_of_a_table_has_its_own_and_shares_what_stays() {
    // The columns of `all_todos` changed with those of `todos`, and its text did not.
    let expected = [
        "v1::lists",
        "v1::users",
        "v1::todos",
        "v1::old",
        "v1::all_todos",
        "v2::todos",
        "v2::all_todos",
    ];
    assert_eq!(rows(&generated("")), expected);
}

#[test]
fn those_of_the_newest_version_may_be_enough() {
    let code = generated("[data_classes]\nversions = \"latest\"\n");
    assert_eq!(rows(&code), ["v1::lists", "v2::todos", "v2::all_todos"]);
    assert!(!code.contains("pub mod old"), "{code}");
}

#[test]
fn there_may_be_none() {
    let code = generated("[data_classes]\nversions = \"none\"\n");
    assert!(rows(&code).is_empty());
    assert!(
        !code.contains("data_class") && !code.contains("all_todos {"),
        "{code}"
    );
}

/// The same table, with another type of a column that SQLite takes for the same.
#[test]
fn another_declared_type_is_another_class() {
    let folder = tempfile::tempdir().unwrap();
    for (version, declared) in [(1, "DATETIME"), (2, "DECIMAL")] {
        let sql = format!("CREATE TABLE t (id INTEGER PRIMARY KEY, at {declared});");
        fs::write(folder.path().join("schema.sql"), sql).unwrap();
        make_migrations(folder.path()).unwrap();
        assert!(
            folder
                .path()
                .join(format!("schema_v{version}.json"))
                .is_file()
        );
    }
    let settings = "[types]\nDATETIME = \"crate::Time\"\n";
    fs::write(folder.path().join("stepladder.toml"), settings).unwrap();
    let code = generate(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(rows(&code), ["v1::t", "v2::t"]);
    assert!(code.contains("pub at: Option<crate::Time>,"), "{code}");
    assert!(code.contains("pub at: rusqlite::types::Value,"), "{code}");
}
