//! The folders that version control cannot hold.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

use std::fs;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use stepladder_build::load;
use tempfile::TempDir;

const SCHEMA: &str = "CREATE TABLE todos (id INTEGER PRIMARY KEY);\n";

/// A folder `schemas` that is not made yet, and what keeps it alive.
fn schemas() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let schemas = home.path().join("schemas");
    (home, schemas)
}

fn check(home: &TempDir, expected: &Expect) {
    let error = load(&home.path().join("schemas")).map(|_| ()).unwrap_err();
    let home = home.path().display().to_string();
    expected.assert_eq(&(error.to_string().replace(&home, "HOME") + "\n"));
}

#[test]
fn no_folder() {
    let (home, _) = schemas();
    check(
        &home,
        &expect![[r#"
            error: there is no folder `schemas`
            --> schemas
             = note: looked for `HOME/schemas`
             = help: create it, write your `CREATE TABLE` statements to `schemas/schema.sql` and run `cargo stepladder make-migrations`
             = help: or name the folder that you have: `--schemas <DIR>` for the command, `Config::new(..)` in build.rs
        "#]],
    );
}

#[test]
fn a_file_in_place_of_the_folder() {
    let (home, schemas) = schemas();
    fs::write(schemas, "").unwrap();
    check(
        &home,
        &expect![[r#"
        error: `schemas` is a file, not a folder
        --> schemas
         = help: give the folder that holds `schema.sql` and the snapshots
    "#]],
    );
}

#[test]
fn an_empty_folder() {
    let (home, schemas) = schemas();
    fs::create_dir(schemas).unwrap();
    check(
        &home,
        &expect![[r#"
        error: the folder `schemas` has neither a schema nor snapshots
        --> schemas
         = help: write your `CREATE TABLE` statements to `schemas/schema.sql` and run `cargo stepladder make-migrations`
    "#]],
    );
}

#[test]
fn bytes_that_are_not_utf8() {
    let (home, schemas) = schemas();
    fs::create_dir(&schemas).unwrap();
    fs::write(schemas.join("schema.sql"), b"-- Gr\xf6\xdfe\nSELECT 1").unwrap();
    let utf16: Vec<u8> = "\u{feff}[names]\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(schemas.join("stepladder.toml"), utf16).unwrap();
    check(
        &home,
        &expect![[r#"
        error: `schemas/schema.sql` is not UTF-8
         --> schemas/schema.sql:1:6
          |
        1 | -- Gr��e
          |      ^ the byte 0xf6 on line 1 is not part of a character
          |
          = help: save the file as UTF-8

        error: `schemas/stepladder.toml` is not UTF-8 (it looks like UTF-16)
         --> schemas/stepladder.toml:1:1
          |
        1 | ��[␀n␀a␀m␀e␀s␀]␀
          | ^ the byte 0xff on line 1 is not part of a character
          |
          = help: save the file as UTF-8
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;

    let (home, schemas) = schemas();
    fs::create_dir(&schemas).unwrap();
    fs::write(home.path().join("real.sql"), SCHEMA).unwrap();
    symlink(home.path().join("real.sql"), schemas.join("schema.sql")).unwrap();
    // An editor's lock leads to nothing and is none of ours.
    symlink("me@host.1234", schemas.join(".#schema.sql")).unwrap();
    symlink("nowhere.md", schemas.join("README.md")).unwrap();
    symlink("nowhere.json", schemas.join("schema_v1.json")).unwrap();
    symlink(&schemas, schemas.join("steps")).unwrap();
    check(
        &home,
        &expect![[r#"
            error: `schemas/schema_v1.json` cannot be read: the link leads to nothing
            --> schemas/schema_v1.json
             = help: put the file there, or delete the link

            error: `schemas/steps` cannot be read: the link leads back to a folder above it
            --> schemas/steps
             = help: put the file there, or delete the link
        "#]],
    );
}

#[test]
fn what_is_none_of_ours_is_ignored() {
    let (home, schemas) = schemas();
    fs::create_dir_all(schemas.join(".git")).unwrap();
    for (name, text) in [
        ("schema.sql", SCHEMA),
        ("README.md", ""),
        (".DS_Store", "\0"),
        ("schema.sql~", "old"),
        (".schema.sql.swp", "x"),
        (".git/config.json", "x"),
        ("seed.sql", "INSERT INTO todos VALUES (1);"),
    ] {
        fs::write(schemas.join(name), text).unwrap();
    }
    stepladder_build::make_migrations(&schemas).unwrap();
    let history = load(&home.path().join("schemas")).unwrap();
    assert_eq!(history.versions.len(), 1);
    assert_eq!(&*history.seed.unwrap().path, "schemas/seed.sql");
}
