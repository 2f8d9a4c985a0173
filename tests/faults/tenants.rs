//! Many files at once.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use stepladder::verify::Validation;
use stepladder::{FileReport, MigrateAllOptions, MigrationStrategy, migrate_all};

use crate::child;
use crate::random::Random;
use crate::scenario::{EACH_STEP_BACKUP, PLAIN, Scenario};
use crate::scene::{self, NEWEST, OLDEST};
use crate::support::{Steps, one};
use crate::{effort, memory_folder, tell};

const FILES: usize = 1000;
const ITEMS: i64 = 3;

/// A thousand files, two of which cannot be upgraded: one is no database, one is of a newer app.
fn files(folder: &Path, steps: &Steps) -> Vec<PathBuf> {
    let first = folder.join("first.db");
    scene::create(&first, steps.history, ITEMS, "");
    let paths = (0..FILES).map(|number| folder.join(format!("{number}.db")));
    let paths: Vec<_> = paths.collect();
    for path in &paths {
        std::fs::copy(&first, path).unwrap();
    }
    std::fs::write(&paths[17], "no database ".repeat(100)).unwrap();
    let newer = Connection::open(&paths[400]).unwrap();
    newer.execute_batch("PRAGMA user_version = 9").unwrap();
    paths
}

fn failed(reports: &[FileReport]) -> Vec<(usize, String)> {
    let failed = reports.iter().enumerate().filter_map(|(place, report)| {
        let error = report.result.as_ref().err()?;
        Some((place, error.to_string()))
    });
    failed.collect()
}

#[test]
fn a_thousand_files_are_upgraded_and_failures_leave_the_others_alone() {
    let folder = memory_folder();
    let steps = scene::steps();
    let paths = files(folder.path(), &steps);
    let (made, working, most) = (counter(), counter(), counter());
    let counting = || {
        made.fetch_add(1, Ordering::SeqCst);
        strategy().before_open(|connection, _| {
            let now = working.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            let file = "SELECT file FROM pragma_database_list WHERE name = 'main'";
            let path: String = one(connection, file);
            std::thread::yield_now();
            working.fetch_sub(1, Ordering::SeqCst);
            assert!(!path.ends_with("/500.db"), "the tenant is unlucky");
            Ok(())
        })
    };
    let mut seen = Vec::new();
    let options = MigrateAllOptions::new()
        .threads(NonZeroUsize::new(3).unwrap())
        .on_file(|report, files| {
            seen.push(report.path.clone());
            assert_eq!((files.done, files.of), (seen.len(), FILES));
        });
    let reports = migrate_all(&paths, counting, options);
    seen.sort();
    let mut sorted = paths.clone();
    sorted.sort();
    assert_eq!(seen, sorted);
    let order = reports.iter().map(|report| &report.path);
    assert!(order.eq(&paths));
    let failures = failed(&reports);
    let places: Vec<_> = failures.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [17, 400, 500]);
    assert!(failures[0].1.contains("file is not a database"));
    assert!(failures[1].1.contains("version 9"));
    assert!(failures[2].1.contains("panicked: the tenant is unlucky"));
    // Three threads, and one of them once more after the panic.
    assert_eq!(made.into_inner(), 4);
    assert!(most.into_inner() <= 3);
    for (place, path) in paths.iter().enumerate() {
        if ![17, 400].contains(&place) {
            let connection = Connection::open(path).unwrap();
            let version: i32 = one(&connection, "PRAGMA user_version");
            assert_eq!(version, NEWEST, "{}", path.display());
        }
        if place % 100 == 0 && place != 400 {
            let connection = Connection::open(path).unwrap();
            let what = path.display().to_string();
            scene::require(&connection, steps.history, ITEMS, &[NEWEST], &what);
        }
    }
}

fn strategy<'h>() -> MigrationStrategy<'h, Steps> {
    MigrationStrategy::new(scene::steps()).validate(Validation::Never)
}

fn counter() -> AtomicUsize {
    AtomicUsize::new(0)
}

/// Whoever was stopped half way begins again: what is done is not done again.
#[test]
fn what_is_up_to_date_is_read_and_not_written() {
    let folder = memory_folder();
    let steps = scene::steps();
    let paths = files(folder.path(), &steps);
    let half = &paths[..FILES / 2];
    let start = Instant::now();
    let reports = migrate_all(half, strategy, MigrateAllOptions::new());
    let first = start.elapsed();
    assert_eq!(failed(&reports).len(), 2);
    let written = |path: &PathBuf| path.metadata().unwrap().modified().unwrap();
    let before: Vec<_> = half.iter().map(written).collect();
    let reports = migrate_all(&paths, strategy, MigrateAllOptions::new());
    let upgraded = reports.iter().filter(|report| {
        let details = report.result.as_ref();
        details.is_ok_and(stepladder::OpeningDetails::had_upgrade)
    });
    assert_eq!(upgraded.count(), FILES / 2);
    assert_eq!(half.iter().map(written).collect::<Vec<_>>(), before);
    let start = Instant::now();
    migrate_all(half, strategy, MigrateAllOptions::new());
    let again = start.elapsed();
    tell(&format!(
        "{} files: {first:?}, again: {again:?}",
        half.len()
    ));
    assert!(again < first / 2, "{first:?}, again: {again:?}");
}

#[test]
fn no_files_are_no_work() {
    let strategy = || -> MigrationStrategy<'_, Steps> { panic!("nobody needs it") };
    let none: [PathBuf; 0] = [];
    assert!(migrate_all(none, strategy, MigrateAllOptions::new()).is_empty());
}

/// A strategy that cannot be made is an error of each file, and not the end of the process.
#[test]
fn a_strategy_that_panics_is_told_for_each_file() {
    let folder = memory_folder();
    let paths = ["a.db", "b.db"].map(|name| folder.path().join(name));
    let strategy = || -> MigrationStrategy<'_, Steps> { panic!("no {}", "luck") };
    let reports = migrate_all(paths, strategy, MigrateAllOptions::new());
    let failures = failed(&reports);
    assert_eq!(failures.len(), 2);
    assert!(failures[1].1.contains("panicked: no luck"), "{failures:?}");
}

/// What a child does: it upgrades all the files in a folder.
pub(crate) fn work(folder: &Path, scenario: &str) {
    let scenario = Scenario::named(scenario);
    let strategy = || {
        scenario
            .strategy(scene::steps())
            .validate(Validation::Never)
    };
    let options = MigrateAllOptions::new()
        .threads(NonZeroUsize::new(2).unwrap())
        // At once: a kill could come before the end, each time.
        .on_file(|report, _| assert!(report.result.is_ok(), "{:?}", report.result));
    child::say("started");
    let reports = migrate_all(files_with(folder, "db"), strategy, options);
    let upgraded = reports.iter().filter(|report| {
        let details = report.result.as_ref();
        details.is_ok_and(stepladder::OpeningDetails::had_upgrade)
    });
    child::say(&format!("{} upgraded", upgraded.count()));
}

fn files_with(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == ending)
    });
    paths.sort();
    paths
}

/// Killed again and again in the middle of the files, each run does what the ones before have left.
#[test]
fn kills_between_files_leave_each_at_a_version_and_the_next_run_goes_on() {
    let mut random = Random::new(11);
    for (scenario, journal) in [(&PLAIN, "DELETE"), (&EACH_STEP_BACKUP, "WAL")] {
        let folder = memory_folder();
        let mut steps = scene::steps();
        let first = folder.path().join("0.db");
        let pragmas = format!("PRAGMA journal_mode = {journal}");
        scenario.prepare(&first, &mut steps, ITEMS, &pragmas);
        for number in 1..effort(200, 2000) {
            std::fs::copy(&first, folder.path().join(format!("{number}.db"))).unwrap();
        }
        let mut last = vec![OLDEST; files_with(folder.path(), "db").len()];
        let mut kills = 0;
        loop {
            let delay = Duration::from_millis(random.below(120) as u64);
            let name = scenario.name;
            let what = format!("{name}, killed {kills} times, now after {delay:?}");
            let command = child::command("tenants", folder.path(), name);
            let said = child::said_until_killed(command, delay);
            if let Some(end) = said.get(1) {
                tell(&format!("{name}: {kills} kills, then {end}"));
                break;
            }
            kills += 1;
            // Sometimes the next process is the first to see what is left.
            if random.below(3) > 0 {
                let now = versions(folder.path(), scenario, &steps, &what);
                let went_back = last.iter().zip(&now).find(|(last, now)| last > now);
                assert_eq!(went_back, None, "{what}");
                last = now;
            }
        }
        assert!(kills > 3, "{kills}");
        for path in files_with(folder.path(), "db") {
            let connection = Connection::open(&path).unwrap();
            let what = path.display().to_string();
            scenario.require(&connection, &steps, ITEMS, &[NEWEST], &what);
        }
        let backups = files_with(folder.path(), "backup");
        assert_eq!(backups.is_empty(), !scenario.backs_up());
        for path in backups {
            let connection = Connection::open(&path).unwrap();
            let what = path.display().to_string();
            scenario.require(&connection, &steps, ITEMS, &scenario.way(), &what);
        }
    }
}

/// The version of each file; those in the middle of which the process was killed are whole.
fn versions(folder: &Path, scenario: &Scenario, steps: &Steps, what: &str) -> Vec<i32> {
    let way = scenario.way();
    let version = |path: PathBuf| {
        let is_left = |end: &str| {
            let beside = format!("{}{end}", path.display());
            std::fs::metadata(beside).is_ok_and(|beside| beside.len() > 0)
        };
        let is_open = is_left("-journal") || is_left("-wal");
        let connection = Connection::open(&path).unwrap();
        let version: i32 = one(&connection, "PRAGMA user_version");
        let what = format!("{what}: {}", path.display());
        assert!(way.contains(&version), "{what}: {version}");
        if is_open {
            scenario.require(&connection, steps, ITEMS, &way, &what);
        }
        version
    };
    files_with(folder, "db").into_iter().map(version).collect()
}
