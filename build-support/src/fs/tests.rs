//! Each operation of each command that writes is made to fail: the folder is as it was then, or
//! complete, and nothing temporary is left.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::disk::fault::{Fault, with};
use super::{Written, read, write_atomically, write_if_changed};
use crate::error::Error;
use crate::{
    ImportKind, MakeMigrationsOptions, NewStep, NewVersion, Places, RenumberOptions, draft_steps,
    export, import_with, make_migrations, make_migrations_with, renumber,
};

#[test]
fn a_file_is_written_only_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.rs");
    assert_eq!(write_if_changed(&path, "a").unwrap(), Written::Changed);
    assert_eq!(write_if_changed(&path, "a").unwrap(), Written::Unchanged);
    assert_eq!(write_if_changed(&path, "b").unwrap(), Written::Changed);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "b");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.rs");
    std::fs::create_dir(&path).unwrap();
    assert!(write_atomically(&path, "a").is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_byte_order_mark_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.sql");
    std::fs::write(&path, "\u{feff}SELECT 1").unwrap();
    assert_eq!(&*read(&path, "f.sql").unwrap().text, "SELECT 1");
}

/// All files and folders below a folder, with their bytes.
fn tree(home: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let entries = walkdir::WalkDir::new(home).into_iter().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.path().strip_prefix(home).unwrap();
            let bytes = entry
                .file_type()
                .is_file()
                .then(|| fs::read(entry.path()).unwrap());
            (name.to_string_lossy().into_owned(), bytes)
        })
        .collect()
}

/// Lets each operation of some work fail in turn. Gives back how many there are.
fn spoil_each(prepare: impl Fn(&Path), work: impl Fn(&Path) -> Result<(), Error>) -> usize {
    let home = || {
        let home = tempfile::tempdir().unwrap();
        prepare(home.path());
        home
    };
    let whole = home();
    work(whole.path()).unwrap();
    let complete = tree(whole.path());
    let mut failed = 0;
    for fault in [Fault::Once, Fault::Full] {
        for number in 0.. {
            let home = home();
            let before = tree(home.path());
            let (done, was_reached) = with(fault, number, || work(home.path()));
            let after = tree(home.path());
            match done {
                Ok(()) => assert_eq!(after, complete, "{fault:?} {number}"),
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.contains("cannot be written: "), "{error}");
                    assert!(error.contains("= note: nothing was changed"), "{error}");
                    if fault == Fault::Full {
                        assert!(error.contains("= help: make room on the disk"), "{error}");
                    }
                    assert_eq!(after, before, "{fault:?} {number}");
                    failed += 1;
                }
            }
            if !was_reached {
                break;
            }
        }
    }
    // What was written before the last one is not seen from outside.
    assert_ne!(tree(home().path()), complete);
    failed
}

const V1: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);";
const V2: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);";
const V3: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT);";

/// A folder with these versions, and `schema.sql` as the last of the texts.
fn history(home: &Path, versions: &[&str], last: &str) {
    let dir = home.join("schemas");
    fs::create_dir(&dir).unwrap();
    for text in versions {
        fs::write(dir.join("schema.sql"), text).unwrap();
        make_migrations(&dir).unwrap();
    }
    fs::write(dir.join("schema.sql"), last).unwrap();
}

fn options(version: NewVersion) -> MakeMigrationsOptions {
    MakeMigrationsOptions {
        step: NewStep::Sql,
        rollback: NewStep::Sql,
        places: Places::Accept,
        version,
        ..MakeMigrationsOptions::default()
    }
}

#[test]
fn a_version_and_its_steps_are_one() {
    let make = |version| {
        move |home: &Path| make_migrations_with(&home.join("schemas"), &options(version)).map(drop)
    };
    // The snapshot, two steps and their folder.
    let count = spoil_each(|home| history(home, &[V1], V2), make(NewVersion::Next));
    assert!(count > 15, "{count}");
    let amended = |home: &Path| {
        history(home, &[V1], V2);
        make(NewVersion::Next)(home).unwrap();
        fs::write(home.join("schemas/schema.sql"), V3).unwrap();
    };
    let count = spoil_each(amended, make(NewVersion::Amend));
    assert!(count > 20, "{count}");
}

#[test]
fn the_drafted_steps_are_one() {
    let draft = |home: &Path| draft_steps(&home.join("schemas"), Places::Accept).map(drop);
    let count = spoil_each(|home| history(home, &[V1, V2, V3], V3), draft);
    assert!(count > 10, "{count}");
}

#[test]
fn an_export_is_one() {
    let database = |home: &Path| {
        let connection = rusqlite::Connection::open(home.join("app.db")).unwrap();
        connection.execute_batch(V1).unwrap();
    };
    let count = spoil_each(database, |home| {
        export(&home.join("app.db"), &home.join("a/b/schemas"), Some(3)).map(drop)
    });
    assert!(count > 10, "{count}");
}

#[test]
fn an_import_is_one() {
    let files = |home: &Path| {
        fs::create_dir(home.join("from")).unwrap();
        fs::write(home.join("from/1.sql"), V1).unwrap();
        fs::write(home.join("from/2.sql"), "ALTER TABLE t ADD COLUMN b TEXT;").unwrap();
        fs::write(home.join("from/3.sql"), "DELETE FROM t;").unwrap();
    };
    let import = |home: &Path| {
        let (from, to) = (home.join("from"), home.join("db/schemas"));
        import_with(ImportKind::Sql, &from, &to, Places::Accept).map(drop)
    };
    let count = spoil_each(files, import);
    assert!(count > 15, "{count}");
    // What else is in the folder is kept, whatever happens.
    let into_a_folder = |home: &Path| {
        files(home);
        fs::create_dir_all(home.join("db/schemas/docs")).unwrap();
        fs::write(home.join("db/schemas/docs/a.md"), "mine").unwrap();
        fs::write(home.join("db/schemas/README.md"), "mine").unwrap();
    };
    let count = spoil_each(into_a_folder, import);
    assert!(count > 20, "{count}");
}

/// Theirs beside ours, as somebody has saved it, and no git that has the files.
fn two_branches(home: &Path) {
    let dir = home.join("schemas");
    history(home, &[V1], V2);
    let make = || make_migrations_with(&dir, &options(NewVersion::Next)).unwrap();
    make();
    for (name, saved) in [
        ("schema_v2.json", "schema_v2_theirs.json"),
        ("steps/from1_to2.sql", "steps/from1_to2_theirs.sql"),
        ("steps/from2_to1.sql", "steps/from2_to1_theirs.sql"),
    ] {
        fs::rename(dir.join(name), dir.join(saved)).unwrap();
    }
    let other = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, c TEXT);";
    let twins = home.join("twins");
    fs::create_dir(&twins).unwrap();
    for entry in walkdir::WalkDir::new(&dir).into_iter().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains("_theirs") {
            fs::rename(entry.path(), twins.join(name)).unwrap();
        }
    }
    fs::write(dir.join("schema.sql"), other).unwrap();
    make();
    for entry in fs::read_dir(&twins).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let folder = if name.starts_with("from") {
            "steps/"
        } else {
            ""
        };
        fs::rename(entry.path(), dir.join(format!("{folder}{name}"))).unwrap();
    }
    fs::remove_dir(&twins).unwrap();
}

#[test]
fn two_branches_become_one_or_stay_two() {
    let count = spoil_each(two_branches, |home| {
        renumber(&home.join("schemas"), &RenumberOptions::default()).map(drop)
    });
    // A snapshot, two steps, `schema.sql`, and four files that are kept.
    assert!(count > 25, "{count}");
}
