//! The generated code of each folder in `schemas/`, as a file that a person reads.
//!
//! `UPDATE_EXPECT=1 cargo test -p stepladder-build --test golden` writes the files anew. They are
//! compiled and run by `tests/golden/` of the runtime crate.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use stepladder_build::generate;

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../schemas")
        .canonicalize()
        .unwrap()
}

fn check(case: &str) {
    let code = match generate(&schemas().join(case)) {
        Ok(code) => code,
        Err(error) => panic!("{error}"),
    };
    // Which SQLite that is depends on the rusqlite that is tested.
    let proven_with = format!("proven_with: {}", rusqlite::version_number());
    assert!(code.contains(&proven_with));
    let code = code.replace(&proven_with, "proven_with: 0");
    expect_file![format!("golden/{case}.rs")].assert_eq(&code);
}

#[test]
fn shop() {
    check("shop");
}

#[test]
fn plain() {
    check("plain");
}

#[test]
fn first() {
    check("first");
}

#[test]
fn calls() {
    check("calls");
}

#[test]
fn rollbacks() {
    check("rollbacks");
}

#[test]
fn rows() {
    check("rows");
}

#[test]
fn classes() {
    check("classes");
}

#[test]
fn renames() {
    check("renames");
}

#[test]
fn each_folder_has_a_golden() {
    let mut folders: Vec<_> = fs::read_dir(schemas())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(
        folders,
        [
            "calls",
            "classes",
            "first",
            "plain",
            "renames",
            "rollbacks",
            "rows",
            "shop"
        ]
    );
}

#[test]
fn two_runs_give_the_same_text() {
    let shop = schemas().join("shop");
    let [first, second] = [generate(&shop), generate(&shop)].map(Result::unwrap);
    assert_eq!(first, second);
}

#[test]
fn no_path_of_this_machine_is_in_the_text() {
    let code = generate(&schemas().join("shop")).unwrap();
    let home = schemas().display().to_string();
    assert!(!code.contains(&home));
}
