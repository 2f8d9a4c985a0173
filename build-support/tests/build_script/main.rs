//! A package with a build script, built by cargo: what reruns, what does not, and what a user sees.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod package;
mod readme;
mod serde;

use std::fs;
use std::time::Instant;

use package::Package;

const V1: &str = "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n";
const V2: &str =
    "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT NOT NULL, due_date TEXT);\n";

#[test]
fn cargo_rebuilds_when_the_folder_changes_and_at_no_other_time() {
    let package = Package::new("rebuilt");
    let schemas = package.root.join("db/schemas");
    package.write("db/schemas/schema.sql", V1);
    stepladder_build::make_migrations(&schemas).unwrap();

    let before = package.files();
    let built = package.build();
    assert!(built.success, "{}", built.stderr);
    assert_eq!(package.version(), "1");
    // Only OUT_DIR is written; cargo itself brings its lock file up to date.
    assert_eq!(before, package.files());

    // Nothing changed, then something that is no schema.
    assert!(!package.build().ran_build_script(&package));
    let main = fs::read_to_string(package.root.join("src/main.rs")).unwrap();
    package.write("src/main.rs", &format!("{main}// touched\n"));
    let built = package.build();
    assert!(
        built.success && !built.ran_build_script(&package),
        "{}",
        built.stderr
    );

    // A new snapshot is noticed, and the missing step is rustc's to tell.
    package.write("db/schemas/schema.sql", V2);
    stepladder_build::make_migrations(&schemas).unwrap();
    let built = package.build();
    assert!(!built.success);
    for expected in [
        "E0046",
        "missing: `from1_to2`",
        "impl MigrationSteps for Steps",
    ] {
        assert!(built.stderr.contains(expected), "{}", built.stderr);
    }

    // So is a new file in a folder that was not there before.
    package.write(
        "db/schemas/steps/from1_to2.sql",
        "ALTER TABLE todos ADD COLUMN due_date TEXT;\n",
    );
    let built = package.build();
    assert!(built.success, "{}", built.stderr);
    assert_eq!(package.version(), "2");

    // An edited step is generated anew, in well under a second.
    package.write(
        "db/schemas/steps/from1_to2.sql",
        "ALTER TABLE todos ADD COLUMN due_date TEXT DEFAULT NULL;\n",
    );
    let start = Instant::now();
    let built = package.build();
    println!("an edited step: built in {:?}", start.elapsed());
    assert!(
        built.success && built.ran_build_script(&package),
        "{}",
        built.stderr
    );
}

#[test]
fn a_broken_folder_fails_the_build_with_the_place() {
    let package = Package::new("broken");
    let schemas = package.root.join("db/schemas");
    package.write("db/schemas/schema.sql", V1);
    stepladder_build::make_migrations(&schemas).unwrap();
    package.write("db/schemas/schema.sql", V2);
    stepladder_build::make_migrations(&schemas).unwrap();
    package.write(
        "db/schemas/steps/from1_to2.sql",
        "ALTER TABLE todos\nADD COLUMN due date TEXT NOT;\n",
    );
    let built = package.build();
    assert!(!built.success);
    // The headline, which cargo shows first, and the report below it.
    for expected in [
        "error: broken@0.0.0: db/schemas/steps/from1_to2.sql:2:",
        "--> db/schemas/steps/from1_to2.sql:2:",
        "ADD COLUMN due date TEXT NOT",
    ] {
        assert!(
            built.stderr.contains(expected),
            "{expected}\n{}",
            built.stderr
        );
    }
    assert!(!built.stderr.contains("panicked"), "{}", built.stderr);
}

#[test]
fn a_declaration_that_is_not_needed_is_a_warning() {
    let package = Package::new("warned");
    let schemas = package.root.join("db/schemas");
    package.write("db/schemas/schema.sql", V1);
    stepladder_build::make_migrations(&schemas).unwrap();
    package.write("db/schemas/schema.sql", V2);
    stepladder_build::make_migrations(&schemas).unwrap();
    package.write(
        "db/schemas/steps/from1_to2.sql",
        "-- stepladder: allow data_loss todos.title because it was so yesterday\n\
         ALTER TABLE todos ADD COLUMN due_date TEXT;\n",
    );
    let built = package.build();
    assert!(built.success, "{}", built.stderr);
    let expected = "warning: warned@0.0.0: db/schemas/steps/from1_to2.sql:1:1: `allow data_loss \
                    todos.title` is not needed";
    assert!(built.stderr.contains(expected), "{}", built.stderr);
}
