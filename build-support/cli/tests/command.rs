//! The command, as it is run.

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

/// Exit code, standard output and standard error.
fn run(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-stepladder"))
        .args(arguments)
        .current_dir(home)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace(std::path::MAIN_SEPARATOR, "/")
    };
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_schema_becomes_versions() {
    let home = tempfile::tempdir().unwrap();
    let schemas = home.path().join("db");
    fs::create_dir(&schemas).unwrap();
    fs::write(schemas.join("schema.sql"), "CREATE TABLE t (a);").unwrap();
    let as_cargo_does = ["stepladder", "make-migrations", "--schemas", "db"];

    let (code, out, err) = run(home.path(), &as_cargo_does);
    assert_eq!((code, &*err), (0, ""));
    expect![[r#"
        wrote db/schema_v1.json
        next: build the app; this is its first version
    "#]]
    .assert_eq(&out);

    let (code, out, _) = run(home.path(), &as_cargo_does[1..]);
    assert_eq!(code, 0);
    expect![[r#"
        nothing has changed since version 1
    "#]]
    .assert_eq(&out);

    fs::write(schemas.join("schema.sql"), "CREATE TABLE t (a, b);").unwrap();
    let (code, out, _) = run(home.path(), &as_cargo_does);
    assert_eq!(code, 0);
    expect![[r#"
        wrote db/schema_v2.json
        changed since version 1:
          column `t.b` is new
        wrote db/steps/from1_to2.sql: proven
        next: read db/steps/from1_to2.sql, then build the app
    "#]]
    .assert_eq(&out);
}

#[test]
fn errors_in_the_folder_are_1() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("schemas")).unwrap();
    fs::write(home.path().join("schemas/schema.sql"), "CREATE TABLE t (a;").unwrap();
    let (code, out, err) = run(home.path(), &["make-migrations"]);
    assert_eq!((code, &*out), (1, ""));
    expect![[r#"
        error: table `t` is not valid: incomplete input
         --> schemas/schema.sql:1:17
          |
        1 | CREATE TABLE t (a;
          |                 ^ SQLite stops here
    "#]]
    .assert_eq(&err);
}

#[test]
fn mistakes_of_usage_are_2() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["make"][..], &[], &["make-migrations", "--schema", "x"]] {
        let (code, _, err) = run(home.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(err.contains("Usage: cargo stepladder"), "{err}");
    }
}

#[test]
fn rules_are_explained() {
    let home = tempfile::tempdir().unwrap();
    let (code, out, _) = run(home.path(), &["explain", "data_loss"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("# data_loss\n"), "{out}");
    let (code, out, _) = run(home.path(), &["explain"]);
    assert_eq!(code, 0);
    assert!(out.contains("data_loss                 deny\n"), "{out}");
    let (code, _, err) = run(home.path(), &["explain", "data_los"]);
    assert_eq!(code, 2);
    assert!(err.contains("a similar value exists: 'data_loss'"), "{err}");
}
