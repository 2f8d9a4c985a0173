//! `import`, as it is run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use expect_test::expect;
use tempfile::TempDir;

/// A home with these files.
fn home(files: &[(&str, &str)]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    home
}

/// Exit code, standard output and standard error.
fn run(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-stepladder"))
        .args(arguments)
        .current_dir(home)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

const UP: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
                  INSERT INTO users VALUES (1, 'root');\n";

#[test]
fn files_of_sql_become_a_proven_history() {
    let home = home(&[
        ("migrations/1_users.up.sql", UP),
        (
            "migrations/2_email.up.sql",
            "ALTER TABLE users ADD COLUMN email TEXT;\n",
        ),
        (
            "migrations/2_email.down.sql",
            "ALTER TABLE users DROP COLUMN email;\n",
        ),
        (
            "migrations/4_index.up.sql",
            "PRAGMA foreign_keys = ON;\nCREATE INDEX by_email ON users (email);\n",
        ),
    ]);
    let (code, out, err) = run(home.path(), &["import", "sql", "migrations"]);
    assert_eq!(code, 0, "{err}");
    expect![[r#"
        there is no file for version 3: the step leads from 2 to 4
        `seed.sql` has what the files put into a new database, rows: 1; a time in it is that of the import
        imported 3 versions to schemas: 1 to 4
        with 2 steps, 1 rollback, 1 row of a new database
        1 warning above
        next: `cargo stepladder check` proves the steps, with rows in the tables; to declare what released ones lose, import with `--accept-all`
    "#]].assert_eq(&out);
    expect![[r#"
        warning: `PRAGMA` cannot be in a step
         --> migrations/4_index.up.sql:1:1
          |
        1 | PRAGMA foreign_keys = ON;
          | ^^^^^^ commented out
          |
          = note: the whole upgrade is one transaction, in which foreign keys are off and checked at the end
          = help: nothing is to be done for a transaction and for foreign keys; settings belong to the app, on the open connection
    "#]].assert_eq(&err);
    // The way back deletes a column, which is to be declared.
    let (code, _, err) = run(home.path(), &["check"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("-- stepladder: allow data_loss users.email"),
        "{err}"
    );
}

#[test]
fn exported_schemas_are_ready_for_drafts() {
    let version = |number: i32, columns: &str| {
        format!(
            r#"{{"formatVersion": 1, "database": {{"version": {number}, "entities": [{{
              "tableName": "t", "createSql": "CREATE TABLE `${{TABLE_NAME}}` ({columns})"}}]}}}}"#
        )
    };
    let home = home(&[
        ("app/7.json", &version(7, "`a` INTEGER")),
        ("app/8.json", &version(8, "`a` INTEGER, `b` TEXT")),
    ]);
    let arguments = ["import", "room", "app", "--schemas", "db"];
    let (code, out, err) = run(home.path(), &arguments);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        imported 2 versions to db: 7 to 8
        nothing was left out
        next: `cargo stepladder draft --schemas db` drafts the steps between the versions
    "#]]
    .assert_eq(&out);
    let (code, out, _) = run(home.path(), &["draft", "--schemas", "db"]);
    assert_eq!(
        (code, &*out),
        (
            0,
            "wrote db/steps/from7_to8.sql: proven\n1 step drafted, 0 places to fill in\n"
        )
    );

    let (code, out, err) = run(home.path(), &arguments);
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: `db` has snapshots already, `schema_v7.json` for one
        --> db
         = note: a history is imported once, before there is another
         = help: name another folder: `--schemas <DIR>`
    "#]]
    .assert_eq(&err);
}

#[test]
fn a_program_gets_the_facts() {
    let home = home(&[
        ("m/1.sql", UP),
        ("m/3.sql", "BEGIN; DROP TABLE users; COMMIT;"),
        ("m/x.sql", ""),
    ]);
    let (code, out, err) = run(home.path(), &["import", "sql", "m", "--format", "json"]);
    assert_eq!((code, &*err), (0, ""));
    let facts: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(facts["ok"], true);
    assert_eq!(facts["versions"], serde_json::json!([1, 3]));
    assert_eq!(facts["steps"], serde_json::json!([[1, 3]]));
    assert_eq!(facts["diagnostics"][0]["file"], "m/3.sql");
    assert_eq!(facts["diagnostics"].as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_imported_is_1_and_what_is_not_understood_is_2() {
    let home = home(&[("m/1.sql", "CREATE TABLE t (a;")]);
    let (code, out, err) = run(home.path(), &["import", "sql", "m"]);
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: incomplete input
         --> m/1.sql:1:17
          |
        1 | CREATE TABLE t (a;
          |                 ^ SQLite stops here
          |
          = help: it is run after the files before it; a function, module or extension of the app is not known here
    "#]].assert_eq(&err);
    assert!(!home.path().join("schemas").exists());
    for arguments in [
        &["import"][..],
        &["import", "flyway", "m"],
        &["import", "sql"],
    ] {
        let (code, _, err) = run(home.path(), arguments);
        assert_eq!(code, 2, "{err}");
    }
}
