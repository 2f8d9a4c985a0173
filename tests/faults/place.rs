//! A file at the start of a scenario, which is brought back there for every fault.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::child::{End, Report};
use crate::scenario::Scenario;
use crate::scene;
use crate::support::{Steps, one};

/// How many backups there are at most; `Backup::new` has it.
const KEPT: usize = 3;

/// What SQLite has beside a file.
const ENDS: [&str; 4] = ["", "-journal", "-wal", "-shm"];

pub(crate) struct Place {
    pub(crate) scenario: &'static Scenario,
    pub(crate) steps: Steps,
    /// The file; nothing else is in its folder.
    pub(crate) path: PathBuf,
    outside: TempDir,
    items: i64,
    /// The version at which the file was last.
    at: i32,
    /// Nobody has looked since then.
    is_unsure: bool,
    is_fresh: bool,
}

impl Place {
    /// The file is kept as the pragmas say.
    pub(crate) fn new(
        scenario: &'static Scenario,
        outside: TempDir,
        items: i64,
        pragmas: &str,
    ) -> Self {
        let mut steps = scene::steps();
        scenario.prepare(&outside.path().join("old.db"), &mut steps, items, pragmas);
        Self {
            path: outside.path().join("app").join("app.db"),
            outside,
            scenario,
            steps,
            items,
            at: scenario.way()[0],
            is_unsure: false,
            is_fresh: true,
        }
    }

    /// The version at which the file was last.
    pub(crate) fn at(&self) -> i32 {
        self.at
    }

    /// For what does not belong to the app.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.outside.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap()
    }

    /// The files that an upgrade may change.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let of = |name: &str| ENDS.map(|end| self.folder().join(format!("{name}{end}")));
        let mut files = of("app.db").to_vec();
        if self.scenario.backs_up() {
            files.extend(of("app.db.backup.partial"));
        }
        files
    }

    pub(crate) fn reset(&mut self) {
        // The folder stays: it may be where something is mounted.
        fs::create_dir_all(self.folder()).unwrap();
        for name in self.names() {
            fs::remove_file(self.folder().join(name)).unwrap();
        }
        let old = self.outside("old.db");
        if old.exists() {
            fs::copy(old, &self.path).unwrap();
        }
        self.at = self.scenario.way()[0];
        (self.is_fresh, self.is_unsure) = (true, false);
    }

    /// After an upgrade at which nobody looks, because that could be a recovery.
    pub(crate) fn pass(&mut self) {
        (self.is_fresh, self.is_unsure) = (false, true);
    }

    /// After an upgrade: the file is where its process said, or one commit further. Where it is.
    pub(crate) fn require(&mut self, report: &Report, what: &str) -> i32 {
        if self.is_fresh {
            self.require_no_traces(report, what);
        }
        self.is_fresh = false;
        let what = format!("{}, {what}: {report:?}", self.scenario.name);
        self.require_one_of(&self.allowed(report), &what)
    }

    /// The same after an upgrade that could tell how it ended: the file is where that says, and where
    /// nothing was committed not a byte has changed.
    pub(crate) fn require_exactly(&mut self, end: End, what: &str) {
        let expected = match &end {
            End::Done => self.scenario.target(),
            End::Failed {
                committed: Some(version),
                ..
            } => *version,
            End::Failed { .. } | End::Killed => {
                if self.is_fresh {
                    self.require_untouched(what);
                }
                self.at
            }
        };
        let report = Report {
            began_at: None,
            end,
        };
        let version = self.require(&report, what);
        assert_eq!(version, expected, "{what}: {report:?}");
    }

    /// The next time that the app starts, the upgrade is finished.
    pub(crate) fn finish(&mut self, what: &str) {
        let what = format!("{}, {what}, opened again", self.scenario.name);
        let opened = self.scenario.strategy(&mut self.steps).open(&self.path);
        drop(opened.unwrap_or_else(|error| panic!("{what}: {error}")));
        let had_work = self.at != self.scenario.target();
        self.require_one_of(&[self.scenario.target()], &what);
        if self.scenario.backs_up() {
            self.require_backups_of_a_finished_upgrade(had_work, &what);
        }
    }

    /// Of what an upgrade says, only that it is done, or what it has committed, is sure.
    fn allowed(&self, report: &Report) -> Vec<i32> {
        let way = self.scenario.way();
        let place = |version: i32| way.iter().position(|known| *known == version).unwrap();
        let mut first = place(self.at);
        if self.scenario.is_each_step()
            && let Some(began_at) = report.began_at
        {
            first = first.max(place(began_at));
        }
        match &report.end {
            End::Done => return vec![self.scenario.target()],
            End::Failed {
                committed: Some(version),
                ..
            } => {
                assert!(place(*version) >= first, "{report:?}");
                first = place(*version);
            }
            End::Failed { .. } | End::Killed => {}
        }
        let is_far = self.is_unsure && report.began_at.is_none();
        let end = if is_far { way.len() } else { first + 2 };
        way[first..way.len().min(end)].to_vec()
    }

    fn require_one_of(&mut self, allowed: &[i32], what: &str) -> i32 {
        let connection = Connection::open(&self.path).unwrap();
        let (scenario, items) = (self.scenario, self.items);
        self.at = scenario.require(&connection, &self.steps, items, allowed, what);
        self.is_unsure = false;
        connection.close().unwrap();
        self.require_files(what);
        self.at
    }

    /// What a failure leaves of a backup: nothing, unless the disk is damaged. Where there is no
    /// backup, the file has not been touched.
    fn require_no_traces(&self, report: &Report, what: &str) {
        let End::Failed {
            committed: None,
            message,
        } = &report.end
        else {
            return;
        };
        let is_backup = message.starts_with("cannot back up");
        let damage = ["disk I/O error", "malformed"];
        if is_backup {
            self.require_untouched(what);
        }
        if is_backup || !damage.iter().any(|damage| message.contains(damage)) {
            let backups = self.backups(what);
            assert!(backups.is_empty(), "{what}: {message}: {backups:?}");
        }
    }

    /// Not a byte of the file has changed.
    pub(crate) fn require_untouched(&self, what: &str) {
        // There was none, and what SQLite makes of it is empty.
        let old = fs::read(self.outside("old.db")).unwrap_or_default();
        let same = fs::read(&self.path).unwrap_or_default() == old;
        assert!(same, "{what}: the file has changed");
        let wal = fs::metadata(self.folder().join("app.db-wal"));
        assert!(!wal.is_ok_and(|wal| wal.len() > 0), "{what}");
    }
}

/// Backups.
impl Place {
    /// The backups, also those of which nobody knows yet whether they are needed: each is whole.
    pub(crate) fn backups(&self, what: &str) -> BTreeMap<i32, usize> {
        let way = self.scenario.way();
        let mut backups = BTreeMap::new();
        for name in self.names() {
            if !is_backup(&name) {
                continue;
            }
            // A copy of it, because SQLite may write beside a file.
            let copy = self.outside("copy.db");
            fs::copy(self.folder().join(&name), &copy).unwrap();
            let connection = Connection::open(&copy).unwrap();
            let version: i32 = one(&connection, "PRAGMA user_version");
            let what = format!("{what}: {name}");
            (self.scenario).require(&connection, &self.steps, self.items, &way, &what);
            connection.close().unwrap();
            let rest = name.strip_prefix(&format!("app.db.v{version}"));
            assert!(
                rest.is_some_and(|rest| rest.starts_with(['.', '-'])),
                "{what}"
            );
            *backups.entry(version).or_default() += 1;
        }
        backups
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).unwrap();
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        entries.map(|entry| name(entry).unwrap()).collect()
    }

    /// There is nothing beside the file that does not belong there, and no heap of backups.
    fn require_files(&self, what: &str) {
        let known = self.files();
        for name in self.names() {
            let is_known = known.contains(&self.folder().join(&name));
            let is_backup = self.scenario.backs_up() && is_backup(&name);
            assert!(is_known || is_backup, "{what}: {name}");
        }
        for (version, count) in self.backups(what) {
            // One more, where the kill was before the oldest went.
            assert!(count <= KEPT + 1, "{what}: {count} of version {version}");
        }
    }

    fn require_backups_of_a_finished_upgrade(&self, had_work: bool, what: &str) {
        let names = self.names();
        assert!(
            !names.iter().any(|name| name.contains("partial")),
            "{what}: {names:?}"
        );
        let backups = self.backups(what);
        let count: usize = backups.values().sum();
        assert!(count > 0, "{what}: no backup");
        if had_work {
            assert!(count <= KEPT, "{what}: {names:?}");
        }
        if !self.scenario.is_each_step() {
            let first = self.scenario.way()[0];
            assert!(backups.contains_key(&first), "{what}: {names:?}");
        }
    }
}

fn is_backup(name: &str) -> bool {
    name.ends_with(".backup") || name.ends_with(".backup.new")
}
