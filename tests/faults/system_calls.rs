//! A fault at every system call of an upgrade.

use std::collections::{BTreeMap, BTreeSet};

use crate::child::End;
use crate::place::Place;
use crate::random::Random;
use crate::scenario::{self, Scenario};
use crate::scene;
use crate::strace::{self, CHANGES, Mode, Traced};
use crate::{effort, tell};

/// With a small cache, pages of the unfinished transaction go to the file; with small checkpoints,
/// the WAL goes to the file often.
const MODES: [Mode; 6] = [
    ("DELETE", ""),
    ("DELETE", "PRAGMA cache_size = 4"),
    ("DELETE", "PRAGMA journal_mode = TRUNCATE"),
    ("DELETE", "PRAGMA journal_mode = PERSIST"),
    ("WAL", ""),
    (
        "WAL",
        "PRAGMA cache_size = 4; PRAGMA wal_autocheckpoint = 2",
    ),
];

/// The faults that a call can meet: the call, its error, whether every later one meets it too, and
/// how many calls there are to one that is tried in CI.
const ERRORS: [(&str, &str, &str, usize); 12] = [
    ("pwrite64", "ENOSPC", "", 2),
    // The disk stays full: SQLite cannot even write what it would roll back with.
    ("pwrite64", "ENOSPC", "+", 1),
    ("pwrite64", "EIO", "", 3),
    ("pread64", "EIO", "", 8),
    ("write", "ENOSPC", "", 2),
    ("write", "ENOSPC", "+", 1),
    ("write", "EIO", "", 3),
    ("read", "EIO", "", 8),
    ("fsync", "EIO", "+", 1),
    ("fdatasync", "EIO", "+", 1),
    ("ftruncate", "EIO", "", 1),
    ("unlink", "EIO", "", 1),
];

/// What a backup meets besides.
const ERRORS_OF_A_BACKUP: [(&str, &str, &str, usize); 5] = [
    ("openat", "ENOSPC", "", 1),
    ("openat", "EACCES", "+", 1),
    ("fchmod", "EPERM", "", 1),
    ("rename", "EIO", "", 1),
    ("fsync", "EIO", "", 1),
];

/// The numbers of calls: all of them, or so many, the last among them.
fn numbers(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let stride = count.div_ceil(most.max(1)).max(1);
    (1..=count).rev().step_by(stride)
}

#[test]
fn a_kill_at_every_change_of_a_file_is_recovered() {
    if !strace::works() {
        return;
    }
    for mode in MODES {
        let ends = kills(&scenario::PLAIN, mode, (&CHANGES, usize::MAX));
        assert!(ends[&1] > 10, "{mode:?}: {ends:?}");
    }
}

/// How many points of a call are tried for each of these.
const SCENARIOS: [(&Scenario, usize); 8] = [
    (&scenario::EACH_STEP, 8),
    (&scenario::BACKUP, 6),
    (&scenario::EACH_STEP_BACKUP, 3),
    (&scenario::ROLLBACK, 3),
    (&scenario::EACH_ROLLBACK, 3),
    (&scenario::ON_CREATE, 2),
    (&scenario::BEFORE_STEPS, 3),
    (&scenario::ADOPT, 2),
];

/// The usual two; with a small cache where there is time.
fn modes() -> impl Iterator<Item = Mode> {
    let usual = [MODES[0], MODES[4]];
    usual
        .into_iter()
        .chain((0..effort(0, 2)).map(|more| [MODES[1], MODES[5]][more]))
}

#[test]
fn a_kill_at_a_change_in_any_way_of_upgrading_is_recovered() {
    if !strace::works() {
        return;
    }
    let calls = [CHANGES.as_slice(), &["openat", "rename"]].concat();
    for (scenario, most) in SCENARIOS {
        let mut ends = BTreeMap::new();
        for mode in modes() {
            ends.extend(kills(scenario, mode, (&calls, effort(most, usize::MAX))));
        }
        // A rollback journal that is still there is played back, so that only a WAL has the others.
        assert!(ends.len() > 1, "{}: {ends:?}", scenario.name);
    }
}

/// At which versions kills leave the file.
fn kills(
    scenario: &'static Scenario,
    mode: Mode,
    (calls, most): (&[&str], usize),
) -> BTreeMap<i32, usize> {
    let mut random = Random::new(7);
    let mut traced = Traced::new(scenario, mode);
    let mut ends: BTreeMap<i32, usize> = BTreeMap::new();
    for (call, count) in traced.calls() {
        if !calls.contains(&&*call) {
            continue;
        }
        for number in numbers(count, most) {
            let what = format!("{}: killed at {call} {number} of {count}", traced.mode);
            traced.place.reset();
            let report = traced.inject(&call, number, "signal=KILL", "");
            assert!(matches!(report.end, End::Killed), "{what}: {report:?}");
            if number % effort(4, 1) == 0 {
                // And again, when the next start of the app recovers.
                traced.place.pass();
                let number = 1 + random.below(count);
                let report = traced.inject(&call, number, "signal=KILL", "");
                *ends
                    .entry(traced.place.require(&report, &what))
                    .or_default() += 1;
            } else {
                *ends
                    .entry(traced.place.require(&report, &what))
                    .or_default() += 1;
            }
            traced.place.finish(&what);
        }
    }
    tell(&format!(
        "{}, {}: versions after a kill {ends:?}",
        scenario.name, traced.mode
    ));
    ends
}

/// Every start of the app makes a backup and is killed before its commit.
#[test]
fn however_often_an_upgrade_is_killed_there_is_no_heap_of_backups() {
    if !strace::works() {
        return;
    }
    let mut traced = Traced::new(&scenario::BACKUP, MODES[0]);
    let calls = traced.calls();
    let of_unlink = |call: &&str| calls.contains_key(*call);
    // The last is that of the journal, which is the commit. Later starts have more of them, and come
    // less far, but past the backup.
    let call = ["unlink", "unlinkat"].into_iter().find(of_unlink).unwrap();
    traced.place.reset();
    for start in 1..=8 {
        let what = format!("start {start}");
        let report = traced.inject(call, calls[call], "signal=KILL", "");
        assert!(matches!(report.end, End::Killed), "{what}: {report:?}");
        assert_eq!(traced.place.require(&report, &what), scene::OLDEST);
        let backups = traced.place.backups(&what);
        assert_eq!(backups[&scene::OLDEST], 1, "{what}");
    }
    traced.place.finish("at last");
}

#[derive(Default)]
struct Told {
    ways: BTreeSet<String>,
    points: usize,
    ends: BTreeMap<(&'static str, i32), usize>,
}

#[test]
fn an_error_of_every_system_call_is_told_and_loses_nothing() {
    if !strace::works() {
        return;
    }
    let mut told = Told::default();
    for mode in MODES {
        let mut traced = Traced::new(&scenario::PLAIN, mode);
        let calls = traced.calls();
        for (call, error, later, stride) in ERRORS {
            let count = calls.get(call).copied().unwrap_or(0);
            for number in (1..=count).step_by(effort(stride, 1)) {
                told.meet(&mut traced, (call, error, later), number);
            }
        }
    }
    told.tell();
    assert!(told.ways.len() > 10, "{:#?}", told.ways);
}

#[test]
fn an_error_in_any_way_of_upgrading_is_told_and_loses_nothing() {
    if !strace::works() {
        return;
    }
    for (scenario, most) in SCENARIOS {
        let mut told = Told::default();
        for mode in modes() {
            let mut traced = Traced::new(scenario, mode);
            let calls = traced.calls();
            let of_a_backup = ERRORS_OF_A_BACKUP.iter().filter(|_| scenario.backs_up());
            for (call, error, later, _) in ERRORS.iter().chain(of_a_backup) {
                let count = calls.get(*call).copied().unwrap_or(0);
                for number in numbers(count, effort(most, usize::MAX)) {
                    told.meet(&mut traced, (call, error, later), number);
                }
            }
        }
        told.tell_of(scenario);
    }
}

impl Told {
    fn meet(
        &mut self,
        traced: &mut Traced,
        (call, error, later): (&str, &str, &str),
        number: usize,
    ) {
        self.points += 1;
        let what = format!("{}: {error} at {call} {number}{later}", traced.mode);
        traced.place.reset();
        let report = traced.inject(call, number, &format!("error={error}"), later);
        let version = traced.place.require(&report, &what);
        let end = match &report.end {
            End::Killed => panic!("{what}: {report:?}"),
            End::Done => "done",
            End::Failed { committed, message } => {
                self.ways.insert(says_why(&traced.place, message, &what));
                match committed {
                    None => "failed",
                    Some(named) if *named == version => "partly",
                    Some(_) => {
                        // The commit is in the WAL and only its sync has failed: SQLite finds it
                        // there when it opens the file again.
                        let may = traced.is_wal() && ["fsync", "fdatasync"].contains(&call);
                        assert!(may, "{what}: {report:?}, and is at version {version}");
                        "partly, and one more"
                    }
                }
            }
        };
        *self.ends.entry((end, version)).or_default() += 1;
        traced.place.finish(&what);
    }

    fn tell(&self) {
        let (points, ways) = (self.points, self.ways.len());
        tell(&format!(
            "{points} errors, told in {ways} ways: {:?}",
            self.ends
        ));
    }

    fn tell_of(&self, scenario: &Scenario) {
        tell(scenario.name);
        self.tell();
    }
}

/// The error says what happened to the disk.
fn says_why(place: &Place, said: &str, what: &str) -> String {
    let known = [
        "disk is full",
        "disk I/O error",
        "unable to open database file",
        "cannot be read or written",
        // What SQLite makes of EIO where it reads a page.
        "disk image is malformed",
        // And of a file that it can open only to read.
        "readonly database",
    ];
    // What Rust says, which makes the backup.
    let of_a_backup = ["os error", "the copy is not sound"];
    let is_backup = said.starts_with("cannot back up");
    let says = |known: &[&str]| known.iter().any(|known| said.contains(known));
    assert!(
        says(&known) || is_backup && says(&of_a_backup),
        "{what}: {said}"
    );
    said.replace(&*place.folder().to_string_lossy(), "")
}
