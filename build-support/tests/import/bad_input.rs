//! What cannot be imported at all: nothing is left behind, and the message says where and why.

use std::fs;

use expect_test::expect;
use stepladder_build::ImportKind::{self, Drift, Room, Sql};
use stepladder_build::import;

use crate::{Home, fixture};

const ROOM: &str = r#"{"formatVersion": 1, "database": {"version": 1, "entities": [
  {"tableName": "a", "createSql": "CREATE TABLE `${TABLE_NAME}` (`x` INT)"}]}}"#;
const DRIFT: &str = r#"{"_meta": {"version": "1.2.0"}, "entities": []}"#;

fn error(kind: ImportKind, files: &[(&str, &str)]) -> String {
    Home::with(files).error(kind)
}

#[test]
fn a_half_written_file() {
    let half = &ROOM[..ROOM.len() / 2];
    expect![[r#"
        error: `migrations/1.json` ends too early
         --> migrations/1.json:2:8
          |
        2 |   {"tabl
          |        ^
          |
          = help: export it again, and commit it whole"#]]
    .assert_eq(&error(Room, &[("1.json", half)]));
    expect![[r#"
        error: `migrations/drift_schema_v1.json` is empty
         --> migrations/drift_schema_v1.json:1:1
          |
        1 |
          | ^
          |
          = help: export it again, and commit it whole"#]]
    .assert_eq(&error(Drift, &[("drift_schema_v1.json", "")]));
}

#[test]
fn two_files_for_a_version() {
    expect![[r#"
        error: two files about version 1: `migrations/1.json` and `migrations/1 copy.json`
        --> migrations/1 copy.json
         = help: keep the one that was released and move the other out of the folder: `migrations/1 copy.json`"#]].assert_eq(&error(Room, &[("1.json", ROOM), ("1 copy.json", ROOM)]));
    expect![[r#"
        error: two files about version 1: `migrations/drift_schema_v1.json` and `migrations/moor_schema_v01.json`
        --> migrations/moor_schema_v01.json
         = help: keep the one that was released and move the other out of the folder: `migrations/moor_schema_v01.json`"#]].assert_eq(&error(
        Drift,
        &[
            ("drift_schema_v1.json", DRIFT),
            ("moor_schema_v01.json", DRIFT),
        ],
    ));
    expect![[r#"
        error: two files about version 1: `migrations/1_a.sql` and `migrations/01_b.sql`
        --> migrations/01_b.sql
         = help: keep the one that was released and move the other out of the folder: `migrations/01_b.sql`"#]].assert_eq(&error(
        Sql,
        &[
            ("1_a.sql", "SELECT 1;"),
            ("01_b.sql", "SELECT 1;"),
            ("1_a.down.sql", ""),
        ],
    ));
}

#[test]
fn another_version_than_its_name_says() {
    expect![[r#"
        error: `migrations/2.json` holds version 1, and its name says 2
         --> migrations/2.json:1:46
          |
        1 | {"formatVersion": 1, "database": {"version": 1, "entities": [
          |                                              ^ the version of the schema
          |
          = help: rename it to `1.json`, or export it again"#]]
    .assert_eq(&error(Room, &[("2.json", ROOM)]));
}

#[test]
fn a_version_that_is_none() {
    expect![[r#"
        error: `migrations/drift_schema_v0.json` is about version 0, and a version is a number from 1 to 2147483647
        --> migrations/drift_schema_v0.json
         = help: move it out of the folder: no database has this version"#]].assert_eq(&error(Drift, &[("drift_schema_v0.json", DRIFT)]));
    let zero = ROOM.replace("\"version\": 1", "\"version\": 0");
    expect![[r#"
        error: expected a version from 1 to 2147483647, found `0`
         --> migrations/0.json:1:46
          |
        1 | {"formatVersion": 1, "database": {"version": 0, "entities": [
          |                                              ^
          |
          = help: export the schema again: the file is not as its tool writes it"#]]
    .assert_eq(&error(Room, &[("0.json", &zero)]));
}

#[test]
fn an_unknown_format() {
    let newer = DRIFT.replace("1.2.0", "2.0.0");
    expect![[r#"
        error: `migrations/drift_schema_v1.json` has a format that this stepladder does not know
         --> migrations/drift_schema_v1.json:1:23
          |
        1 | {"_meta": {"version": "2.0.0"}, "entities": []}
          |                       ^^^^^^^ expected 0.1.0 to 1.3.0, found 2.0.0
          |
          = help: run `cargo install cargo-stepladder` for a newer one, or export the schema with drift_dev 2.30"#]].assert_eq(&error(Drift, &[("drift_schema_v1.json", &newer)]));
    let none = ROOM.replace("\"formatVersion\": 1", "\"formatVersion\": \"x\"");
    expect![[r#"
        error: `migrations/1.json` has a format that is not known
         --> migrations/1.json:1:19
          |
        1 | {"formatVersion": "x", "database": {"version": 1, "entities": [
          |                   ^^^ expected 1, found "x"
          |
          = help: export the schema again with a Room that is released"#]]
    .assert_eq(&error(Room, &[("1.json", &none)]));
}

#[test]
fn a_field_that_is_missing() {
    let without = ROOM.replace("createSql", "create");
    expect![[r#"
        error: `migrations/1.json` has no field `createSql` here
         --> migrations/1.json:2:3
          |
        2 |   {"tableName": "a", "create": "CREATE TABLE `${TABLE_NAME}` (`x` INT)"}]}}
          |   ^ expected `createSql`
          |
          = help: export the schema again: the file is not as its tool writes it"#]]
    .assert_eq(&error(Room, &[("1.json", &without)]));
    let number = ROOM.replace("\"CREATE TABLE `${TABLE_NAME}` (`x` INT)\"", "7");
    expect![[r#"
        error: expected a text, found `7`
         --> migrations/1.json:2:35
          |
        2 |   {"tableName": "a", "createSql": 7}]}}
          |                                   ^
          |
          = help: export the schema again: the file is not as its tool writes it"#]]
    .assert_eq(&error(Room, &[("1.json", &number)]));
}

#[test]
fn sql_that_sqlite_rejects() {
    let wrong = ROOM.replace("`x` INT", "`${TABLE_NAME}` INT, b TEXT DEFAULT (c)");
    expect![[r#"
        error: table `a` of version 1 is not valid: default value of column [b] is not constant
         --> migrations/1.json:2:36
          |
        2 |   {"tableName": "a", "createSql": "CREATE TABLE `${TABLE_NAME}` (`${TABLE_NAME}` INT, b TEXT DEFAULT (c))"}]}}
          |                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ SQLite stops here
          |
          = help: the SQLite of stepladder has no extensions: a module, tokenizer or function of the app is not known to it; what is a mistake is to be mended in the file"#]].assert_eq(&error(Room, &[("1.json", &wrong)]));
    let built = r#"{"_meta": {"version": "1.2.0"}, "entities": [{"id": 0, "type": "table",
      "data": {"name": "t", "constraints": ["CHECK (nope > 1)"], "columns": [
        {"name": "a", "moor_type": "int", "nullable": true, "dsl_features": []}]}}]}"#;
    expect![[r#"
        error: table `t` of version 1 is not valid: no such column: nope
         --> migrations/drift_schema_v1.json:2:24
          |
        2 |       "data": {"name": "t", "constraints": ["CHECK (nope > 1)"], "columns": [
          |                        ^^^ SQLite stops here
          |
          = note: it was read as `CREATE TABLE "t" ("a" INTEGER NULL, CHECK (nope > 1))`
          = help: the SQLite of stepladder has no extensions: a module, tokenizer or function of the app is not known to it; what is a mistake is to be mended in the file"#]].assert_eq(&error(Drift, &[("drift_schema_v1.json", built)]));
    expect![[r#"
        error: no such column: emial
         --> migrations/3.sql:3:13
          |
        3 |   ON users (emial);
          |             ^^^^^ SQLite stops here
          |
          = note: `migrations/2.rs` was not run
          = help: a column with a similar name exists: `email`
          = help: it is run after the files before it; a function, module or extension of the app is not known here"#]].assert_eq(&error(
        Sql,
        &[
            (
                "1.sql",
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);",
            ),
            ("2.rs", ""),
            ("3.sql", "-- more\nCREATE INDEX i\n  ON users (emial);"),
            ("4.sql", "DROP TABLE nowhere;"),
        ],
    ));
}

#[test]
fn an_empty_folder_and_none() {
    let home = Home::new();
    expect![[r#"
        error: there is no folder `migrations`
        --> migrations
         = help: give the folder that holds the files of the other tool"#]]
    .assert_eq(&home.error(Sql));
    fs::create_dir(home.from()).unwrap();
    expect![[r#"
        error: the folder `migrations` is empty
        --> migrations
         = help: give the folder with Room's exported schemas, `<version>.json`"#]]
    .assert_eq(&home.error(Room));
}

#[test]
fn a_folder_of_another_tool() {
    expect![[r#"
        error: the folder `migrations` has none of Room's exported schemas, `<version>.json`
        --> migrations
         = help: it looks like Drift's exported schemas, `drift_schema_v<version>.json`: `cargo stepladder import drift migrations`"#]].assert_eq(&error(Room, &[("drift_schema_v1.json", DRIFT)]));
    expect![[r#"
        error: the folder `migrations` has none of Drift's exported schemas, `drift_schema_v<version>.json`
        --> migrations
         = help: it looks like Room's exported schemas, `<version>.json`: `cargo stepladder import room migrations`"#]].assert_eq(&error(Drift, &[("1.json", ROOM)]));
    expect![[r#"
        error: the folder `migrations` has none of Room's exported schemas, `<version>.json`
        --> migrations
         = help: it looks like the numbered SQL files of a migration tool, such as `1_name.sql` or `1_name/up.sql`: `cargo stepladder import sql migrations`"#]].assert_eq(&error(Room, &[("V1__a.sql", "")]));
    expect![[r#"
        error: the folder `migrations` has none of the numbered SQL files of a migration tool, such as `1_name.sql` or `1_name/up.sql`
        --> migrations
         = help: it looks like a schemas folder of stepladder: use it as it is, `--schemas migrations`"#]].assert_eq(&error(Sql, &[("schema_v1.json", "{}"), ("schema.sql", "")]));
    expect![[r#"
        error: the folder `migrations` has none of Room's exported schemas, `<version>.json`
        --> migrations
         = help: they are in a folder inside it: `cargo stepladder import room migrations/com.example.Db`"#]].assert_eq(&error(Room, &[("com.example.Db/1.json", ROOM)]));
    expect![[r#"
        error: the folder `migrations` has none of the numbered SQL files of a migration tool, such as `1_name.sql` or `1_name/up.sql`
        --> migrations
         = help: give the folder with the numbered SQL files of a migration tool, such as `1_name.sql` or `1_name/up.sql`"#]].assert_eq(&error(Sql, &[("README.md", "")]));
    expect![[r#"
        error: `migrations/1.json` is no schema of Room
        --> migrations/1.json
         = note: it has no field `formatVersion`
         = help: it looks like one of Drift: `cargo stepladder import drift`"#]]
    .assert_eq(&error(Room, &[("1.json", DRIFT)]));
}

#[test]
fn a_folder_that_is_in_use() {
    let home = Home::with(&[("1.sql", "CREATE TABLE a (x);")]);
    fs::create_dir(home.schemas()).unwrap();
    // What is not ours stays there.
    fs::write(home.schemas().join("README.md"), "ours").unwrap();
    fs::write(home.schemas().join("stepladder.toml"), "").unwrap();
    home.import(Sql);
    assert_eq!(home.read("README.md"), "ours");
    assert_eq!(fs::read_dir(home.home.path()).unwrap().count(), 2);
    home.history();
    let again = home.try_import(Sql).unwrap_err().to_string();
    expect![[r#"
        error: `schemas` has snapshots already, `schema_v1.json` for one
        --> schemas
         = note: a history is imported once, before there is another
         = help: name another folder: `--schemas <DIR>`"#]]
    .assert_eq(&again);
    fs::remove_file(home.schemas().join("schema_v1.json")).unwrap();
    let again = home.try_import(Sql).unwrap_err().to_string();
    expect![[r#"
        error: `schemas` is not empty: `schema.sql` is in it
        --> schemas
         = help: move it away if it is not needed, or name another folder: `--schemas schemas_imported`"#]].assert_eq(&again);
}

#[test]
fn a_folder_that_cannot_be_written() {
    let home = Home::new();
    fs::create_dir(home.from()).unwrap();
    fs::write(home.from().join("file"), "").unwrap();
    let to = home.from().join("file/schemas");
    let failed = import(Room, &fixture("room"), &to).unwrap_err().to_string();
    assert!(
        failed.contains("`schemas` cannot be written: not a directory"),
        "{failed}"
    );
    let to = home.from().join("file");
    let failed = import(Room, &fixture("room"), &to).unwrap_err().to_string();
    assert!(
        failed.contains("`file` is a file, not a folder"),
        "{failed}"
    );
}

/// For root no folder is read-only.
#[cfg(unix)]
#[test]
fn a_read_only_folder() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let closed = home.home.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(closed.join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write everywhere");
        return;
    }
    let to = closed.join("schemas");
    let failed = import(Room, &fixture("room"), &to).unwrap_err().to_string();
    expect![[r#"
        error: `schemas` cannot be written: permission denied
        --> schemas
         = note: nothing was changed
         = help: make the folder writable, or name another one: `--schemas <DIR>`"#]]
    .assert_eq(&failed);
    assert_eq!(fs::read_dir(&closed).unwrap().count(), 0);
}
