//! Every mistake in a schemas folder, and what the user is told: `diagnostics/<case>/schemas`
//! is generated from, and the report compared with `expected.txt`. `UPDATE_EXPECT=1` writes the files
//! again; they are to be read as what a user reads.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use stepladder_build::{Error, generate};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    cases
}

fn error_of(dir: &Path) -> Error {
    match generate(dir) {
        Ok(_) => panic!("nothing is wrong in {}", dir.display()),
        Err(error) => error,
    }
}

#[test]
fn every_mistake_is_told() {
    for case in cases() {
        let report = error_of(&case.join("schemas")).to_string();
        // Which one that is depends on the rusqlite that is tested.
        let report = report.replace(rusqlite::version(), "(this one)");
        expect_file![case.join("expected.txt")].assert_eq(&(report + "\n"));
    }
}

#[test]
fn every_mistake_has_a_file_and_something_to_do() {
    for case in cases() {
        for diagnostic in error_of(&case.join("schemas")).diagnostics() {
            let report = diagnostic.to_string();
            assert!(report.contains("--> schemas"), "{report}");
            assert!(diagnostic.path.starts_with("schemas"), "{report}");
            assert!(report.contains(" = help: "), "no help: {report}");
        }
    }
}

#[test]
fn a_build_script_shows_the_report() {
    let case = cases().remove(0);
    let error = error_of(&case.join("schemas"));
    let debug = format!("{error:?}");
    assert!(debug.starts_with(&format!(
        "{} errors in the schemas folder\n\nerror: ",
        error.diagnostics().len()
    )));
    assert!(debug.ends_with(&error.to_string()));
}
