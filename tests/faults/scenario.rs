//! What an app may have set on its strategy, and where its file is when it starts: the faults are
//! the same for each.

use std::path::Path;

use rusqlite::Connection;
use stepladder::verify::Adopt;
use stepladder::{Backup, Downgrade, MigrationStrategy, Migrator, TransactionMode};

use crate::scene::{self, NEWEST, OLDEST};
use crate::support::rebuilt::stored;
use crate::support::{Steps, one};

/// The `user_version` of a file from before the history.
const BEFORE: i32 = -1;
/// The `user_version` that a newer app has left.
pub(crate) const NEWER: i32 = 9;
/// The rows that `on_create` makes.
const CREATED: i64 = 25;

/// Where a file is before it is opened.
#[derive(Debug, Clone, Copy)]
enum Start {
    At(i32),
    /// There is none, or one with nothing in it.
    Empty,
    /// `before_steps` brings it to the oldest version.
    Before,
    /// Another tool has made it: the schema of the oldest version, and no version.
    Foreign,
    /// A newer app has written it, and it is opened to be read.
    Newer,
}

/// How many transactions, and whether a backup comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extra {
    Nothing,
    EachStep,
    Backup,
    EachStepAndBackup,
}

/// A strategy, and a file for it.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// By which a child finds it.
    pub(crate) name: &'static str,
    start: Start,
    target: i32,
    extra: Extra,
}

const fn scenario(name: &'static str, start: Start, target: i32, extra: Extra) -> Scenario {
    Scenario {
        name,
        start,
        target,
        extra,
    }
}

const UP: Start = Start::At(OLDEST);
const DOWN: Start = Start::At(NEWEST);

pub(crate) static PLAIN: Scenario = scenario("plain", UP, NEWEST, Extra::Nothing);
pub(crate) static EACH_STEP: Scenario = scenario("each step", UP, NEWEST, Extra::EachStep);
pub(crate) static BACKUP: Scenario = scenario("backup", UP, NEWEST, Extra::Backup);
pub(crate) static EACH_STEP_BACKUP: Scenario =
    scenario("each step, backup", UP, NEWEST, Extra::EachStepAndBackup);
pub(crate) static ROLLBACK: Scenario = scenario("rollback", DOWN, OLDEST, Extra::Nothing);
pub(crate) static EACH_ROLLBACK: Scenario =
    scenario("each rollback", DOWN, OLDEST, Extra::EachStep);
pub(crate) static ON_CREATE: Scenario = scenario("on_create", Start::Empty, NEWEST, Extra::Nothing);
pub(crate) static BEFORE_STEPS: Scenario = scenario(
    "before_steps",
    Start::Before,
    NEWEST,
    Extra::EachStepAndBackup,
);
pub(crate) static ADOPT: Scenario = scenario("adopt", Start::Foreign, NEWEST, Extra::Backup);

pub(crate) static READ_ONLY: Scenario = scenario("read-only", Start::Newer, NEWEST, Extra::Nothing);

static ALL: [&Scenario; 10] = [
    &PLAIN,
    &EACH_STEP,
    &BACKUP,
    &EACH_STEP_BACKUP,
    &ROLLBACK,
    &EACH_ROLLBACK,
    &ON_CREATE,
    &BEFORE_STEPS,
    &ADOPT,
    &READ_ONLY,
];

impl Scenario {
    pub(crate) fn named(name: &str) -> &'static Self {
        let mut all = ALL.into_iter();
        all.find(|scenario| scenario.name == name).unwrap()
    }

    /// Makes the file.
    pub(crate) fn prepare(&self, path: &Path, steps: &mut Steps, items: i64, pragmas: &str) {
        match self.start {
            Start::Empty => {
                // A file with a header, where the pragmas make one.
                let connection = Connection::open(path).unwrap();
                return connection.execute_batch(pragmas).unwrap();
            }
            Start::At(_) | Start::Before | Start::Foreign | Start::Newer => {
                scene::create(path, steps.history, items, pragmas);
            }
        }
        let mut connection = Connection::open(path).unwrap();
        let sql = match self.start {
            Start::Before => {
                "CREATE TABLE event (line TEXT, at INTEGER); \
                 INSERT INTO event (rowid, line, at) SELECT rowid, line, at FROM log; \
                 DROP TABLE log; PRAGMA user_version = -1"
            }
            Start::Foreign => "PRAGMA user_version = 0",
            Start::Newer => {
                MigrationStrategy::new(steps)
                    .migrate(&mut connection)
                    .unwrap();
                "PRAGMA user_version = 9"
            }
            Start::At(version) => {
                let mut strategy = MigrationStrategy::new(steps).target(version);
                strategy.migrate(&mut connection).unwrap();
                ""
            }
            Start::Empty => "",
        };
        connection.execute_batch(sql).unwrap();
        connection.close().unwrap();
    }

    /// The strategy of the app.
    pub(crate) fn strategy<M: Migrator>(&self, migrator: M) -> MigrationStrategy<'static, M> {
        let mut strategy = MigrationStrategy::new(migrator)
            .target(self.target)
            .transaction(self.mode());
        if self.backs_up() {
            strategy = strategy.backup(Backup::new());
        }
        match self.start {
            Start::At(_) => strategy,
            Start::Empty => strategy.on_create(|new| Ok(scene::fill_new(new, CREATED)?)),
            Start::Before => strategy.before_steps(|old, version| {
                assert_eq!(version, BEFORE);
                Ok(old.execute_batch(FROM_BEFORE)?)
            }),
            Start::Foreign => strategy.adopt(Adopt::WhereSchemaIsEqual),
            Start::Newer => strategy.downgrade(Downgrade::OpenReadOnly),
        }
    }

    pub(crate) fn backs_up(&self) -> bool {
        matches!(self.extra, Extra::Backup | Extra::EachStepAndBackup)
    }

    pub(crate) fn is_each_step(&self) -> bool {
        self.mode() == TransactionMode::EachStep
    }

    fn mode(&self) -> TransactionMode {
        match self.extra {
            Extra::EachStep | Extra::EachStepAndBackup => TransactionMode::EachStep,
            Extra::Nothing | Extra::Backup => TransactionMode::All,
        }
    }

    /// The version at which the file is when all has gone well.
    pub(crate) fn target(&self) -> i32 {
        match self.start {
            Start::Newer => NEWER,
            _ => self.target,
        }
    }

    /// The versions at which the file may be, in their order: the first and the last, and with a
    /// transaction a step those between.
    pub(crate) fn way(&self) -> Vec<i32> {
        let (number, first) = match self.start {
            Start::At(version) => (version, None),
            Start::Empty => return vec![0, self.target],
            Start::Newer => return vec![NEWER],
            Start::Before => (OLDEST, Some(BEFORE)),
            Start::Foreign => (OLDEST, Some(0)),
        };
        let mut way: Vec<i32> = first.into_iter().collect();
        if number <= self.target {
            way.extend(number..=self.target);
        } else {
            way.extend((self.target..=number).rev());
        }
        if !self.is_each_step() {
            way.drain(1..way.len() - 1);
        }
        way
    }

    /// The steps, or the rollbacks, that run.
    pub(crate) fn steps(&self) -> Vec<(i32, i32)> {
        match self.start {
            Start::At(version) if version > self.target => (self.target..version)
                .rev()
                .map(|to| (to + 1, to))
                .collect(),
            Start::At(_) | Start::Before | Start::Foreign => {
                (OLDEST..self.target).map(|from| (from, from + 1)).collect()
            }
            Start::Empty | Start::Newer => Vec::new(),
        }
    }

    /// The database is sound and has all its rows, as they are at one of these versions, which is
    /// returned.
    pub(crate) fn require(
        &self,
        connection: &Connection,
        steps: &Steps,
        items: i64,
        allowed: &[i32],
        what: &str,
    ) -> i32 {
        let history = steps.history;
        let version = one::<i32>(connection, "PRAGMA user_version");
        let allows = allowed.contains(&version);
        match self.start {
            Start::Empty if version == 0 && allows => {
                assert!(stored(connection).is_empty(), "{what}: half of a schema");
                version
            }
            Start::Empty => scene::require(connection, history, CREATED, allowed, what),
            Start::Newer if version == NEWER && allows => {
                scene::require_contents(connection, history, items, NEWEST, what);
                version
            }
            Start::Foreign if version == 0 && allows => {
                scene::require_contents(connection, history, items, OLDEST, what);
                version
            }
            Start::Before if version == BEFORE && allows => {
                connection.execute_batch("BEGIN").unwrap();
                connection.execute_batch(FROM_BEFORE).unwrap();
                scene::require_contents(connection, history, items, OLDEST, what);
                connection.execute_batch("ROLLBACK").unwrap();
                version
            }
            _ => scene::require(connection, history, items, allowed, what),
        }
    }
}

/// What the app does in `before_steps`.
const FROM_BEFORE: &str = "CREATE TABLE log (line TEXT, at INTEGER); \
    CREATE INDEX log_at ON log (at); \
    INSERT INTO log (rowid, line, at) SELECT rowid, line, at FROM event; DROP TABLE event;";
