//! `status --wire`.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod support;

use expect_test::expect;
use serde_json::{Value, json};
use support::{home, run, write};
use tempfile::TempDir;

/// A history with these schemas, and steps in Rust.
fn history(schemas: &[&str]) -> TempDir {
    let home = home(&[]);
    for schema in schemas {
        write(home.path(), "schemas/schema.sql", schema);
        let said = run(home.path(), &["make-migrations", "--rust"]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    home
}

const SCHEMAS: [&str; 4] = [
    "CREATE TABLE todos (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, note TEXT);",
    "CREATE TABLE todos (id INTEGER PRIMARY KEY, user TEXT, rank INTEGER NOT NULL DEFAULT 0);",
    "CREATE TABLE tasks (id INTEGER PRIMARY KEY, assignee TEXT, rank INTEGER NOT NULL DEFAULT 0);
     CREATE TABLE lists (name TEXT PRIMARY KEY);",
    "CREATE TABLE tasks (id INTEGER PRIMARY KEY, assignee TEXT, rank INTEGER NOT NULL DEFAULT 0);
     CREATE TABLE lists (name TEXT PRIMARY KEY);
     CREATE INDEX by_rank ON tasks (rank);",
];

#[test]
fn each_change_has_what_clients_do_and_who_is_first() {
    let home = history(&SCHEMAS);
    let said = run(home.path(), &["status", "--wire"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    expect![[r#"
        version  table  change                  clients     deploy
        2        todos  column `user` is new    load again  server first: old clients leave it out, and that must not reset it
                        column `rank` is new    load again  server first: old clients leave it out, and that must not reset it
                        column `owner` is gone  keep        two releases: the server lets it be NULL first; it goes when no client uses it
                        column `note` is gone   keep        clients first: the server keeps it until no client uses it
        3        tasks  the table is new        load again  server first: old clients do not ask for it
                 lists  the table is new        load again  server first: old clients do not ask for it
                 todos  the table is gone       gone        clients first: the server keeps it until no client uses it
        4               nothing that they see
        version 2: if that is a rename, say so in `[renames]` of `stepladder.toml`: `"todos.user" = "note"`
    "#]].assert_eq(&said.out);
}

/// A column that had three names, in a table that had two.
#[test]
fn what_is_said_about_renames_counts() {
    let home = history(&SCHEMAS);
    let renames = "[renames]\n\"tasks.assignee\" = [\"owner\", \"user\"]\n\"tasks\" = \"todos\"\n";
    write(home.path(), "schemas/stepladder.toml", renames);
    let said = run(home.path(), &["status", "--wire"]);
    expect![[r#"
        version  table  change                         clients     deploy
        2        todos  column `user` was `owner`      keep        two releases: read both names and write both first; only the new one when all have that
                        column `rank` is new           load again  server first: old clients leave it out, and that must not reset it
                        column `note` is gone          keep        clients first: the server keeps it until no client uses it
                        column `user` can be NULL now  keep        server first: no such rows are written until the last old client is gone
        3        tasks  the table was `todos`          keep        two releases: the server answers to both names first, and to the new one when all have it
                        column `assignee` was `user`   keep        two releases: read both names and write both first; only the new one when all have that
                 lists  the table is new               load again  server first: old clients do not ask for it
        4               nothing that they see
    "#]].assert_eq(&said.out);

    let said = run(home.path(), &["status", "--wire", "--format", "json"]);
    let facts: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        facts["versions"][1]["changes"][1],
        json!({
            "table": "tasks",
            "change": "column `assignee` was `user`",
            "clients": "keep",
            "deploy": "two releases",
            "how": "read both names and write both first; only the new one when all have that",
        })
    );
    assert_eq!(
        facts["versions"][2],
        json!({ "version": 4, "changes": [], "undecided": [] })
    );
    assert_eq!(facts["ok"], true);
}

#[test]
fn a_database_file_has_no_wire() {
    let home = history(&SCHEMAS[..1]);
    let said = run(home.path(), &["status", "--wire", "app.db"]);
    assert_eq!(said.code, 2);
    let said = run(home.path(), &["status", "--wire"]);
    assert_eq!(said.out, "version  table  change  clients  deploy\n");
}
