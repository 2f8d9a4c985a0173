//! Steps in SQL that call Rust: the statements around the call are proven, and the call is played.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;

use stepladder_build::{generate, make_migrations};

/// What is said of a history with two versions and a step; empty where all is well.
fn said(old: &str, new: &str, step: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("steps")).unwrap();
    for version in [old, new] {
        fs::write(folder.path().join("schema.sql"), version).unwrap();
        make_migrations(folder.path()).unwrap();
    }
    fs::write(folder.path().join("steps/from1_to2.sql"), step).unwrap();
    generate(folder.path()).map_or_else(|error| error.to_string(), |_| String::new())
}

const OLD: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, text TEXT);
CREATE TABLE tags (note INTEGER, tag TEXT, PRIMARY KEY (note, tag)) WITHOUT ROWID;";

/// The new columns of `notes` and `tags`, as they are in the end.
const SLUG: &str = "slug TEXT NOT NULL UNIQUE";
const MORE: &str = "rank REAL NOT NULL, code BLOB NOT NULL UNIQUE, state TEXT NOT NULL CHECK (state IN \
    ('open', 'done')), owner INTEGER NOT NULL REFERENCES users (id)";
const COLOUR: &str = "colour INTEGER NOT NULL UNIQUE";

fn new() -> String {
    format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, text TEXT, {SLUG}, {MORE});
        CREATE TABLE tags (note INTEGER, tag TEXT, {COLOUR}, PRIMARY KEY (note, tag)) WITHOUT ROWID;"
    )
}

/// Adds the columns, calls, and makes them what they are in the end.
fn step(call: &str) -> String {
    format!(
        "ALTER TABLE notes ADD COLUMN slug TEXT;
ALTER TABLE notes ADD COLUMN rank REAL;
ALTER TABLE notes ADD COLUMN code BLOB;
ALTER TABLE notes ADD COLUMN state TEXT CHECK (state IN ('open', 'done'));
ALTER TABLE notes ADD COLUMN owner INTEGER REFERENCES users (id);
ALTER TABLE tags ADD COLUMN colour INTEGER;
{call}
CREATE TABLE n (id INTEGER PRIMARY KEY, title TEXT, text TEXT, {SLUG}, {MORE});
INSERT INTO n (id, title, text, slug, rank, code, state, owner)
    SELECT id, title, text, slug, rank, code, state, owner FROM notes;
DROP TABLE notes;
ALTER TABLE n RENAME TO notes;
CREATE TABLE t (note INTEGER, tag TEXT, {COLOUR}, PRIMARY KEY (note, tag)) WITHOUT ROWID;
INSERT INTO t (note, tag, colour) SELECT note, tag, colour FROM tags;
DROP TABLE tags;
ALTER TABLE t RENAME TO tags;"
    )
}

#[test]
fn what_a_call_fills_can_become_not_null_and_unique() {
    assert_eq!(said(OLD, &new(), &step("-- stepladder: call fill")), "");
    let said = said(OLD, &new(), &step(""));
    assert!(said.contains("NOT NULL constraint failed"), "{said}");
}

#[test]
fn a_call_fills_the_table_that_a_rebuild_makes() {
    let new = "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, slug TEXT);
        CREATE UNIQUE INDEX slugs ON notes (slug) WHERE slug IS NOT NULL;";
    let old = "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT);";
    let step = |after: &str| {
        format!(
            "CREATE TABLE n (id INTEGER PRIMARY KEY, title TEXT, slug TEXT);
            INSERT INTO n (id, title) SELECT id, title FROM notes;
            -- stepladder: call fill\n{after}
            DROP TABLE notes;
            ALTER TABLE n RENAME TO notes;
            CREATE UNIQUE INDEX slugs ON notes (slug) WHERE slug IS NOT NULL;"
        )
    };
    let checked = |column: &str| {
        step(&format!(
            "CREATE TEMP TABLE checked (value NOT NULL UNIQUE);
            INSERT INTO checked SELECT {column} FROM n; DROP TABLE checked;"
        ))
    };
    assert_eq!(said(old, new, &checked("slug")), "");
    // What the old version has is not for the call to fill.
    let said = said(old, new, &checked("title"));
    assert!(said.contains("constraint failed: checked.value"), "{said}");
}

/// `NOT NULL DEFAULT ''` makes room as well.
#[test]
fn a_call_fills_what_is_empty() {
    let new = format!(
        "{}\nCREATE UNIQUE INDEX slugs ON notes (slug);",
        OLD.replace("text TEXT", "text TEXT, slug TEXT NOT NULL DEFAULT ''")
    );
    let step = |call: &str| {
        format!(
            "ALTER TABLE notes ADD COLUMN slug TEXT NOT NULL DEFAULT '';\n{call}\n\
             CREATE UNIQUE INDEX slugs ON notes (slug);"
        )
    };
    assert_eq!(said(OLD, &new, &step("-- stepladder: call fill")), "");
    let said = said(OLD, &new, &step(""));
    assert!(said.contains("UNIQUE constraint failed"), "{said}");
}

/// The proof does not take the call for more than it is.
#[test]
fn the_statements_around_a_call_are_proven() {
    let new = format!("{OLD}\nCREATE TABLE log (what TEXT);");
    let right = "-- stepladder: call fill\nCREATE TABLE log (what TEXT);\n-- stepladder: call log";
    assert_eq!(said(OLD, &new, right), "");
    for (wrong, text) in [
        ("-- stepladder: call fill", "table `log` is missing"),
        (
            "-- stepladder: call fill\nCREATE TABLE log (what TEXT);\nUPDATE notes SET title = text;",
            "`notes.title`",
        ),
        (
            "-- stepladder: call fill\nCREATE TABLE logs (what TEXT);",
            "`logs`",
        ),
    ] {
        let said = said(OLD, &new, wrong);
        assert!(said.contains(text), "{wrong}: {said}");
    }
}
