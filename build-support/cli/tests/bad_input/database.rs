//! Database files. Nothing that looks at one changes it, or makes a file.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use expect_test::expect;
use rusqlite::Connection;

use crate::disk::read_only;
use crate::lock::Lock;
use crate::project::{V1, V2, history, run, tree};

/// A project at version 2, and in `data` room for databases.
fn project() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    history(home.path(), &[V1, V2]);
    fs::create_dir(home.path().join("data")).unwrap();
    home
}

/// What `status`, `diff` and `export` say to a database: exit codes, outputs and errors. The folder
/// of the database is as it was, byte for byte.
fn look(home: &Path, database: &str) -> [(i32, String, String); 3] {
    let before = tree(&home.join("data"));
    let temporary = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = crate::project::command(home, arguments)
            .env("TMPDIR", temporary.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let other = tempfile::tempdir().unwrap();
    let to = other.path().join("schemas").display().to_string();
    let said = [
        run(&["status", database]),
        run(&["diff", "v2", database]),
        run(&["export", database, "--schemas", &to]),
    ];
    assert_eq!(tree(&home.join("data")), before);
    // No copy is left either.
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    let exported = fs::read_dir(other.path()).unwrap().count();
    assert_eq!(exported == 1, said[2].0 == 0, "{:?}", said[2]);
    said
}

/// The database is read: it is version 2.
fn is_version_2(home: &Path, database: &str) {
    let [status, diff, export] = look(home, database);
    assert_eq!((status.0, &*status.2), (0, ""), "{status:?}");
    assert!(
        status.1.contains("its schema is that of version 2"),
        "{status:?}"
    );
    assert_eq!((diff.0, &*diff.1), (0, ""), "{diff:?}");
    assert_eq!(export.0, 0, "{export:?}");
}

/// The database is not read: all say why, and the same.
fn refused(home: &Path, database: &str) -> String {
    let [status, diff, export] = look(home, database);
    assert_eq!((status.0, &*status.1), (1, ""), "{status:?}");
    assert_eq!((diff.0, &*diff.1), (2, ""), "{diff:?}");
    assert_eq!((export.0, &*export.1), (1, ""), "{export:?}");
    assert_eq!(status.2, export.2);
    assert!(status.2.contains("= help: "), "{}", status.2);
    status.2
}

const IS_VERSION_2: &str = "PRAGMA user_version = 2";

#[test]
fn what_is_no_database() {
    let home = project();
    let data = home.path().join("data");
    let noise: Vec<u8> = (0..8192_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2])
        .collect();
    fs::write(data.join("encrypted.db"), noise).unwrap();
    fs::write(
        data.join("text.db"),
        "a text, and longer than the header of a database\n".repeat(9),
    )
    .unwrap();
    fs::write(data.join("short.db"), "x").unwrap();
    fs::write(data.join("empty.db"), "").unwrap();
    fs::create_dir(data.join("folder.db")).unwrap();
    expect![[r#"
        error: `data/encrypted.db` is no SQLite database, or it is encrypted
        --> data/encrypted.db
         = help: name the file of a database, or a copy that was decrypted
    "#]]
    .assert_eq(&refused(home.path(), "data/encrypted.db"));
    for name in ["data/text.db", "data/short.db"] {
        let said = refused(home.path(), name);
        assert!(
            said.contains("is no SQLite database, or it is encrypted"),
            "{said}"
        );
    }
    expect![[r#"
        error: `data/empty.db` is empty: there is no database in it
        --> data/empty.db
         = help: name the file of a database; an app makes one when it opens it for the first time
    "#]]
    .assert_eq(&refused(home.path(), "data/empty.db"));
    expect![[r#"
        error: `data/folder.db` is a folder, not a database file
        --> data/folder.db
         = help: name the file of a database in it
    "#]]
    .assert_eq(&refused(home.path(), "data/folder.db"));
    expect![[r#"
        error: `data/missing.db` is not there
        --> data/missing.db
         = help: name the file of a database; none is made
    "#]]
    .assert_eq(&refused(home.path(), "data/missing.db"));
}

#[test]
fn a_database_that_is_cut_or_damaged() {
    let home = project();
    let path = home.path().join("data/app.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(V2).unwrap();
    drop(connection);
    let bytes = fs::read(&path).unwrap();
    for cut in [17, 99, 100, 1000, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..cut]).unwrap();
        // A file that has lost its end may still have its schema.
        if look(home.path(), "data/app.db")[0].2.is_empty() {
            assert!(cut > 1000, "{cut}");
        }
    }
    let mut damaged = bytes.clone();
    damaged[100..200].fill(0xff);
    fs::write(&path, damaged).unwrap();
    expect![[r#"
        error: `data/app.db` cannot be read: database disk image is malformed
        --> data/app.db
         = help: look with `PRAGMA integrity_check` whether it is whole
    "#]]
    .assert_eq(&refused(home.path(), "data/app.db"));
}

#[test]
fn a_database_that_is_locked() {
    let home = project();
    let path = home.path().join("data/app.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(V2).unwrap();
    connection.execute_batch(IS_VERSION_2).unwrap();
    drop(connection);
    let lock = Lock::of(&path, "BEGIN EXCLUSIVE");
    let start = Instant::now();
    let said = refused(home.path(), "data/app.db");
    // Three commands, with two seconds of patience each.
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    assert!(
        start.elapsed() > Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    expect![[r#"
        error: `data/app.db` is locked by another process
        --> data/app.db
         = help: close the app, or wait until it has written
    "#]]
    .assert_eq(&said);
    drop(lock);
    // Who has only begun to write is in nobody's way.
    let lock = Lock::of(&path, "BEGIN IMMEDIATE; INSERT INTO t (a) VALUES ('a')");
    is_version_2(home.path(), "data/app.db");
    drop(lock);
}

#[test]
fn a_database_in_wal_mode() {
    let home = project();
    let path = home.path().join("data/app.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL")
        .unwrap();
    connection.execute_batch(V1).unwrap();
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    // The rest is only in the `-wal` file.
    connection
        .execute_batch("ALTER TABLE t ADD COLUMN b TEXT; PRAGMA user_version = 2")
        .unwrap();
    // While the app runs.
    is_version_2(home.path(), "data/app.db");
    // Copied while it ran, as after a crash.
    for name in ["app.db", "app.db-wal"] {
        let copy = home
            .path()
            .join("data")
            .join(name.replace("app", "crashed"));
        fs::copy(home.path().join("data").join(name), copy).unwrap();
    }
    is_version_2(home.path(), "data/crashed.db");
    // After it was closed there is one file.
    drop(connection);
    assert!(!home.path().join("data/app.db-wal").exists());
    is_version_2(home.path(), "data/app.db");
    // While another writes: a reader sees what was committed.
    let lock = Lock::of(
        &path,
        "BEGIN EXCLUSIVE; INSERT INTO t (a) VALUES ('a'); DROP TABLE t",
    );
    is_version_2(home.path(), "data/app.db");
    drop(lock);
}

#[test]
fn a_transaction_that_did_not_end_is_undone_in_a_copy() {
    let home = project();
    let path = home.path().join("data/app.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(V2).unwrap();
    connection.execute_batch(IS_VERSION_2).unwrap();
    connection
        .execute_batch(
            "PRAGMA cache_size = 1;
             BEGIN;
             ALTER TABLE t ADD COLUMN c TEXT;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO t (a) SELECT hex(randomblob(200)) FROM n;",
        )
        .unwrap();
    for name in ["app.db", "app.db-journal"] {
        let copy = home
            .path()
            .join("data")
            .join(name.replace("app", "crashed"));
        fs::copy(home.path().join("data").join(name), copy).unwrap();
    }
    is_version_2(home.path(), "data/crashed.db");
}

#[test]
fn a_database_in_a_read_only_folder() {
    let home = project();
    let data = home.path().join("data");
    let Some(closed) = read_only(&data, |data| {
        for (name, mode) in [("wal.db", "WAL"), ("plain.db", "DELETE")] {
            let connection = Connection::open(data.join(name)).unwrap();
            connection
                .execute_batch(&format!("PRAGMA journal_mode = {mode}"))
                .unwrap();
            connection.execute_batch(V2).unwrap();
            connection.execute_batch(IS_VERSION_2).unwrap();
            if mode == "WAL" {
                fs::copy(data.join("wal.db"), data.join("open.db")).unwrap();
                fs::copy(data.join("wal.db-wal"), data.join("open.db-wal")).unwrap();
            }
        }
    }) else {
        return;
    };
    for name in ["data/wal.db", "data/open.db", "data/plain.db"] {
        is_version_2(home.path(), name);
    }
    drop(closed);
}

#[test]
fn names_that_are_no_uri() {
    let home = project();
    for name in [
        "a?b.db",
        "a#b.db",
        "50%25.db",
        "ä ö.db",
        "a'b.db",
        "file:a.db",
    ] {
        for mode in ["WAL", "DELETE"] {
            let path = home.path().join("data").join(name);
            if cfg!(windows) && name.contains(['?', ':']) {
                continue;
            }
            let other = home.path().join("data/made.db");
            let connection = Connection::open(&other).unwrap();
            connection
                .execute_batch(&format!("PRAGMA journal_mode = {mode}"))
                .unwrap();
            connection.execute_batch(V2).unwrap();
            connection.execute_batch(IS_VERSION_2).unwrap();
            drop(connection);
            fs::rename(&other, &path).unwrap();
            is_version_2(home.path(), &format!("data/{name}"));
            fs::remove_file(path).unwrap();
        }
    }
    // Nothing of it is a name for SQLite.
    let (code, _, err) = run(home.path(), &["status", ":memory:"]);
    assert_eq!(
        (code, err.contains("`:memory:` is not there")),
        (1, true),
        "{err}"
    );
}
