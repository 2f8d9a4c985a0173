//! `status`, and what is said of the number of a database file.

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
use std::path::Path;

use expect_test::expect;
use serde_json::{Value, json};
use support::{home, run, write};
use tempfile::TempDir;

/// A folder with versions 1 to 4: the step to 2 is in SQL, with its rollback; those behind it are not.
fn history(files: &[(&str, &str)]) -> TempDir {
    let home = home(files);
    let version = |columns: &str, arguments: &[&str]| {
        let schema = format!("CREATE TABLE t ({columns});");
        write(home.path(), "schemas/schema.sql", &schema);
        let all = [&["make-migrations", "--accept-all"], arguments].concat();
        assert_eq!(run(home.path(), &all).code, 0);
    };
    version("a", &[]);
    version("a, b", &["--rollback"]);
    version("a, b, c", &["--rust"]);
    version("a, b, c, d", &["--rust"]);
    home
}

fn next(home: &Path) -> String {
    let said = run(home, &["status"]);
    said.out.lines().last().unwrap().to_owned()
}

#[test]
fn a_folder_alone_cannot_tell_what_is_in_rust() {
    let home = history(&[("schemas/seed.sql", "INSERT INTO t (a) VALUES (1);\n")]);
    let said = run(home.path(), &["status"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    expect![[r#"
        version  snapshot  step   proof  rollback  seed
        1        ✓
        2        ✓         SQL    ✓      ✓
        3        ✓         Rust?  -      -
        4        ✓         Rust?  -      -         ✓
                 4/4       1/3    1/3    1/3
        Rust?: there is no file of SQL, and no package beside the folder in which to look for the method
        next: build the app: rustc asks for the methods of the steps in Rust (`cargo stepladder draft` would write them in SQL instead)
    "#]].assert_eq(&said.out);
}

#[test]
fn a_package_beside_it_tells_more() {
    let home = history(&[
        ("Cargo.toml", "[package]\n"),
        ("build.rs", "stepladder_build::Config::new(\"schemas\")"),
        ("src/db.rs", "fn from2_to3(&mut self, m: From2To3<'_>) {}\n"),
        ("tests/migrations.rs", "schema::history().at(1)?; v3::t;\n"),
    ]);
    let said = run(home.path(), &["status"]);
    assert_eq!((said.code, &*said.err), (1, ""));
    expect![[r#"
        version  snapshot  step     proof  rollback  seed  tests
        1        ✓                                         ✓
        2        ✓         SQL      ✓      ✓               -
        3        ✓         Rust     -      -               ✓
        4        ✓         missing  -      -               -
                 4/4       2/3      1/3    1/3             2/4
        next: run `cargo stepladder draft --from 3`, or implement `from3_to4` of `MigrationSteps`: the step is missing
    "#]].assert_eq(&said.out);
    let json = run(home.path(), &["status", "--format", "json"]).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        json["versions"][1],
        json!({ "version": 2, "step": "proven", "rollback": "proven", "tested": false })
    );
    assert_eq!(json["versions"][3]["step"], "missing");
    assert_eq!(json["versions"][2]["tested"], true);

    // One thing after the other.
    assert_eq!(run(home.path(), &["draft", "--from", "3"]).code, 0);
    assert_eq!(
        next(home.path()),
        "next: call `schema::migration_tests!(strategy())` in `tests/`: no test there is about version 2"
    );
    write(
        home.path(),
        "tests/migrations.rs",
        "migration_tests!(strategy());\n",
    );
    let nothing = "next: nothing: change `schema.sql` when the schema is to change";
    assert_eq!(next(home.path()), nothing);
    assert_eq!(run(home.path(), &["status"]).code, 0);
}

#[test]
fn what_is_wrong_comes_first() {
    let home = history(&[]);
    write(
        home.path(),
        "schemas/schema.sql",
        "CREATE TABLE t (a, b, c, d, e);",
    );
    let moved_on = "next: run `cargo stepladder make-migrations` to make the next version";
    assert_eq!(next(home.path()), moved_on);
    write(
        home.path(),
        "schemas/seed.sql",
        "INSERT INTO t (x) VALUES (1);\n",
    );
    let seed = "next: mend `seed.sql`: `cargo stepladder check` says what is wrong";
    assert_eq!(next(home.path()), seed);
    write(
        home.path(),
        "schemas/steps/from3_to4.sql",
        "DELETE FROM t;\n",
    );
    let said = run(home.path(), &["status"]);
    assert_eq!(said.code, 1);
    expect![[r#"
        version  snapshot  step   proof  rollback  seed
        1        ✓
        2        ✓         SQL    ✓      ✓
        3        ✓         Rust?  -      -
        4        ✓         SQL    ✗      -         ✗
        5        -         -      -      -         -
                 4/5       2/4    1/4    1/4
        Rust?: there is no file of SQL, and no package beside the folder in which to look for the method
        not in a version yet: column `t.e` is new
        next: mend the step from version 3 to 4: `cargo stepladder check` says what is wrong
    "#]].assert_eq(&said.out);
}

/// A database file with a schema and a number.
fn database(home: &Path, sql: &str) {
    let _ = fs::remove_file(home.join("app.db"));
    let connection = rusqlite::Connection::open(home.join("app.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn the_number_to_set_is_told() {
    let home = history(&[]);
    let said = |sql: &str| {
        database(home.path(), sql);
        let said = run(home.path(), &["status", "app.db"]);
        assert_eq!(said.err, "");
        (said.code, said.out)
    };
    let (code, out) = said("CREATE TABLE t (a, b);");
    assert_eq!(code, 1);
    expect![[r#"
        app.db has no version: its `user_version` is 0
        its schema is that of version 2
        next: set `PRAGMA user_version = 2;`
    "#]]
    .assert_eq(&out);
    let (code, out) = said("CREATE TABLE t (a, b); PRAGMA user_version = 4;");
    assert_eq!(code, 1);
    expect![[r#"
        app.db says that it is at version 4
        its schema is that of version 2
        next: set `PRAGMA user_version = 2;`
    "#]]
    .assert_eq(&out);
    let (code, out) = said("CREATE TABLE t (a, b, c, x); PRAGMA user_version = 7;");
    assert_eq!(code, 1);
    expect![[r#"
        app.db says that it is at version 7
        its schema is nearest to version 3, and differs from it:
          column `t.x` is new
        next: if that is what it is, mend the differences, then set `PRAGMA user_version = 3;`
    "#]]
    .assert_eq(&out);
    // With the right number there is nothing to set.
    let (code, out) = said("CREATE TABLE t (a, b, c, d, x); PRAGMA user_version = 4;");
    assert!(code == 1 && !out.contains("PRAGMA"), "{out}");
    let (code, out) = said("CREATE TABLE t (a, b); PRAGMA user_version = 2;");
    assert!(code == 0 && !out.contains("PRAGMA"), "{out}");
    let (code, out) = said("PRAGMA user_version = 0;");
    assert_eq!(code, 1);
    expect![[r#"
        app.db has no version: its `user_version` is 0
        it is empty: the app makes its newest version of it
    "#]]
    .assert_eq(&out);
    let json = run(home.path(), &["status", "app.db", "--format", "json"]).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["empty"], &json["pragmas"]),
        (&json!(true), &json!([]))
    );
}

/// `MigrationStrategy::adopt` ignores the same tables.
#[test]
fn a_database_of_another_tool_is_told() {
    let home = history(&[]);
    let said = |sql: &str| {
        database(home.path(), sql);
        let said = run(home.path(), &["status", "app.db"]);
        assert_eq!((said.code, &*said.err), (1, ""));
        said.out
    };
    let sqlx =
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, success BOOLEAN NOT NULL);";
    expect![[r#"
        app.db has no version: its `user_version` is 0
        it has the table `_sqlx_migrations`, as sqlx makes it; that table is not compared
        its schema is that of version 2
        next: `MigrationStrategy::adopt(Adopt::WhereSchemaIsEqual)` in the app takes it over as that version (or set `PRAGMA user_version = 2;`)
    "#]].assert_eq(&said(&format!("CREATE TABLE t (a, b); {sqlx}")));
    expect![[r#"
        app.db has no version: its `user_version` is 0
        it has the table `_sqlx_migrations`, as sqlx makes it; that table is not compared
        its schema is nearest to version 3, and differs from it:
          column `t.x` is new
        next: `MigrationStrategy::adopt(Adopt::WhereSchemaIsEqual)` takes over a database of sqlx whose schema is that of a version, and this one is like none: make the version that it is, with `cargo stepladder import sql <its migrations>` or `cargo stepladder export`, or mend the differences
    "#]].assert_eq(&said(&format!("CREATE TABLE t (a, b, c, x); {sqlx}")));
    // As golang-migrate leaves it, with its index; and another number of nobody.
    let migrate = "CREATE TABLE schema_migrations (version uint64, dirty bool);
        CREATE UNIQUE INDEX version_unique ON schema_migrations (version);";
    let out = said(&format!("CREATE TABLE t (a); {migrate}"));
    assert!(
        out.contains("as golang-migrate, dbmate or Rails makes it"),
        "{out}"
    );
    assert!(out.contains("its schema is that of version 1\n"), "{out}");
    for table in [
        "refinery_schema_history",
        "__diesel_schema_migrations",
        "goose_db_version",
        "seaql_migrations",
        "_prisma_migrations",
    ] {
        let out = said(&format!(
            "CREATE TABLE t (a); CREATE TABLE {table} (version);"
        ));
        assert!(out.contains("its schema is that of version 1\n"), "{out}");
        assert!(out.contains("adopt"), "{out}");
    }
    let json = run(home.path(), &["status", "app.db", "--format", "json"]).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["other_tool"], "prisma");

    // With a number of ours it is no case for `adopt`.
    let out = said(&format!(
        "CREATE TABLE t (a, b); {sqlx} PRAGMA user_version = 1;"
    ));
    assert!(
        out.contains("next: set `PRAGMA user_version = 2;`"),
        "{out}"
    );
    let out = said(&format!(
        "CREATE TABLE t (a, b); {sqlx} PRAGMA user_version = 9;"
    ));
    assert!(
        out.contains("next: set `PRAGMA user_version = 2;`"),
        "{out}"
    );
}

/// A version may have such a table: it was exported with it.
#[test]
fn a_table_of_another_tool_in_a_version_counts() {
    let home = home(&[(
        "schemas/schema.sql",
        "CREATE TABLE t (a); CREATE TABLE schema_migrations (version);",
    )]);
    assert_eq!(run(home.path(), &["make-migrations"]).code, 0);
    database(
        home.path(),
        "CREATE TABLE t (a); CREATE TABLE schema_migrations (version); PRAGMA user_version = 1;",
    );
    let said = run(home.path(), &["status", "app.db"]);
    assert!(
        said.code == 0 && !said.out.contains("golang"),
        "{}",
        said.out
    );
    database(home.path(), "CREATE TABLE t (a);");
    let out = run(home.path(), &["status", "app.db"]).out;
    assert!(out.contains("table `schema_migrations` is gone"), "{out}");
}

#[test]
fn versions_that_differ_in_rows_alone_are_both_told() {
    let home = home(&[
        ("m/1.sql", "CREATE TABLE t (a);"),
        ("m/2.sql", "UPDATE t SET a = upper(a);"),
        ("m/3.sql", "ALTER TABLE t ADD COLUMN b;"),
    ]);
    assert_eq!(run(home.path(), &["import", "sql", "m"]).code, 0);
    database(home.path(), "CREATE TABLE t (a);");
    let said = run(home.path(), &["status", "app.db"]);
    assert_eq!(said.code, 1);
    expect![[r#"
        app.db has no version: its `user_version` is 0
        its schema is that of the versions 1 and 2
        next: the steps between them change rows alone, so look which its rows are like, then set `PRAGMA user_version = 1;` or `PRAGMA user_version = 2;`
    "#]].assert_eq(&said.out);
    database(home.path(), "CREATE TABLE t (a); PRAGMA user_version = 1;");
    assert_eq!(run(home.path(), &["status", "app.db"]).code, 0);
}

#[test]
fn an_export_tells_the_number_as_well() {
    let home = home(&[]);
    database(home.path(), "CREATE TABLE t (a);");
    let said = run(home.path(), &["export", "app.db"]);
    assert_eq!((said.code, &*said.out), (1, ""));
    expect![[r#"
        error: `app.db` has the version 0
        --> app.db
         = note: `user_version` tells the version of a database, from 1
         = help: say which one it is: `--version 1`
         = help: and give it to the databases that are out there, before the app migrates them: `PRAGMA user_version = 1;`
    "#]].assert_eq(&said.err);
    let said = run(home.path(), &["export", "app.db", "--version", "7"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    expect![[r#"
        wrote schemas/schema_v7.json
        wrote schemas/schema.sql
        app.db says version 0, and the app refuses such a database: set `PRAGMA user_version = 7;` in each before the app migrates it
        next: build the app; version 7 is its first
    "#]].assert_eq(&said.out);
    database(home.path(), "CREATE TABLE t (a); PRAGMA user_version = 7;");
    let said = run(home.path(), &["export", "app.db", "--schemas", "other"]);
    assert!(!said.out.contains("PRAGMA"), "{}", said.out);
}
