//! The names of backups, and which of them go.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use stepladder::{Backup, MigrateAllOptions, migrate_all};

use crate::support::{file_at, rows};
use crate::{ALL, ROWS, backed_up, file, good, names, steps};

/// Back to version 1 with another price each time.
fn set_back(path: &Path, price: i32) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "DELETE FROM item; INSERT INTO item VALUES (1, {price}); PRAGMA user_version = 1"
        ))
        .unwrap();
}

#[test]
fn none_is_written_over_and_the_newest_are_kept() {
    let (folder, path) = file("DELETE");
    let beside = |name: &str| folder.path().join(name);
    std::fs::write(beside("app.db.v1.backup.txt"), "mine").unwrap();
    std::fs::write(beside("other.db.v1.backup"), "mine").unwrap();
    for price in 1..=5 {
        set_back(&path, price);
        // The time of a file has to tell.
        std::thread::sleep(Duration::from_millis(20));
        drop(good().backup(Backup::new().keep(2)).open(&path).unwrap());
    }
    assert_eq!(
        names(folder.path()),
        [
            "app.db",
            "app.db.v1-4.backup",
            "app.db.v1-5.backup",
            "app.db.v1.backup.txt",
            "other.db.v1.backup"
        ]
    );
    assert_eq!(backed_up(&beside("app.db.v1-4.backup"), 1), ["1|4"]);
    assert_eq!(backed_up(&beside("app.db.v1-5.backup"), 1), ["1|5"]);
    set_back(&path, 6);
    drop(good().backup(Backup::new().keep(0)).open(&path).unwrap());
    assert!(
        !names(folder.path())
            .iter()
            .any(|name| name.ends_with("-6.backup"))
    );
}

/// A clock that was wrong, or files that came from elsewhere: the new backup is the newest.
#[test]
fn older_backups_from_the_future_do_not_push_out_the_new_one() {
    let (folder, path) = file("DELETE");
    let before = rows(&Connection::open(&path).unwrap(), ALL);
    for name in ["app.db.v1.backup", "app.db.v0.backup"] {
        let old = folder.path().join(name);
        std::fs::write(&old, "old").unwrap();
        let future = std::time::SystemTime::now() + Duration::from_secs(1_000_000);
        let old = std::fs::OpenOptions::new().write(true).open(old).unwrap();
        old.set_modified(future).unwrap();
    }
    let mut connection = Connection::open(&path).unwrap();
    let mut strategy = good().backup(Backup::new().keep(1));
    let details = strategy.migrate(&mut connection).unwrap();
    assert_eq!(names(folder.path()), ["app.db", "app.db.v1-2.backup"]);
    assert_eq!(backed_up(&details.backup.unwrap(), 1), before);
    // Where none is kept, none is named.
    set_back(&path, 7);
    let mut strategy = good().backup(Backup::new().keep(0));
    let details = strategy.migrate(&mut connection).unwrap();
    assert_eq!(details.backup, None);
    assert_eq!(names(folder.path()), ["app.db"]);
}

/// A folder or a link that has the name of the next backup.
#[cfg(unix)]
#[test]
fn nothing_that_has_the_name_is_written_over() {
    use std::os::unix::fs::symlink;
    let (folder, path) = file("DELETE");
    let beside = |name: &str| folder.path().join(name);
    std::fs::write(beside("mine"), "mine").unwrap();
    std::fs::create_dir(beside("app.db.v1.backup")).unwrap();
    symlink(beside("mine"), beside("app.db.v1-2.backup")).unwrap();
    symlink(beside("absent"), beside("app.db.v1-3.backup")).unwrap();
    symlink(beside("mine"), beside("app.db.backup.partial")).unwrap();
    drop(good().backup(Backup::new()).open(&path).unwrap());
    assert_eq!(backed_up(&beside("app.db.v1-4.backup"), 1).len(), 500);
    assert_eq!(std::fs::read_to_string(beside("mine")).unwrap(), "mine");
    assert!(beside("app.db.v1-2.backup").is_symlink());
    assert!(beside("app.db.v1-3.backup").is_symlink());
}

#[test]
fn another_folder_may_hold_them() {
    let (folder, path) = file("WAL");
    let backups = folder.path().join("old/backups");
    drop(
        good()
            .backup(Backup::new().in_folder(&backups))
            .open(&path)
            .unwrap(),
    );
    assert_eq!(names(&backups), ["app.db.v1.backup"]);
    assert_eq!(backed_up(&backups.join("app.db.v1.backup"), 1).len(), 500);
}

/// One strategy for files of the same name in many folders.
#[test]
fn a_relative_folder_starts_at_the_database() {
    let (folder, path) = file("DELETE");
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::copy(&path, other.join("app.db")).unwrap();
    let mut strategy = good().backup(Backup::new().in_folder("backups").keep(1));
    for path in [&path, &other.join("app.db")] {
        drop(strategy.open(path).unwrap());
        let backup = path.with_file_name("backups").join("app.db.v1.backup");
        assert_eq!(backed_up(&backup, 1).len(), 500);
    }
}

/// Databases of one name in one folder for their backups, all at the same time.
#[test]
fn each_database_has_its_own_backup() {
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("backups");
    let paths: Vec<_> = (0..32)
        .map(|tenant| {
            let path = folder.path().join(tenant.to_string()).join("app.db");
            std::fs::create_dir(path.parent().unwrap()).unwrap();
            let data = format!("INSERT INTO item VALUES (1, {tenant})");
            file_at(&path, steps("").history, 1, "DELETE", &data);
            path
        })
        .collect();
    let strategy = || good().backup(Backup::new().in_folder(&backups).keep(100));
    let options = MigrateAllOptions::new().threads(NonZeroUsize::new(8).unwrap());
    for (tenant, file) in migrate_all(paths, strategy, options).iter().enumerate() {
        let backup = file.result.as_ref().unwrap().backup.as_ref().unwrap();
        assert_eq!(backed_up(backup, 1), [format!("1|{tenant}")]);
    }
    assert_eq!(names(&backups).len(), 32);
}

/// What a killed process has left goes with the next backup, and nothing else does: an upgrade that
/// fails takes no place of an older backup.
#[test]
fn leftovers_go() {
    let (folder, path) = file("DELETE");
    for name in [
        "app.db.backup.partial",
        "app.db.backup.partial-journal",
        "app.db.backup.partial-wal",
        "app.db.v1.backup.new",
    ] {
        std::fs::write(folder.path().join(name), "half of a backup").unwrap();
    }
    for name in ["v0", "v1", "v1-2", "v1-3", "v1-4"] {
        let backup = folder.path().join(format!("app.db.{name}.backup"));
        std::fs::copy(&path, backup).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut failing = steps("SELECT absent")
        .strategy()
        .backup(Backup::new().keep(3));
    failing.open(&path).unwrap_err();
    assert_eq!(
        names(folder.path()),
        [
            "app.db",
            "app.db.v0.backup",
            "app.db.v1-2.backup",
            "app.db.v1-3.backup",
            "app.db.v1-4.backup",
            "app.db.v1.backup",
        ]
    );
}

/// The app was killed between its commit and the name.
#[test]
fn a_backup_of_what_was_committed_gets_its_name_later() {
    let (folder, path) = file("DELETE");
    std::fs::copy(&path, folder.path().join("app.db.v1.backup.new")).unwrap();
    drop(Connection::open(&path).map(|connection| {
        let step = "UPDATE item SET price = 0; PRAGMA user_version = 2";
        connection.execute_batch(step).unwrap();
    }));
    drop(good().backup(Backup::new()).open(&path).unwrap());
    assert_eq!(
        names(folder.path()),
        ["app.db", "app.db.v1.backup", "app.db.v2.backup"]
    );
    assert_eq!(
        backed_up(&folder.path().join("app.db.v1.backup"), 1)[2],
        "3|21"
    );
    assert_eq!(
        backed_up(&folder.path().join("app.db.v2.backup"), 2)[2],
        "3|0"
    );
}

/// Names that are no text, or look like something else.
#[cfg(unix)]
#[test]
fn any_name_of_a_file_is_fine() {
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 4] = [
        b"caf\xe9.db",
        b"a b%20?x#y'.db",
        b".v1.backup",
        b"no-extension",
    ];
    for name in names {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        file_at(&path, steps("").history, 1, "WAL", ROWS);
        drop(good().backup(Backup::new()).open(&path).unwrap());
        let backup = folder
            .path()
            .join(std::ffi::OsStr::from_bytes(&[name, b".v1.backup"].concat()));
        assert_eq!(backed_up(&backup, 1).len(), 500, "{}", path.display());
    }
}
