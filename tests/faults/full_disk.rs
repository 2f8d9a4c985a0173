//! A disk without room.

use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use stepladder::{Error, MigrationStrategy, Result};

use crate::child;
use crate::scene::{self, NEWEST};
use crate::support::{Steps, one, settings};
use crate::{memory_folder, tell};

const ITEMS: i64 = 200;
/// Many small pages: many moments at which there is no room for one more.
const SMALL_PAGES: &str = "PRAGMA page_size = 512; PRAGMA journal_mode = ";

fn is_full(error: &Error) -> bool {
    matches!(error, Error::DiskFull(_))
}

#[test]
fn a_limit_at_each_page_leaves_the_file_as_it_was() {
    let mut steps = scene::steps();
    for journal in ["DELETE", "WAL"] {
        let folder = memory_folder();
        let path = folder.path().join("app.db");
        let pragmas = format!("{SMALL_PAGES}{journal}");
        scene::create(&path, steps.history, ITEMS, &pragmas);
        let old = std::fs::read(&path).unwrap();
        let first = old.len() / 512;
        let mut refused = 0;
        loop {
            let pages = first + refused;
            let mut connection = Connection::open(&path).unwrap();
            let limit = format!("PRAGMA max_page_count = {pages}");
            assert_eq!(
                one::<i64>(&connection, &limit),
                i64::try_from(pages).unwrap()
            );
            let before = settings(&connection);
            let migrated = MigrationStrategy::new(&mut steps).migrate(&mut connection);
            assert_eq!(settings(&connection), before, "{journal}, {pages} pages");
            if migrated.is_ok() {
                break;
            }
            let error = migrated.unwrap_err();
            assert!(is_full(&error), "{journal}, {pages} pages: {error}");
            connection.close().unwrap();
            let same = std::fs::read(&path).unwrap() == old;
            assert!(same, "{journal}, {pages} pages: the file has changed");
            refused += 1;
        }
        let connection = Connection::open(&path).unwrap();
        scene::require(&connection, steps.history, ITEMS, &[NEWEST], journal);
        tell(&format!("{journal}: no room for {refused} pages"));
        assert!(refused > 5, "{journal}: {refused}");
    }
}

/// A real file system that is full, in a mount namespace of its own: it goes with the process.
#[test]
fn a_full_file_system_leaves_the_file_as_it_was() {
    // With the rights of root, or in a user namespace where that is allowed.
    for program in [["unshare", "-m"], ["unshare", "-rm"]] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = child::command_under(&program, "small disk", folder.path(), "");
        let Ok(output) = command.output() else {
            continue;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = child::said(&text);
        if said.is_empty() || said == ["skipped"] {
            continue;
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}\n{errors}");
        return tell(&said.join("; "));
    }
    tell("skipped: no small file system can be mounted");
}

/// What the child does: it tries file systems of growing sizes until the upgrade fits.
pub(crate) fn on_a_small_disk(folder: &Path) {
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]);
        let status = command.arg(folder).status();
        status.is_ok_and(|status| status.success())
    };
    if !mount("size=8m") {
        return child::say("skipped");
    }
    let mut steps = scene::steps();
    for journal in ["DELETE", "WAL"] {
        let mut refused = 0;
        let path = folder.join("app.db");
        let pragmas = format!("PRAGMA journal_mode = {journal}");
        scene::create(&path, steps.history, ITEMS, &pragmas);
        let old = std::fs::read(&path).unwrap();
        // The shared memory of a WAL is a file too: eight pages of 4 KiB.
        for pages in old.len() / 4096.. {
            assert!(mount(&format!("remount,size={}k", pages * 4)));
            let what = format!("{journal}, {pages} pages");
            match open(&mut steps, &path) {
                Ok(()) => break,
                Err(error) => {
                    let error = error.to_string();
                    let known = ["is full", "disk I/O error", "unable to open database file"];
                    let says_why = known.iter().any(|known| error.contains(known));
                    assert!(says_why, "{what}: {error}");
                    refused += 1;
                }
            }
            assert!(std::fs::read(&path).unwrap() == old, "{what}");
        }
        let connection = Connection::open(&path).unwrap();
        scene::require(&connection, steps.history, ITEMS, &[NEWEST], journal);
        connection.close().unwrap();
        assert!(mount("remount,size=8m"));
        std::fs::remove_file(&path).unwrap();
        assert!(refused > 3, "{journal}: {refused}");
        child::say(&format!("{journal}: {refused} sizes were too small"));
    }
}

fn open(steps: &mut Steps, path: &Path) -> Result<()> {
    MigrationStrategy::new(steps).open(path).map(drop)
}
