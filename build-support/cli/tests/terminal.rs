//! Colours, and mistakes in the arguments that a program reads.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the texts"
)]

mod support;

use std::path::Path;

use expect_test::expect;
use serde_json::{Value, json};
use support::{home, run, run_with};

const SCHEMA: &str = "CREATE TABLE t (a;\n";

/// What a text looks like with the names of the escape sequences in it.
fn visible(text: &str) -> String {
    text.replace('\u{1b}', "ESC")
}

/// The text without escape sequences.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}

#[test]
fn diagnostics_have_the_colours_of_rustc() {
    let home = home(&[("schemas/schema.sql", SCHEMA)]);
    let without = run(home.path(), &["check"]);
    let with = run(home.path(), &["check", "--color", "always"]);
    assert_eq!((without.code, with.code), (1, 1));
    expect![[r#"
        ESC[1mESC[91merrorESC[0mESC[1m: table `t` is not valid: incomplete inputESC[0m
         ESC[1mESC[94m--> ESC[0mschemas/schema.sql:1:17
          ESC[1mESC[94m|ESC[0m
        ESC[1mESC[94m1ESC[0m ESC[1mESC[94m|ESC[0m CREATE TABLE t (a;
          ESC[1mESC[94m|ESC[0m                 ESC[1mESC[91m^ESC[0m ESC[1mESC[91mSQLite stops hereESC[0m
          ESC[1mESC[94m|ESC[0m
          ESC[1mESC[94m= ESC[0mESC[1mhelpESC[0m: write the rest: a parenthesis or an `END` is missing
    "#]].assert_eq(&visible(&with.err));
    // The text is the same.
    assert_eq!(plain(&with.err), without.err);
}

#[test]
fn colours_are_for_a_terminal_or_where_they_are_asked_for() {
    let home = home(&[("schemas/schema.sql", SCHEMA)]);
    let force = [("CLICOLOR_FORCE", "1")];
    let no = [("NO_COLOR", "1")];
    let both = [force[0], no[0]];
    for (arguments, variables, is_coloured) in [
        (&["check"][..], &[][..], false),
        (&["check"], &force, true),
        (&["check"], &no, false),
        (&["check"], &both, false),
        (&["check", "--color", "auto"], &force, true),
        (&["check", "--color", "never"], &force, false),
        (&["--color=always", "check"], &no, true),
        (
            &["check", "--color", "always", "--format", "json"],
            &[],
            false,
        ),
        // So are mistakes in the arguments.
        (&["chek", "--color=always"], &no, true),
        (&["chek", "--color", "never"], &force, false),
        (&["chek"], &[], false),
    ] {
        let said = run_with(home.path(), arguments, variables);
        let has_escapes = (said.err + &said.out).contains('\u{1b}');
        assert_eq!(has_escapes, is_coloured, "{arguments:?} {variables:?}");
    }
}

#[test]
fn no_progress_is_shown_where_nobody_looks() {
    let home = home(&[("schemas/schema.sql", "CREATE TABLE t (a);\n")]);
    for arguments in [
        &["make-migrations"][..],
        &["check"],
        &["draft", "--color=always"],
    ] {
        let said = run(home.path(), arguments);
        assert_eq!((said.code, &*said.err), (0, ""), "{arguments:?}");
    }
}

fn mistake(home: &Path, arguments: &[&str]) -> Value {
    let said = run(home, arguments);
    assert_eq!((said.code, &*said.err), (2, ""), "{arguments:?}");
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["ok"], false);
    let diagnostics = told["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 1, "{arguments:?}");
    diagnostics[0].clone()
}

#[test]
fn a_program_reads_mistakes_in_the_arguments() {
    let home = home(&[]);
    expect![[r#"
        {
          "column": null,
          "file": null,
          "helps": [
            "a similar subcommand exists: 'check'",
            "`cargo stepladder --help` lists the commands, and behind a command its arguments"
          ],
          "line": null,
          "message": "unrecognized subcommand 'chek'",
          "notes": [
            "usage: cargo stepladder [OPTIONS] <COMMAND>"
          ],
          "object": null,
          "rule": null,
          "severity": "error"
        }"#]]
    .assert_eq(&format!(
        "{:#}",
        mistake(home.path(), &["--format", "json", "chek"])
    ));
    for (arguments, message) in [
        (
            &["--format=json", "make-migrations", "--schema", "x"][..],
            "unexpected argument '--schema' found",
        ),
        (
            &["export", "--format", "json"],
            "the following required arguments were not provided: <DATABASE>",
        ),
        (
            &["sql", "--from", "x", "--to", "2", "--format", "json"],
            "invalid value 'x' for '--from <N>': invalid digit found in string",
        ),
    ] {
        let told = mistake(home.path(), arguments);
        assert_eq!(
            (&told["message"], &told["severity"]),
            (&json!(message), &json!("error"))
        );
        assert!(!told["helps"].as_array().unwrap().is_empty());
    }
    for arguments in [&["--format", "json"][..], &["import", "--format=json"]] {
        let message = mistake(home.path(), arguments)["message"].to_string();
        assert!(message.contains("requires a subcommand"), "{message}");
    }
    // Help is help, and behind `--` nothing is an option.
    let said = run(home.path(), &["--help", "--format", "json"]);
    assert!(
        said.code == 0 && said.out.contains("Usage: cargo stepladder"),
        "{}",
        said.out
    );
    let said = run(home.path(), &["chek", "--", "--format", "json"]);
    assert!(said.code == 2 && said.out.is_empty(), "{}", said.out);
}

#[test]
fn directives_have_pages_as_rules_have() {
    let home = home(&[]);
    let listed = run(home.path(), &["explain"]).out;
    let line = "fill_in                   line   Stands in a draft above a value that only its author can know, and does not build until it is there\n";
    assert!(listed.contains(line), "{listed}");
    for name in ["allow", "call", "confirm", "fill_in"] {
        let said = run(home.path(), &["explain", name]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.starts_with(&format!("# {name}\n")), "{}", said.out);
        assert!(
            said.out.contains(&format!("-- stepladder: {name} ")),
            "{}",
            said.out
        );
    }
    let said = run(home.path(), &["explain", "--format", "json"]);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["directives"][0]["directive"], "allow");
}

#[test]
fn rules_are_listed_with_what_they_find() {
    let home = home(&[]);
    let said = run(home.path(), &["explain"]);
    let line = "drop_table                allow  A table is gone, with or without its data being elsewhere\n";
    assert!(said.out.contains(line), "{}", said.out);
    let said = run(home.path(), &["explain", "--format", "json"]);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        told["rules"][1],
        json!({
            "rule": "drop_table",
            "level": "allow",
            "summary": "A table is gone, with or without its data being elsewhere",
        })
    );
    let said = run(home.path(), &["explain", "drop_table", "--format", "json"]);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["level"], "allow");
    let page = run(home.path(), &["explain", "drop_table"]).out;
    assert!(page.starts_with("# drop_table\n"), "{page}");
    assert_eq!(told["text"], page);
}
