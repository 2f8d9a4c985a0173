//! Which schemas folder is meant where none is named.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod support;

use std::fs;

use expect_test::expect;
use support::{home, run};

const SCHEMA: &str = "CREATE TABLE t (a);\n";

#[test]
fn the_folder_is_found_from_below() {
    let home = home(&[
        ("Cargo.toml", "[package]\n"),
        ("schemas/schema.sql", SCHEMA),
        ("src/a/b.rs", ""),
        // A folder of that name that is none of ours.
        ("src/schemas/users.json", ""),
        // A package in it that has none.
        ("crates/x/Cargo.toml", "[package]\n"),
    ]);
    let said = run(&home.path().join("src/a"), &["make-migrations"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    expect![[r#"
        wrote ../../schemas/schema_v1.json
        next: build the app; this is its first version
    "#]]
    .assert_eq(&said.out);
    assert!(home.path().join("schemas/schema_v1.json").is_file());
    for folder in ["src/a", "schemas", "crates/x", "."] {
        for arguments in [
            &["check"][..],
            &["status"],
            &["diff", "v1", "v1"],
            &["sql", "--from=0", "--to=1"],
            &["draft"],
        ] {
            let said = run(&home.path().join(folder), arguments);
            assert_eq!((said.code, &*said.err), (0, ""), "{folder}: {arguments:?}");
        }
    }
    // What is wrong with a folder right here is told, wherever another one is.
    let said = run(&home.path().join("src"), &["check"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("schemas/users.json"), "{}", said.err);
}

#[test]
fn it_says_where_it_looked_up_to_the_repository() {
    let outer = home(&[("schemas/schema.sql", SCHEMA), ("repository/.git/HEAD", "")]);
    let inner = outer.path().join("repository/src");
    fs::create_dir(&inner).unwrap();
    let said = run(&inner, &["check"]);
    assert_eq!((said.code, &*said.out), (1, ""));
    let root = outer.path().canonicalize().unwrap();
    let shown = said.err.replace(&*root.to_string_lossy(), "<outer>");
    expect![[r#"
        error: there is no folder `schemas` here, nor in a folder above
        --> schemas
         = note: looked in `<outer>/repository/src`, `<outer>/repository`
         = help: name the folder that you have: `--schemas db/schemas`
         = help: in a Cargo package, `cargo stepladder init` makes one
         = help: elsewhere, write your `CREATE TABLE` statements to `schemas/schema.sql` and run `cargo stepladder make-migrations`
    "#]].assert_eq(&shown);
}

#[test]
fn the_folders_of_a_workspace_are_listed() {
    let home = home(&[
        ("Cargo.toml", "[workspace]\n"),
        ("crates/app/Cargo.toml", "[package]\n"),
        ("crates/app/schemas/schema.sql", SCHEMA),
        ("crates/sync/Cargo.toml", "[package]\n"),
        ("crates/sync/schemas/schema_v1.json", ""),
        ("crates/none/Cargo.toml", "[package]\n"),
        ("target/x/Cargo.toml", "[package]\n"),
        ("target/x/schemas/schema.sql", SCHEMA),
    ]);
    let said = run(home.path(), &["check"]);
    assert_eq!(said.code, 1);
    let helps: Vec<_> = said
        .err
        .lines()
        .filter(|line| line.contains("help"))
        .collect();
    assert_eq!(
        helps,
        [
            " = help: name the one that is meant: `--schemas crates/app/schemas`",
            " = help: name the one that is meant: `--schemas crates/sync/schemas`",
        ]
    );
    // Two files need no folder.
    let file = "crates/app/schemas/schema.sql";
    assert_eq!(run(home.path(), &["diff", file, file]).code, 0);
    assert_eq!(run(home.path(), &["diff", file, "v1"]).code, 2);
}
