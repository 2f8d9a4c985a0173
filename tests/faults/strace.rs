//! An upgrade under strace, which counts its system calls, and makes one fail or kills the process
//! there: <https://man7.org/linux/man-pages/man1/strace.1.html>

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::OnceLock;

use crate::child::{self, Report};
use crate::place::Place;
use crate::scenario::Scenario;
use crate::{memory_folder, tell};

const ITEMS: i64 = 40;

/// The calls that change a file; not every processor's Linux has all of them.
pub(crate) const CHANGES: [&str; 7] = [
    "pwrite64",
    // Older versions of SQLite move the position first.
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "unlinkat",
];

/// The others that are counted: a backup is made with some of them.
const OTHERS: [&str; 6] = ["pread64", "read", "openat", "fchmod", "rename", "mkdir"];

/// How the file is kept, and the settings of the connection.
pub(crate) type Mode = (&'static str, &'static str);

pub(crate) struct Traced {
    pub(crate) place: Place,
    journal: &'static str,
    pragmas: &'static str,
    pub(crate) mode: String,
}

impl Traced {
    pub(crate) fn new(scenario: &'static Scenario, (journal, pragmas): Mode) -> Self {
        let keep = format!("PRAGMA page_size = 1024; PRAGMA journal_mode = {journal}");
        Self {
            place: Place::new(scenario, memory_folder(), ITEMS, &keep),
            journal,
            pragmas,
            mode: format!("{journal}, `{pragmas}`"),
        }
    }

    pub(crate) fn is_wal(&self) -> bool {
        self.journal == "WAL"
    }

    /// Upgrades in a child under strace with these arguments. What the child said.
    fn upgrade(&self, arguments: &[&str]) -> Report {
        let log = self.place.outside("strace.log").display().to_string();
        let mut program = vec!["strace", "-f", "-qq", "-o", &log];
        program.extend(arguments);
        // Nothing but the database: its files, and the folder, which is synced as well.
        let mut files = self.place.files();
        files.push(self.place.folder().to_owned());
        let files = files.iter().map(|file| file.to_str().unwrap());
        program.extend(files.clone().flat_map(|file| ["-P", file]));
        let (name, path) = (self.place.scenario.name, &self.place.path);
        let mut command = child::command_under(&program, name, path, self.pragmas);
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let said = child::said(&said);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.first(), Some(&"started"), "{arguments:?}: {errors}");
        Report::of(said)
    }

    /// How often an upgrade makes each call.
    pub(crate) fn calls(&mut self) -> BTreeMap<String, usize> {
        self.place.reset();
        let every = [CHANGES.as_slice(), &OTHERS].concat();
        let trace = format!("trace=?{}", every.join(",?"));
        let report = self.upgrade(&["-e", &trace]);
        assert!(matches!(report.end, child::End::Done), "{report:?}");
        let log = fs::read_to_string(self.place.outside("strace.log")).unwrap();
        let mut calls = BTreeMap::new();
        for line in log.lines().filter(|line| line.contains('(')) {
            let call = line.split('(').next().unwrap_or_default();
            let call = call.rsplit(' ').next().unwrap_or_default();
            *calls.entry(call.to_owned()).or_default() += 1;
        }
        calls
    }

    pub(crate) fn inject(&self, call: &str, number: usize, fault: &str, later: &str) -> Report {
        let (trace, inject) = (
            format!("trace={call}"),
            format!("inject={call}:{fault}:when={number}{later}"),
        );
        self.upgrade(&["-e", &trace, "-e", &inject])
    }
}

/// Whether strace is there and may trace; where it is not, the tests say so and do nothing.
pub(crate) fn works() -> bool {
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
