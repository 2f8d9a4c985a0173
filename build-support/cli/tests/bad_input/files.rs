//! Files and folders.

use std::fs;
use std::path::Path;

use expect_test::expect;

use crate::disk::{Disk, read_only};
use crate::project::{V1, V2, V3, history, history_in_rust, run, texts};

/// The commands that write, each where it has something to write, and what makes it so.
const WRITERS: [(&str, &[&str]); 6] = [
    (
        "make-migrations",
        &["make-migrations", "--rollback", "--accept-all"],
    ),
    ("amend", &["make-migrations", "--amend", "--accept-all"]),
    ("draft", &["draft", "--accept-all"]),
    ("export", &["export", "../app.db", "--version", "1"]),
    ("import", &["import", "sql", "../migrations"]),
    ("renumber", &["renumber"]),
];

/// Makes what a command needs: `work` is where it writes, and beside it is what it reads.
fn prepare(name: &str, home: &Path) {
    let work = home.join("work");
    let schema = |text: &str| fs::write(work.join("schemas/schema.sql"), text).unwrap();
    match name {
        "make-migrations" => {
            history(&work, &[V1]);
            schema(V2);
        }
        "amend" => {
            history(&work, &[V1, V2]);
            schema(V3);
        }
        "draft" => {
            history_in_rust(&work, &[V1, V2, V3]);
        }
        "export" => {
            let connection = rusqlite::Connection::open(home.join("app.db")).unwrap();
            connection.execute_batch(V1).unwrap();
        }
        "import" => {
            fs::create_dir_all(home.join("migrations")).unwrap();
            fs::write(home.join("migrations/1.sql"), V1).unwrap();
            fs::write(
                home.join("migrations/2.sql"),
                "ALTER TABLE t ADD COLUMN b TEXT;",
            )
            .unwrap();
        }
        _ => {
            let schemas = work.join("schemas");
            history(
                &work,
                &[
                    V1,
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, c TEXT);",
                ],
            );
            let steps = fs::read_to_string(schemas.join("steps/from1_to2.sql")).unwrap();
            fs::rename(
                schemas.join("schema_v2.json"),
                schemas.join("schema_v2_theirs.json"),
            )
            .unwrap();
            fs::remove_file(schemas.join("steps/from1_to2.sql")).unwrap();
            let saved = fs::read(schemas.join("schema_v2_theirs.json")).unwrap();
            fs::remove_file(schemas.join("schema_v2_theirs.json")).unwrap();
            schema(V2);
            let (code, _, err) = run(&work, &["make-migrations"]);
            assert_eq!(code, 0, "{err}");
            fs::write(schemas.join("schema_v2_theirs.json"), saved).unwrap();
            fs::write(schemas.join("steps/from1_to2_theirs.sql"), steps).unwrap();
        }
    }
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("work")).unwrap();
    home
}

#[test]
fn a_read_only_folder() {
    for (name, arguments) in WRITERS {
        let home = home();
        let work = home.path().join("work");
        let Some(closed) = read_only(&work, |_| prepare(name, home.path())) else {
            return;
        };
        let before = texts(&work);
        let (code, out, err) = run(&work, arguments);
        assert_eq!((code, &*out), (1, ""), "{name}: {err}");
        for part in [
            "cannot be written: ",
            "= note: nothing was changed",
            "= help: make the folder writable, or name another one: `--schemas <DIR>`",
        ] {
            assert!(err.contains(part), "{name}: {err}");
        }
        assert_eq!(texts(&work), before, "{name}");
        drop(closed);
    }
}

#[test]
fn a_full_disk() {
    for (name, arguments) in WRITERS {
        let (mut failed, mut done) = (0, 0);
        // A page more each time.
        for pages in 0..40 {
            let home = home();
            let work = home.path().join("work");
            let Some(_disk) = Disk::of(&work, "256k") else {
                eprintln!("skipped: this user may mount nothing");
                return;
            };
            prepare(name, home.path());
            fill_but(&work, pages);
            let before = texts(&work);
            let (code, out, err) = run(&work, arguments);
            if code == 0 {
                assert_eq!(run(&work, &["status"]).2, "", "{name}");
                done += 1;
                if done == 2 {
                    break;
                }
            } else {
                assert_eq!(out, "", "{name}");
                assert!(err.contains("no space left on device"), "{name}: {err}");
                assert!(
                    err.contains("= help: make room on the disk"),
                    "{name}: {err}"
                );
                assert_eq!(texts(&work), before, "{name}, {pages} pages");
                failed += 1;
            }
        }
        assert!(
            failed > 0 && done == 2,
            "{name}: {failed} failed, {done} done"
        );
    }
}

/// Leaves so many pages of a disk free.
fn fill_but(disk: &Path, pages: usize) {
    let mut filled = 0_usize;
    while fs::write(disk.join(format!("filled{filled}")), [0; 4096]).is_ok() {
        filled += 1;
    }
    // The one that did not fit is there, and empty.
    fs::remove_file(disk.join(format!("filled{filled}"))).unwrap();
    for number in filled.saturating_sub(pages)..filled {
        fs::remove_file(disk.join(format!("filled{number}"))).unwrap();
    }
}

#[test]
fn a_path_through_a_file() {
    for (name, arguments) in WRITERS {
        let home = home();
        prepare(name, home.path());
        let work = home.path().join("work");
        fs::write(work.join("file"), "").unwrap();
        let before = texts(home.path());
        let arguments = [arguments, &["--schemas", "file/schemas"]].concat();
        let (code, out, err) = run(&work, &arguments);
        assert_eq!((code, &*out), (1, ""), "{name}: {err}");
        assert!(err.contains("file/schemas"), "{name}: {err}");
        assert!(err.contains("= help: "), "{name}: {err}");
        assert_eq!(texts(home.path()), before, "{name}");
    }
}

#[test]
fn a_half_written_snapshot() {
    let home = tempfile::tempdir().unwrap();
    history(home.path(), &[V1, V2]);
    let path = home.path().join("schemas/schema_v2.json");
    let whole = fs::read(&path).unwrap();
    // What ends in the middle of it, and before its last brace.
    let cuts = (0..whole.len() - 2).step_by(31).chain([whole.len() - 3]);
    for cut in cuts {
        fs::write(&path, &whole[..cut]).unwrap();
        let before = texts(home.path());
        for arguments in [
            &["check"][..],
            &["status"],
            &["make-migrations"],
            &["make-migrations", "--amend"],
            &["draft"],
            &["sql", "--from", "1", "--to", "2"],
        ] {
            let (code, out, err) = run(home.path(), arguments);
            assert_eq!((code, &*out), (1, ""), "{cut} {arguments:?}");
            let told = err.contains("`schemas/schema_v2.json` ends too early")
                || err.contains("`schemas/schema_v2.json` is empty");
            assert!(told, "{cut}: {err}");
            assert!(
                err.contains("git checkout -- schemas/schema_v2.json"),
                "{err}"
            );
        }
        assert_eq!(texts(home.path()), before);
    }
}

#[test]
fn a_schema_that_sqlite_rejects() {
    let home = tempfile::tempdir().unwrap();
    history(home.path(), &[V1, V2]);
    let rejected = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, a INTEGER);\n";
    fs::write(home.path().join("schemas/schema.sql"), rejected).unwrap();
    let before = texts(home.path());
    let (_, _, told) = run(home.path(), &["check"]);
    for arguments in [
        &["check"][..],
        &["status"],
        &["make-migrations"],
        &["make-migrations", "--amend"],
        &["draft"],
        &["sql", "--from", "1", "--to", "2"],
        &["diff", "v1", "v2"],
        &["diff", "v1", "schemas/schema.sql"],
    ] {
        let (code, out, err) = run(home.path(), arguments);
        let expected = if arguments[0] == "diff" { 2 } else { 1 };
        assert_eq!(
            (code, &*out, &*err),
            (expected, "", &*told),
            "{arguments:?}"
        );
    }
    expect![[r#"
        error: table `t` is not valid: duplicate column name: a
         --> schemas/schema.sql:1:49
          |
        1 | CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, a INTEGER);
          |                                                 ^ SQLite stops here
          |
          = help: give one of the two another name
    "#]]
    .assert_eq(&told);
    assert_eq!(texts(home.path()), before);
}
