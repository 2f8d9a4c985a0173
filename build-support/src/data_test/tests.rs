use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};

use super::data_test;
use crate::make_migrations;

/// A package whose schema goes through these versions.
fn package(schemas: &[&str]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[package]\nname = \"app\"\n");
    write(
        "build.rs",
        "fn main() { stepladder_build::Config::new(\"schemas\"); }",
    );
    write(
        "tests/migrations.rs",
        "app::schema::migration_tests!(app::strategy());",
    );
    for schema in schemas {
        write("schemas/schema.sql", schema);
        make_migrations(&home.path().join("schemas")).unwrap();
    }
    home
}

fn of(home: &Path, version: i32) -> Option<String> {
    let file = data_test(&home.join("schemas"), version).unwrap()?;
    assert_eq!(file.path, home.canonicalize().unwrap().join(&file.shown));
    Some(format!("// {}\n{}", file.shown, file.text))
}

fn check(home: &Path, version: i32, expected: &Expect) {
    expected.assert_eq(&of(home, version).unwrap());
}

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born DATE);";

#[test]
fn rows_of_a_table_that_changes_and_of_its_parents() {
    let old = format!(
        "{USERS} CREATE TABLE todos (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES users (id), \
         size REAL NOT NULL, raw BLOB NOT NULL, done BOOLEAN NOT NULL, any NUMERIC NOT NULL);"
    );
    let new = old.replace("size", "weight");
    let home = package(&[&old, &new]);
    check(
        home.path(),
        2,
        &expect![[r#"
            // tests/from1_to2.rs
            //! What becomes of the data from version 1 to 2. Write rows as the app of version 1 did, and say what they
            //! are now. This file is yours: it is not written again.

            use app::schema::{v1, v2};

            #[test]
            fn data_from_version_1_to_2() -> stepladder::Result<()> {
                stepladder::verify::SchemaVerifier::new(app::schema::history()).data_test(
                    &mut app::strategy(),
                    (1, 2),
                    |old| {
                        v1::users::Insert::new("name").insert(old)?;
                        v1::todos::Insert::new(1, 1.5, vec![1, 2], true, 1).insert(old)?;
                        Ok(())
                    },
                    |new| {
                        let rows = v2::users::Row::all(new)?;
                        assert_eq!(rows.len(), 1);
                        let rows = v2::todos::Row::all(new)?;
                        assert_eq!(rows.len(), 1);
                        todo!("say what the values are now, such as `assert_eq!(rows[0].weight, ..)`, and end with `Ok(())`")
                    },
                )
            }
        "#]],
    );
    // The first version has no step, and there is no third.
    assert_eq!(of(home.path(), 1), None);
    assert_eq!(of(home.path(), 3), None);
}

#[test]
fn a_table_that_is_gone() {
    let home = package(&[USERS, "CREATE TABLE people (id INTEGER PRIMARY KEY)"]);
    check(
        home.path(),
        2,
        &expect![[r#"
            // tests/from1_to2.rs
            //! What becomes of the data from version 1 to 2. Write rows as the app of version 1 did, and say what they
            //! are now. This file is yours: it is not written again.

            use app::schema::v1;

            #[test]
            fn data_from_version_1_to_2() -> stepladder::Result<()> {
                stepladder::verify::SchemaVerifier::new(app::schema::history()).data_test(
                    &mut app::strategy(),
                    (1, 2),
                    |old| {
                        v1::users::Insert {
                            born: Some(1.into()),
                            ..v1::users::Insert::new("name")
                        }
                        .insert(old)?;
                        Ok(())
                    },
                    |_new| {
                        todo!("say where the rows are now, and end with `Ok(())`")
                    },
                )
            }
        "#]],
    );
}

#[test]
fn no_test_where_no_row_changes() {
    let more = format!("{USERS} CREATE TABLE t (a);");
    let column = more.replace("born DATE", "born DATE, email TEXT");
    let home = package(&[USERS, &more, &column]);
    assert_eq!(of(home.path(), 2), None);
    assert_eq!(of(home.path(), 3), None);
    // Unless the step changes some.
    let steps = home.path().join("schemas/steps");
    fs::create_dir_all(&steps).unwrap();
    fs::write(steps.join("from2_to3.sql"), "UPDATE users SET email = name").unwrap();
    assert!(of(home.path(), 3).is_some());
}

#[test]
fn a_test_is_not_written_twice() {
    let home = package(&[USERS, &USERS.replace("born", "birthday")]);
    assert!(of(home.path(), 2).is_some());
    fs::write(home.path().join("tests/from1_to2.rs"), "").unwrap();
    assert_eq!(of(home.path(), 2), None);
}

#[test]
fn nobody_knows_how_to_call_an_app_without_tests() {
    let home = package(&[USERS, &USERS.replace("born", "birthday")]);
    fs::remove_file(home.path().join("tests/migrations.rs")).unwrap();
    assert_eq!(of(home.path(), 2), None);
}

#[test]
fn no_test_without_the_classes_of_the_old_version() {
    let home = package(&[USERS, &USERS.replace("born", "birthday")]);
    let settings = home.path().join("schemas/stepladder.toml");
    fs::write(settings, "[data_classes]\nversions = \"latest\"\n").unwrap();
    assert_eq!(of(home.path(), 2), None);
}

/// What is to be written names what is there: in Rust, of the last table.
#[test]
fn the_column_that_is_named_is_there() {
    let home = package(&[
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY, \"order no\" INTEGER, \"type\" TEXT);",
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, z TEXT NOT NULL); CREATE TABLE b (id INTEGER PRIMARY KEY, \"type\" TEXT);",
    ]);
    let text = of(home.path(), 2).unwrap();
    assert!(text.contains("`assert_eq!(rows[0].r#type, ..)`"), "{text}");

    let home = package(&[
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);",
        "CREATE TABLE a (id INTEGER PRIMARY KEY, \"full name\" TEXT NOT NULL);",
    ]);
    let text = of(home.path(), 2).unwrap();
    assert!(
        text.contains("`assert_eq!(rows[0].full_name, ..)`"),
        "{text}"
    );

    let home = package(&[
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);",
        "CREATE TABLE a (id INTEGER PRIMARY KEY);",
    ]);
    let text = of(home.path(), 2).unwrap();
    assert!(text.contains("`assert_eq!(rows[0].id, ..)`"), "{text}");
}
