//! From schemas folders to steps that run: random histories, histories with names that are easily
//! mistaken, and those of real apps. The steps are what their documentation suggests.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that says what it did, and that is to stop where it cannot be set up"
)]

mod classes;
mod folder;
#[path = "../../src/plan/tests/names.rs"]
mod names;
mod program;
#[allow(
    dead_code,
    reason = "the rows are made for the schema alone, in `support`"
)]
#[path = "../../src/plan/tests/random.rs"]
mod random;
#[allow(dead_code, reason = "as above")]
#[path = "../../src/plan/tests/random_column.rs"]
mod random_column;
#[path = "../suggested/mod.rs"]
mod suggested;
mod written;

use std::path::Path;

use folder::Statements;
use program::Program;
use random::{Model, Random};
use stepladder_build::{ImportKind, import};

/// How many random histories are tried; `STEPLADDER_HISTORIES` sets another number.
const HISTORIES: u64 = 30;

#[test]
fn random_histories() {
    let number = |name: &str, default| {
        std::env::var(name).map_or(default, |text| text.parse::<u64>().unwrap())
    };
    let first = number("STEPLADDER_FIRST", 1);
    let count = number("STEPLADDER_HISTORIES", HISTORIES);
    let mut program = Program::new("random_histories");
    let mut collisions = 0;
    for seed in first..first + count {
        let mut random = Random::new(seed);
        let mut model = Model::random(&mut random);
        let mut versions = Statements::new();
        for version in 1..=4 {
            versions.insert(version, model.statements());
            model = model.changed(&mut random);
        }
        if let Err(error) = program.add(&format!("seed {seed}"), &versions) {
            assert!(error.contains(" in Rust"), "seed {seed}: {error}");
            collisions += 1;
        }
    }
    println!("{collisions} histories with names that collide");
    program.pass();
}

#[test]
fn written_histories() {
    let mut program = Program::new("written_histories");
    for (name, versions) in written::HISTORIES {
        let versions = (1..).zip(versions.iter().map(|sql| vec![(*sql).to_owned()]));
        program.add(name, &versions.collect()).unwrap();
    }
    program.add("a wide table", &wide()).unwrap();
    program.add("a parent of many", &parent_of_many()).unwrap();
    program.pass();
}

/// 200 columns, and another type for each.
fn wide() -> Statements {
    let table = |suffix: &str, kind: &str| {
        let columns = (0..200).map(|column| format!("c{column}{suffix} {kind}"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        vec![format!("CREATE TABLE t ({columns})")]
    };
    let versions = [table("", "TEXT"), table("", "INT"), table("x", "INT")];
    (1..).zip(versions).collect()
}

/// A table that gets another name, with all that refer to it.
fn parent_of_many() -> Statements {
    let version = |parent: &str| {
        let children = (0..150).map(|child| {
            format!(
                "CREATE TABLE c{child} (id INTEGER PRIMARY KEY, p INT REFERENCES {parent} (id))"
            )
        });
        let parent = format!("CREATE TABLE {parent} (id INTEGER PRIMARY KEY)");
        [parent].into_iter().chain(children).collect::<Vec<_>>()
    };
    (1..)
        .zip([version("parent"), version("ancestor")])
        .collect()
}

#[test]
fn histories_of_real_apps() {
    let mut program = Program::new("real_histories");
    for (kind, name) in [
        (ImportKind::Room, "room/nowinandroid"),
        (ImportKind::Drift, "drift/fitbook"),
        (ImportKind::Room, "room/simple"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../shared/corpus")
            .join(name);
        if !folder.is_dir() {
            println!("skipped: {} is not there", folder.display());
            continue;
        }
        let home = tempfile::tempdir().unwrap();
        let schemas = home.path().join("schemas");
        import(kind, &folder, &schemas).unwrap();
        program.add_folder(name, &schemas).unwrap();
    }
    program.pass();
}
