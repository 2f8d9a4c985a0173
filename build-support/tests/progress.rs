//! Who waits is told of each step.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use stepladder_build::{
    DraftOptions, ImportKind, MakeMigrationsOptions, NewStep, Places, Progress, check_watched,
    draft_steps_watched, import_watched, make_migrations, make_migrations_watched,
};

/// What a piece of work tells while it is done, in order of text: it is done on several processors.
fn told(work: impl FnOnce(&(dyn Fn(&Progress) + Sync))) -> Vec<String> {
    let told = Mutex::new(Vec::new());
    work(&|progress| told.lock().unwrap().push(progress.to_string()));
    let mut told = told.into_inner().unwrap();
    told.sort();
    told
}

fn from(versions: &[i32]) -> DraftOptions {
    DraftOptions {
        from: versions.to_vec(),
        ..DraftOptions::default()
    }
}

fn write_schema(folder: &Path, version: usize) {
    let columns: Vec<_> = (0..version).map(|n| format!("c{n}")).collect();
    let text = format!("CREATE TABLE t ({});", columns.join(", "));
    fs::write(folder.join("schema.sql"), text).unwrap();
}

#[test]
fn each_step_is_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    for version in 1..4 {
        write_schema(folder, version);
        make_migrations(folder).unwrap();
    }
    let drafted = told(|watcher| {
        draft_steps_watched(folder, &from(&[2]), watcher).unwrap();
    });
    assert_eq!(drafted, ["drafting 2 -> 3 (1/1)"]);
    let drafted = told(|watcher| {
        draft_steps_watched(folder, &from(&[]), watcher).unwrap();
    });
    assert_eq!(drafted, ["drafting 1 -> 2 (1/1)"]);

    write_schema(folder, 4);
    let options = MakeMigrationsOptions {
        step: NewStep::Sql,
        rollback: NewStep::Sql,
        places: Places::Accept,
        ..MakeMigrationsOptions::default()
    };
    let made = told(|watcher| {
        make_migrations_watched(folder, &options, watcher).unwrap();
    });
    assert_eq!(made, ["drafting 3 -> 4 (1/2)", "drafting 4 -> 3 (2/2)"]);

    let checked = told(|watcher| {
        check_watched(folder, watcher).unwrap();
    });
    // Which of them is the first is for the processors to decide.
    let without_numbers: Vec<_> = checked
        .iter()
        .map(|told| told.split(" (").next().unwrap())
        .collect();
    assert_eq!(
        without_numbers,
        [
            "proving 1 -> 2",
            "proving 2 -> 3",
            "proving 3 -> 4",
            "proving in a row 1 -> 4",
            "proving in a row 2 -> 4",
        ]
    );
    assert!(checked.iter().any(|told| told.ends_with(" (3/3)")));
}

#[test]
fn the_proofs_of_an_import_are_told() {
    let home = tempfile::tempdir().unwrap();
    let from = home.path().join("migrations");
    fs::create_dir(&from).unwrap();
    fs::write(from.join("1.sql"), "CREATE TABLE t (a);").unwrap();
    fs::write(from.join("2.sql"), "DROP TABLE t;").unwrap();
    let to = home.path().join("schemas");
    let import = |places| {
        let _ = fs::remove_dir_all(&to);
        told(|watcher| {
            import_watched(ImportKind::Sql, [&from, &to], places, watcher).unwrap();
        })
    };
    assert!(import(Places::Accept).contains(&"proving 1 -> 2 (1/1)".to_owned()));
    // Nothing is proven.
    assert!(import(Places::Leave).is_empty());
}
