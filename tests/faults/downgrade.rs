//! The file of a newer app, opened to be read: `Downgrade::OpenReadOnly`.

use std::collections::BTreeMap;
use std::fs;

use rusqlite::Connection;

use crate::child::End;
use crate::place::Place;
use crate::scenario::READ_ONLY;
use crate::strace::{self, CHANGES, Traced};
use crate::{memory_folder, tell};

/// A kill or an error at any call leaves every byte. With a rollback journal there is no call that
/// changes a file; with a WAL, SQLite makes an empty WAL and its index beside it, and removes them
/// when it closes the file.
#[test]
fn no_fault_changes_a_byte_of_a_file_that_is_read() {
    if !strace::works() {
        return;
    }
    for (journal, error) in [("DELETE", "EIO"), ("WAL", "EIO"), ("WAL", "ENOSPC")] {
        let mut traced = Traced::new(&READ_ONLY, (journal, ""));
        let calls = traced.calls();
        let changes = calls.iter().filter(|(call, _)| CHANGES.contains(&&***call));
        assert_eq!(changes.count() > 0, journal == "WAL", "{calls:?}");
        let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
        for (call, count) in calls {
            for number in 1..=count {
                for fault in ["signal=KILL", &format!("error={error}")] {
                    let what = format!("{journal}: {fault} at {call} {number}");
                    traced.place.reset();
                    let report = traced.inject(&call, number, fault, "");
                    let end = match &report.end {
                        End::Done => "done",
                        End::Killed => "killed",
                        End::Failed { .. } => "failed",
                    };
                    *ends.entry(end).or_default() += 1;
                    traced.place.require_untouched(&what);
                    traced.place.require(&report, &what);
                    traced.place.finish(&what);
                    traced.place.require_untouched(&what);
                }
            }
        }
        tell(&format!("{journal}: {ends:?}"));
        assert!(ends["killed"] > 0);
    }
}

/// What the newer app left when it was killed is SQLite's to recover: what is in the WAL goes to the
/// file when the last connection is closed, `query_only` or not. The rows are the same before and
/// after: <https://www.sqlite.org/pragma.html#pragma_query_only>
#[test]
fn sqlite_itself_moves_a_wal_into_a_file_that_is_read() {
    let mut place = Place::new(&READ_ONLY, memory_folder(), 30, "PRAGMA journal_mode = WAL");
    place.reset();
    // Rows that are only in the WAL of an app that was killed.
    let newer = Connection::open(&place.path).unwrap();
    let sql = "PRAGMA wal_autocheckpoint = 0; UPDATE item SET remark = remark || '!'; \
               UPDATE item SET remark = rtrim(remark, '!')";
    newer.execute_batch(sql).unwrap();
    let wal = place.folder().join("app.db-wal");
    let (bytes, in_wal) = (fs::read(&place.path).unwrap(), fs::read(&wal).unwrap());
    newer.close().unwrap();
    place.reset();
    fs::write(&place.path, &bytes).unwrap();
    fs::write(&wal, &in_wal).unwrap();

    let opened = place
        .scenario
        .strategy(&mut place.steps)
        .open(&place.path)
        .unwrap();
    let same = fs::read(&wal).unwrap() == in_wal;
    assert!(same, "opening and reading has changed the WAL");
    opened.close().unwrap();
    assert!(!wal.exists());
    assert!(fs::read(&place.path).unwrap() != bytes);
    let connection = Connection::open(&place.path).unwrap();
    let way = READ_ONLY.way();
    READ_ONLY.require(&connection, &place.steps, 30, &way, "after the close");
}
