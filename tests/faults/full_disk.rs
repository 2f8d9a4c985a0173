//! A disk without room.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use stepladder::{Error, MigrationStrategy};

use crate::child::{self, End};
use crate::place::Place;
use crate::scenario::{
    ADOPT, BACKUP, BEFORE_STEPS, EACH_STEP, EACH_STEP_BACKUP, ON_CREATE, PLAIN, Scenario,
};
use crate::scene::{self, NEWEST};
use crate::support::{one, settings};
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

/// The error names the version that the file has, and what has been committed stays.
#[test]
fn a_limit_at_each_page_leaves_a_version() {
    for scenario in [
        &EACH_STEP,
        &EACH_STEP_BACKUP,
        &BEFORE_STEPS,
        &ON_CREATE,
        &ADOPT,
    ] {
        for journal in ["DELETE", "WAL"] {
            let pragmas = format!("{SMALL_PAGES}{journal}");
            let mut place = Place::new(scenario, memory_folder(), 40, &pragmas);
            let mut ends: BTreeMap<i32, usize> = BTreeMap::new();
            for more in 1.. {
                let (what, failed) = limited(&mut place, journal, more);
                if !failed {
                    break;
                }
                *ends.entry(place.at()).or_default() += 1;
                place.finish(&what);
            }
            tell(&format!(
                "{}, {journal}: no room for {ends:?}",
                scenario.name
            ));
            assert!(!ends.is_empty());
        }
    }
}

/// An upgrade of a file that may get so many more pages; whether it failed.
fn limited(place: &mut Place, journal: &str, more: i64) -> (String, bool) {
    place.reset();
    let mut connection = Connection::open(&place.path).unwrap();
    let before = settings(&connection);
    let pages: i64 = one(&connection, "PRAGMA page_count");
    let limit = format!("PRAGMA max_page_count = {}", pages + more);
    let what = format!("{journal}, {pages} and {more} pages");
    one::<i64>(&connection, &limit);
    let mut strategy = place.scenario.strategy(&mut place.steps);
    let migrated = strategy.migrate(&mut connection);
    assert_eq!(settings(&connection), before, "{what}");
    match &migrated {
        Ok(_) => {}
        Err(Error::PartlyUpgraded { source, .. }) => assert!(is_full(source), "{source}"),
        Err(error) => assert!(is_full(error), "{what}: {error}"),
    }
    connection.close().unwrap();
    place.require_exactly(End::of(&migrated), &what);
    (what, migrated.is_err())
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
pub(crate) fn on_a_small_disk(probe: &Path) {
    if !mount(probe, "size=8m") {
        return child::say("skipped");
    }
    for scenario in [&PLAIN, &BACKUP, &EACH_STEP_BACKUP] {
        for journal in ["DELETE", "WAL"] {
            until_it_fits(scenario, journal);
        }
    }
}

fn mount(folder: &Path, options: &str) -> bool {
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", options, "tmpfs"]);
    let status = command.arg(folder).status();
    status.is_ok_and(|status| status.success())
}

fn until_it_fits(scenario: &'static Scenario, journal: &str) {
    let outside = tempfile::tempdir().unwrap();
    let pragmas = format!("PRAGMA journal_mode = {journal}");
    let mut place = Place::new(scenario, outside, ITEMS, &pragmas);
    place.reset();
    let old = place.path.metadata().unwrap().len() / 4096;
    assert!(mount(place.folder(), "size=8m"));
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    // The shared memory of a WAL is a file too: eight pages of 4 KiB.
    for pages in old.. {
        place.reset();
        assert!(mount(
            place.folder(),
            &format!("remount,size={}k", pages * 4)
        ));
        let what = format!("{}, {journal}, {pages} pages", scenario.name);
        let opened = scenario
            .strategy(&mut place.steps)
            .open(&place.path)
            .map(drop);
        assert!(mount(place.folder(), "remount,size=8m"));
        let end = End::of(&opened);
        let name = match &end {
            End::Failed { message, .. } => says_full(message, &what),
            End::Done | End::Killed => "",
        };
        place.require_exactly(end, &what);
        if opened.is_ok() {
            break;
        }
        *refused.entry(name).or_default() += 1;
        place.finish(&what);
    }
    let unmounted = Command::new("umount").arg(place.folder()).status();
    assert!(unmounted.unwrap().success());
    child::say(&format!(
        "{}, {journal}: {refused:?} sizes were too small",
        scenario.name
    ));
    assert_eq!(refused.contains_key("backup"), scenario.backs_up());
    assert!(refused["upgrade"] > 3, "{refused:?}");
}

/// What was refused: the backup or the upgrade.
fn says_full(message: &str, what: &str) -> &'static str {
    let known = [
        "is full",
        "disk I/O error",
        "unable to open database file",
        "No space left",
    ];
    assert!(
        known.iter().any(|known| message.contains(known)),
        "{what}: {message}"
    );
    if message.starts_with("cannot back up") {
        "backup"
    } else {
        "upgrade"
    }
}
