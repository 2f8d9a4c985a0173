//! `make-migrations --empty`: versions that change rows alone.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod support;

use std::fs;

use expect_test::expect;
use serde_json::Value;
use support::{Said, files, home, run, write};
use tempfile::TempDir;

const SCHEMA: &str = "CREATE TABLE entries (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL);\n";
const CENTS: &str = "-- stepladder: allow data_loss entries.amount because all are small and whole\n\
                     UPDATE entries SET amount = amount * 100;\n";

/// A folder with version 1.
fn first() -> TempDir {
    let home = home(&[("schemas/schema.sql", SCHEMA)]);
    well(&home, &["make-migrations"]);
    home
}

fn well(home: &TempDir, arguments: &[&str]) -> String {
    let said = run(home.path(), arguments);
    assert_eq!((said.code, &*said.err), (0, ""), "{}", said.out);
    said.out
}

fn fails(home: &TempDir, arguments: &[&str]) -> Said {
    let before = files(home.path());
    let said = run(home.path(), arguments);
    assert_ne!(said.code, 0, "{}", said.out);
    assert_eq!(files(home.path()), before);
    said
}

fn read(home: &TempDir, name: &str) -> String {
    fs::read_to_string(home.path().join("schemas").join(name)).unwrap()
}

#[test]
fn an_empty_version_has_a_step_that_does_not_build() {
    let home = first();
    expect![[r#"
        nothing has changed since version 1
        help: for a version that changes rows alone: `cargo stepladder make-migrations --empty`
    "#]]
    .assert_eq(&well(&home, &["make-migrations"]));
    expect![[r#"
        wrote schemas/schema_v2.json
        the schema is that of version 1: it is about rows
        wrote schemas/steps/from1_to2.sql: 1 place to fill in
        next: fill in what is open in schemas/steps/from1_to2.sql, then build the app
    "#]]
    .assert_eq(&well(&home, &["make-migrations", "--empty"]));
    expect![[r#"
        -- stepladder: fill_in because the schema stays as it is, and only rows can change
        -- Write below what becomes of the rows, such as `UPDATE entries SET amount = ..;`, and remove these lines.
    "#]].assert_eq(&read(&home, "steps/from1_to2.sql"));
    let said = fails(&home, &["check"]);
    expect![[r#"
        error: the step is to be filled in
         --> schemas/steps/from1_to2.sql:1:1
          |
        1 | -- stepladder: fill_in because the schema stays as it is, and only rows can change
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ declared here
          |
          = note: the schema stays as it is, and only rows can change
          = help: write below what becomes of the rows, such as `UPDATE entries SET amount = ..;`, and remove this line
          = help: if nothing is to become of them, only remove this line
    "#]].assert_eq(&said.err);
    write(home.path(), "schemas/steps/from1_to2.sql", CENTS);
    assert_eq!(well(&home, &["check"]), "all is well\n");
    // One that is to do nothing is said to.
    write(home.path(), "schemas/steps/from1_to2.sql", "-- nothing\n");
    assert_eq!(well(&home, &["check"]), "all is well\n");
}

#[test]
fn the_way_back_is_to_be_filled_in_too() {
    let home = first();
    expect![[r#"
        wrote schemas/schema_v2.json
        the schema is that of version 1: it is about rows
        wrote schemas/steps/from1_to2.sql: 1 place to fill in
        wrote schemas/steps/from2_to1.sql: 1 place to fill in
        next: fill in what is open in schemas/steps/from1_to2.sql and schemas/steps/from2_to1.sql, then build the app
    "#]].assert_eq(&well(&home, &["make-migrations", "--empty", "--rollback"]));
    write(home.path(), "schemas/steps/from1_to2.sql", CENTS);
    let said = fails(&home, &["check"]);
    assert!(
        said.err
            .contains("error: the rollback is to be filled in\n")
    );
    let back = CENTS
        .replace('*', "/")
        .replace("small and whole", "times 100");
    write(home.path(), "schemas/steps/from2_to1.sql", &back);
    assert_eq!(well(&home, &["check"]), "all is well\n");
}

#[test]
fn several_in_a_row_go_through_everything() {
    let home = first();
    well(&home, &["make-migrations", "--empty"]);
    write(home.path(), "schemas/steps/from1_to2.sql", CENTS);
    expect![[r#"
        wrote schemas/schema_v3.json
        the schema is that of version 2: it is about rows
        next: write into your `impl MigrationSteps`, then build the app:

        fn from2_to3(&mut self, m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
            m.execute(todo!("what becomes of the rows, in SQL"), [])?
                .done()
        }
    "#]]
    .assert_eq(&well(&home, &["make-migrations", "--empty", "--rust"]));
    well(&home, &["draft", "--accept-all"]);
    expect![[r#"
        -- accepted: nothing becomes of the rows (the schema stays as it is)
    "#]]
    .assert_eq(&read(&home, "steps/from2_to3.sql"));
    // What it was made behind is as it was.
    let with_tag = SCHEMA.replace(");", ", tag TEXT);");
    write(home.path(), "schemas/schema.sql", &with_tag);
    well(&home, &["make-migrations"]);
    well(&home, &["make-migrations", "--empty"]);
    write(
        home.path(),
        "schemas/steps/from4_to5.sql",
        "UPDATE entries SET tag = 'old' WHERE tag IS NULL;\n",
    );
    assert_eq!(well(&home, &["check"]), "all is well\n");
    expect![[r#"
        version  snapshot  step  proof  rollback  seed
        1        ✓
        2        ✓         SQL   ✓      -
        3        ✓         SQL   ✓      -
        4        ✓         SQL   ✓      -
        5        ✓         SQL   ✓      -
                 5/5       4/4   4/4    0/4
        next: nothing: change `schema.sql` when the schema is to change
    "#]]
    .assert_eq(&well(&home, &["status"]));
    assert_eq!(well(&home, &["diff", "v4", "v5"]), "");
    assert_eq!(well(&home, &["diff", "v4", "v5", "--sql"]), "");
    well(&home, &["status", "--wire"]);
    let script = well(&home, &["sql", "--from", "1", "--to", "5"]);
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let rows = "PRAGMA user_version = 1; INSERT INTO entries VALUES (1, 7);";
    connection
        .execute_batch(&format!("{SCHEMA}{rows}{script}"))
        .unwrap();
    let row: (i64, String) = connection
        .query_row("SELECT amount, tag FROM entries", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(row, (700, "old".to_owned()));
    // An older one is not changed any more.
    write(
        home.path(),
        "schemas/steps/from1_to2.sql",
        &CENTS.replace("100", "10"),
    );
    let said = fails(&home, &["check"]);
    assert!(said.err.contains("has changed since"), "{}", said.err);
}

#[test]
fn where_there_is_nothing_before_it_or_more_than_rows() {
    let home = home(&[("schemas/schema.sql", SCHEMA)]);
    let said = fails(&home, &["make-migrations", "--empty"]);
    expect![[r#"
        error: the first version has no rows before it that could change
        --> schemas
         = help: make it from `schema.sql`: `cargo stepladder make-migrations`
    "#]]
    .assert_eq(&said.err);
    well(&home, &["make-migrations"]);
    write(
        home.path(),
        "schemas/schema.sql",
        &SCHEMA.replace(");", ", tag TEXT);"),
    );
    let said = fails(&home, &["make-migrations", "--empty"]);
    expect![[r#"
        error: `schemas/schema.sql` has moved on since version 1, and an empty version changes rows alone
        --> schemas/schema.sql
         = note: column `entries.tag` is new
         = help: make the version of it, `cargo stepladder make-migrations`: its step may change rows as well
         = help: or put `schema.sql` back to version 1 first, and look with `cargo stepladder diff v1 schemas/schema.sql`
    "#]].assert_eq(&said.err);
    for option in ["--rename=a=b", "--no-guess", "--accept-all"] {
        let said = fails(&home, &["make-migrations", "--empty", option]);
        assert_eq!(said.code, 2, "{}", said.err);
    }
}

#[test]
fn the_newest_version_is_made_anew() {
    let home = first();
    well(&home, &["make-migrations", "--empty"]);
    write(home.path(), "schemas/steps/from1_to2.sql", CENTS);
    expect![[r#"
        nothing has changed since version 1
        help: for a version that changes rows alone: `cargo stepladder make-migrations --amend --empty`
    "#]].assert_eq(&well(&home, &["make-migrations", "--amend"]));
    assert_eq!(read(&home, "steps/from1_to2.sql"), CENTS);
    expect![[r#"
        wrote schemas/schema_v2.json
        the schema is that of version 1: it is about rows
        the step as it was is in schemas/steps/from1_to2.sql.before: take over what you wrote by hand
        wrote schemas/steps/from1_to2.sql: 1 place to fill in
        next: fill in what is open in schemas/steps/from1_to2.sql, then build the app
    "#]].assert_eq(&well(&home, &["make-migrations", "--amend", "--empty"]));
    assert_eq!(read(&home, "steps/from1_to2.sql.before"), CENTS);
    // A draft in which nobody has written is not kept.
    let with_tag = SCHEMA.replace(");", ", tag TEXT);");
    write(home.path(), "schemas/schema.sql", &with_tag);
    let out = well(&home, &["make-migrations", "--amend"]);
    assert!(!out.contains("is in "), "{out}");
    assert!(read(&home, "steps/from1_to2.sql").contains("ADD COLUMN tag"));
    // And back.
    write(home.path(), "schemas/schema.sql", SCHEMA);
    well(&home, &["make-migrations", "--amend", "--empty"]);
    assert!(read(&home, "steps/from1_to2.sql").contains("fill_in"));
}

#[test]
fn a_program_reads_the_help() {
    let home = first();
    let out = well(&home, &["make-migrations", "--format", "json"]);
    let facts: Value = serde_json::from_str(&out).unwrap();
    let help = facts["helps"][0].as_str().unwrap();
    assert!(help.contains("make-migrations --empty"), "{help}");
    assert_eq!(facts["ok"], true);
}

/// The folder is named in what is to be copied.
#[test]
fn the_help_is_for_the_folder() {
    let home = home(&[("db/schema.sql", SCHEMA)]);
    well(&home, &["make-migrations", "--schemas", "db"]);
    let out = well(&home, &["make-migrations", "--schemas", "db"]);
    assert!(
        out.contains("`cargo stepladder make-migrations --empty --schemas db`"),
        "{out}"
    );
}

#[test]
fn it_has_a_test_to_be_filled_in() {
    let home = first();
    write(home.path(), "Cargo.toml", "[package]\nname = \"app\"\n");
    write(
        home.path(),
        "build.rs",
        "fn main() { stepladder_build::Config::new(\"schemas\"); }",
    );
    write(
        home.path(),
        "tests/migrations.rs",
        "app::schema::migration_tests!(app::strategy());",
    );
    let out = well(&home, &["make-migrations", "--empty"]);
    assert!(out.contains("wrote tests/from1_to2.rs: say in it"), "{out}");
    let test = fs::read_to_string(home.path().join("tests/from1_to2.rs")).unwrap();
    expect![[r#"
        //! What becomes of the data from version 1 to 2. Write rows as the app of version 1 did, and say what they
        //! are now. This file is yours: it is not written again.

        use app::schema::{v1, v2};

        #[test]
        fn data_from_version_1_to_2() -> stepladder::Result<()> {
            stepladder::verify::SchemaVerifier::new(app::schema::history()).data_test(
                &mut app::strategy(),
                (1, 2),
                |old| {
                    v1::entries::Insert::new(1).insert(old)?;
                    Ok(())
                },
                |new| {
                    let rows = v2::entries::Row::all(new)?;
                    assert_eq!(rows.len(), 1);
                    todo!("say what the values are now, such as `assert_eq!(rows[0].amount, ..)`, and end with `Ok(())`")
                },
            )
        }
    "#]].assert_eq(&test);
}
