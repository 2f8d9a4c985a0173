//! What an app hears of a backup, and does to its connections.

use std::ops::ControlFlow::{Break, Continue};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use stepladder::{Backup, Error, Phase};

use crate::support::{file_at, settings};
use crate::{backed_up, file, good, names, steps};

/// A file of many pages with a rebuild to come.
fn large(journal: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
                INSERT INTO item SELECT i, i * 7 FROM n";
    file_at(&path, steps("").history, 1, "DELETE", rows);
    let connection = Connection::open(&path).unwrap();
    let set = format!("PRAGMA page_size = 512; VACUUM; PRAGMA journal_mode = {journal}");
    connection.execute_batch(&set).unwrap();
    (folder, path)
}

#[test]
fn a_backup_tells_its_pages_and_the_check_is_told_before() {
    let (_folder, path) = large("DELETE");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let mut strategy = good().backup(Backup::new()).on_progress(move |progress| {
        hearing.lock().unwrap().push(progress.clone());
        Continue(())
    });
    strategy.open(&path).unwrap();
    let heard = heard.lock().unwrap();
    let mut phases: Vec<_> = heard.iter().map(|progress| progress.phase).collect();
    phases.dedup();
    assert_eq!(phases.first(), Some(&Phase::Check));
    assert_eq!(phases.last(), Some(&Phase::Step));
    let pages = std::fs::metadata(&path).unwrap().len() / 512;
    let done: Vec<_> = phases[1..phases.len() - 1]
        .iter()
        .map(|phase| match phase {
            Phase::Backup {
                pages_done,
                pages: of,
            } => {
                assert_eq!(*of, pages);
                *pages_done
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(done.len() > 1 && done.is_sorted(), "{done:?}");
    assert_eq!(done.last(), Some(&pages));
    let before = heard.iter().filter(|progress| progress.step == 0);
    assert!(before.clone().all(|told| (told.from, told.to) == (1, 3)));
    let mut lines: Vec<_> = before.map(ToString::to_string).collect();
    lines.dedup();
    assert_eq!(lines[0], "checking the file");
    assert_eq!(
        lines[1],
        format!("backing up the file, 1000 of {pages} pages")
    );
}

/// Before the first step, nothing has happened; and no part of a backup stays.
#[test]
fn the_check_and_the_backup_can_be_cancelled_at_any_time() {
    for journal in ["DELETE", "WAL"] {
        let (folder, path) = large(journal);
        let bytes = std::fs::read(&path).unwrap();
        let (mut checks, mut backups) = (0, 0);
        for nth in 0.. {
            let mut connection = Connection::open(&path).unwrap();
            let before = settings(&connection);
            let calls = AtomicUsize::new(0);
            let last = Arc::new(Mutex::new(None));
            let telling = Arc::clone(&last);
            let mut strategy = good().backup(Backup::new()).on_progress(move |progress| {
                *telling.lock().unwrap() = Some(progress.phase);
                if calls.fetch_add(1, Ordering::Relaxed) == nth || progress.step > 0 {
                    Break(())
                } else {
                    Continue(())
                }
            });
            let error = strategy.migrate(&mut connection).unwrap_err();
            assert_eq!(settings(&connection), before);
            drop(connection);
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{nth}");
            assert_eq!(names(folder.path()), ["app.db"], "{nth}");
            match (last.lock().unwrap().take(), error) {
                (Some(Phase::Check), Error::Cancelled { step: None }) => checks += 1,
                (Some(Phase::Backup { .. }), Error::Cancelled { step: None }) => backups += 1,
                (Some(Phase::Step), Error::Cancelled { step: Some((1, 2)) }) => break,
                (phase, other) => panic!("{nth}: {phase:?}, {other}"),
            }
        }
        // How often SQLite calls during the check depends on its version.
        assert!(checks > 0 && backups > 3, "{checks} {backups}");
    }
}

/// Such as the key of an encrypted file, which needs another SQLite.
#[test]
fn the_app_prepares_each_connection() {
    let (folder, path) = file("WAL");
    let calls = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&calls);
    let backup = Backup::new().on_connection(move |connection| {
        counting.fetch_add(1, Ordering::Relaxed);
        assert!(connection.is_autocommit());
        Ok(())
    });
    drop(good().backup(backup).open(&path).unwrap());
    // To the database, to its copy, and to read that back.
    assert_eq!(calls.load(Ordering::Relaxed), 3);
    assert_eq!(
        backed_up(&folder.path().join("app.db.v1.backup"), 1).len(),
        500
    );
    // It fails.
    for nth in 0..3 {
        let (folder, path) = file("DELETE");
        let bytes = std::fs::read(&path).unwrap();
        let calls = AtomicUsize::new(0);
        let backup = Backup::new().on_connection(move |connection| {
            match calls.fetch_add(1, Ordering::Relaxed) {
                call if call == nth => connection.execute_batch("SELECT wrong_key"),
                _ => Ok(()),
            }
        });
        let error = good().backup(backup).open(&path).unwrap_err();
        assert!(matches!(error, Error::BackupFailed { .. }), "{error}");
        assert!(error.to_string().contains("wrong_key"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(names(folder.path()), ["app.db"]);
    }
}
