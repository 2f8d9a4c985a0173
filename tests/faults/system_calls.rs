//! A fault at every system call of an upgrade: strace kills the process there, or makes the call
//! fail: <https://man7.org/linux/man-pages/man1/strace.1.html>

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rusqlite::Connection;
use stepladder::MigrationStrategy;

use crate::child;
use crate::random::Random;
use crate::scene::{self, NEWEST, OLDEST};
use crate::support::Steps;
use crate::{effort, memory_folder, tell};

const ITEMS: i64 = 40;

/// How the file is kept, and the settings of the connection: with a small cache, pages of the
/// unfinished transaction go to the file; with small checkpoints, the WAL goes to the file often.
const MODES: [(&str, &str); 6] = [
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

/// The calls that change a file; not every processor's Linux has all of them.
const CHANGES: [&str; 7] = [
    "pwrite64",
    // Older versions of SQLite move the position first.
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "unlinkat",
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

/// A folder with a file at the oldest version, and where it is tried.
struct Place {
    _folder: tempfile::TempDir,
    old: PathBuf,
    path: PathBuf,
    pragmas: &'static str,
    mode: String,
    steps: Steps,
}

impl Place {
    fn new((journal, pragmas): (&str, &'static str)) -> Self {
        let folder = memory_folder();
        let steps = scene::steps();
        let old = folder.path().join("old.db");
        let keep = format!("PRAGMA page_size = 1024; PRAGMA journal_mode = {journal}");
        scene::create(&old, steps.history, ITEMS, &keep);
        Self {
            old,
            path: folder.path().join("app.db"),
            _folder: folder,
            pragmas,
            mode: format!("{journal}, `{pragmas}`"),
            steps,
        }
    }

    fn reset(&self) {
        for end in ["-journal", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
        std::fs::copy(&self.old, &self.path).unwrap();
    }

    /// Upgrades in a child under strace with these arguments. What the child said.
    fn upgrade(&self, arguments: &[&str]) -> Vec<String> {
        let log = format!("{}.strace", self.path.display());
        let mut program = vec!["strace", "-f", "-qq", "-o", &log];
        program.extend(arguments);
        // Nothing but the database: its files, and the folder, which is synced as well.
        let ends = ["", "-journal", "-wal", "-shm"];
        let files = ends.map(|end| format!("{}{end}", self.path.display()));
        program.extend(files.iter().flat_map(|file| ["-P", file]));
        program.extend(["-P", self.path.parent().unwrap().to_str().unwrap()]);
        let mut command = child::command_under(&program, "upgrade", &self.path, self.pragmas);
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let said: Vec<String> = (child::said(&said).into_iter().map(str::to_owned)).collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.first().is_some_and(|first| first == "started"),
            "{arguments:?}: {errors}"
        );
        said
    }

    /// How often an upgrade makes each call.
    fn calls(&self) -> BTreeMap<String, usize> {
        self.reset();
        let every: Vec<_> = CHANGES
            .iter()
            .chain(&["pread64", "read"])
            .copied()
            .collect();
        let trace = format!("trace=?{}", every.join(",?"));
        assert_eq!(self.upgrade(&["-e", &trace])[1], "done");
        let log = std::fs::read_to_string(format!("{}.strace", self.path.display())).unwrap();
        let mut calls = BTreeMap::new();
        for line in log.lines().filter(|line| line.contains('(')) {
            let call = line.split('(').next().unwrap_or_default();
            let call = call.rsplit(' ').next().unwrap_or_default();
            *calls.entry(call.to_owned()).or_default() += 1;
        }
        calls
    }

    fn inject(&self, call: &str, number: usize, fault: &str, later: &str) -> Vec<String> {
        let (trace, inject) = (
            format!("trace={call}"),
            format!("inject={call}:{fault}:when={number}{later}"),
        );
        self.upgrade(&["-e", &trace, "-e", &inject])
    }

    /// What is in the file is one of these versions.
    fn require(&self, allowed: &[i32], what: &str) -> i32 {
        let connection = Connection::open(&self.path).unwrap();
        scene::require(&connection, self.steps.history, ITEMS, allowed, what)
    }

    /// The next time that the app starts, the upgrade is finished.
    fn finish(&mut self, what: &str) {
        let opened = MigrationStrategy::new(&mut self.steps).open(&self.path);
        drop(opened.unwrap_or_else(|error| panic!("{what}: {error}")));
        self.require(&[NEWEST], what);
    }
}

/// Whether strace is there and may trace; where it is not, the tests say so and do nothing.
fn strace_works() -> bool {
    static WORKS: OnceLock<bool> = OnceLock::new();
    *WORKS.get_or_init(|| {
        let inject = "inject=getppid:error=EIO:when=1";
        let tried = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "-e", inject, "true"])
            .output();
        let works = tried.is_ok_and(|output| output.status.success());
        if !works {
            tell("skipped: strace is not there, or may not trace");
        }
        works
    })
}

#[test]
fn a_kill_at_every_change_of_a_file_is_recovered() {
    if !strace_works() {
        return;
    }
    let mut random = Random::new(7);
    for mode in MODES {
        let mut place = Place::new(mode);
        let calls = place.calls();
        let mut ends: BTreeMap<i32, usize> = BTreeMap::new();
        for (call, count) in calls {
            if !CHANGES.contains(&&*call) {
                continue;
            }
            for number in 1..=count {
                let what = format!("{}: killed at {call} {number} of {count}", place.mode);
                place.reset();
                let said = place.inject(&call, number, "signal=KILL", "");
                assert_eq!(said, ["started"], "{what}");
                if number % effort(4, 1) == 0 {
                    // And again, when the next start of the app recovers.
                    let number = 1 + random.below(count);
                    place.inject(&call, number, "signal=KILL", "");
                }
                *ends
                    .entry(place.require(&[OLDEST, NEWEST], &what))
                    .or_default() += 1;
                place.finish(&what);
            }
        }
        tell(&format!("{}: versions after a kill {ends:?}", place.mode));
        assert!(ends[&OLDEST] > 10, "{}: {ends:?}", place.mode);
    }
}

#[test]
fn an_error_of_every_system_call_is_told_and_loses_nothing() {
    if !strace_works() {
        return;
    }
    let (mut told, mut points) = (BTreeSet::new(), 0);
    let mut ends: BTreeMap<(bool, i32), usize> = BTreeMap::new();
    for mode in MODES {
        let mut place = Place::new(mode);
        let calls = place.calls();
        for (call, error, later, stride) in ERRORS {
            let count = calls.get(call).copied().unwrap_or(0);
            for number in (1..=count).step_by(effort(stride, 1)) {
                points += 1;
                let what = format!("{}: {error} at {call} {number}{later}", place.mode);
                place.reset();
                let said = place.inject(call, number, &format!("error={error}"), later);
                let end = said.last().unwrap();
                let allowed: &[i32] = if end == "done" {
                    &[NEWEST]
                } else {
                    told.insert(says_why(&place.path, end, &what));
                    &[OLDEST, NEWEST]
                };
                let version = place.require(allowed, &what);
                *ends.entry((end == "done", version)).or_default() += 1;
                place.finish(&what);
            }
        }
    }
    tell(&format!(
        "{points} errors, told in {} ways: {ends:?}",
        told.len()
    ));
    assert!(told.len() > 10, "{told:#?}");
}

/// The error says what happened to the disk.
fn says_why(path: &Path, said: &str, what: &str) -> String {
    let known = [
        "disk is full",
        "disk I/O error",
        "unable to open database file",
        "cannot be read or written",
        // What SQLite makes of EIO where it reads a page.
        "disk image is malformed",
    ];
    assert!(
        said.starts_with("error ") && known.iter().any(|known| said.contains(known)),
        "{what}: {said}"
    );
    said.replace(&*path.to_string_lossy(), "app.db")
}
