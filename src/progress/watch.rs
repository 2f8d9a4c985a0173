//! The hook of the app, and when it is called.

use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{Phase, Progress, TableProgress};
use crate::error::{Error, Result};

type Hook = dyn FnMut(&Progress) -> ControlFlow<()> + Send;

/// The hook of the app, if it has one. SQLite calls it through a handler that has to be `'static`,
/// and we call it as well.
#[derive(Clone, Default)]
pub(crate) struct Watch(Option<Arc<Mutex<Watching>>>);

struct Watching {
    hook: Box<Hook>,
    /// The upgrade; `None` while none runs.
    upgrade: Option<Upgrade>,
    /// The code of the app is running, in a step.
    in_app: bool,
    cancelled: bool,
    /// What the hook panicked with.
    panic: Option<Box<dyn Any + Send>>,
}

struct Upgrade {
    start: Instant,
    /// `None` before there is anything to tell.
    phase: Option<Phase>,
    steps: usize,
    step: usize,
    versions: (i32, i32),
    table: Option<Table>,
}

struct Table {
    start: Instant,
    name: String,
    done: u64,
    rows: u64,
}

/// How many instructions of SQLite's machine pass between two calls: about a millisecond.
const INSTRUCTIONS: i32 = 100_000;

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.0.is_some()).finish()
    }
}

impl Watch {
    pub(crate) fn new(hook: impl FnMut(&Progress) -> ControlFlow<()> + Send + 'static) -> Self {
        Self(Some(Arc::new(Mutex::new(Watching {
            hook: Box::new(hook),
            upgrade: None,
            in_app: false,
            cancelled: false,
            panic: None,
        }))))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// An upgrade of so many steps begins. Until what this returns is dropped, SQLite calls the
    /// hook.
    pub(crate) fn begin<'c>(&self, connection: &'c mut Connection, steps: usize) -> Begun<'c> {
        self.with(|watching| {
            watching.cancelled = false;
            watching.panic = None;
            watching.upgrade = Some(Upgrade {
                start: Instant::now(),
                phase: None,
                steps,
                step: 0,
                versions: (0, 0),
                table: None,
            });
        });
        self.hear(connection);
        Begun {
            watch: self.clone(),
            connection,
        }
    }

    /// Lets SQLite call the hook while it works on this connection.
    pub(crate) fn hear(&self, connection: &mut Connection) {
        if self.is_set() {
            let watch = self.clone();
            // Some versions of rusqlite return a result, others nothing. It fails where there is no
            // memory left, and then so does the upgrade.
            let _ = connection.progress_handler(INSTRUCTIONS, Some(move || watch.interrupts()));
        }
    }

    /// The steps between these versions are being prepared, which is not told of itself.
    pub(crate) fn prepare(&self, from: i32, to: i32) {
        self.with(|watching| {
            if let Some(upgrade) = &mut watching.upgrade {
                upgrade.versions = (from, to);
            }
        });
    }

    /// The file is going to be checked.
    pub(crate) fn check(&self) -> Result<()> {
        self.change(|upgrade| upgrade.phase = Some(Phase::Check))
    }

    /// Pages of the backup have been written.
    pub(crate) fn pages_done(&self, pages_done: u64, pages: u64) -> Result<()> {
        self.change(|upgrade| upgrade.phase = Some(Phase::Backup { pages_done, pages }))
    }

    /// A step begins.
    pub(crate) fn step(&self, from: i32, to: i32) -> Result<()> {
        self.change(|upgrade| {
            upgrade.phase = Some(Phase::Step);
            upgrade.step += 1;
            upgrade.steps = upgrade.steps.max(upgrade.step);
            upgrade.versions = (from, to);
            upgrade.table = None;
        })
    }

    /// Something of a step begins.
    pub(crate) fn tick(&self) -> Result<()> {
        self.change(|_| {})
    }

    /// The copy of a table begins.
    pub(crate) fn table(&self, name: &str, rows: u64) -> rusqlite::Result<()> {
        let table = Table {
            start: Instant::now(),
            name: name.to_owned(),
            done: 0,
            rows,
        };
        self.interrupting(|upgrade| upgrade.table = Some(table))
    }

    /// Rows of the table have been copied.
    pub(crate) fn rows_done(&self, count: u64) -> rusqlite::Result<()> {
        self.interrupting(|upgrade| {
            if let Some(table) = &mut upgrade.table {
                table.done += count;
            }
        })
    }

    /// The table has been copied.
    pub(crate) fn end_table(&self) {
        self.with(|watching| {
            if let Some(upgrade) = &mut watching.upgrade {
                upgrade.table = None;
            }
        });
    }

    /// Runs code of the app, which is not interrupted: SQLite ends the whole transaction when a
    /// statement that writes is interrupted, and code that takes no notice would go on outside of
    /// it. <https://www.sqlite.org/c3ref/interrupt.html>
    pub(crate) fn in_app<T>(&self, work: impl FnOnce() -> T) -> Result<T> {
        self.with(|watching| watching.in_app = true);
        let done = work();
        self.with(|watching| watching.in_app = false);
        self.settle()?;
        Ok(done)
    }

    /// Fails where the hook has cancelled the upgrade, and panics where it has.
    pub(crate) fn settle(&self) -> Result<()> {
        let mut panic = None;
        let cancelled = self.with(|watching| {
            panic = watching.panic.take();
            let upgrade = watching.upgrade.as_ref();
            let in_step = upgrade.filter(|upgrade| upgrade.phase == Some(Phase::Step));
            watching
                .cancelled
                .then_some(in_step.map(|upgrade| upgrade.versions))
        });
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
        match cancelled.flatten() {
            Some(step) => Err(Error::Cancelled { step }),
            None => Ok(()),
        }
    }

    /// Changes what is to be told, and tells it.
    fn change(&self, change: impl FnOnce(&mut Upgrade)) -> Result<()> {
        self.with(|watching| watching.report(change));
        self.settle()
    }

    /// The same for where an error of SQLite is needed.
    fn interrupting(&self, change: impl FnOnce(&mut Upgrade)) -> rusqlite::Result<()> {
        let stopping = self.with(|watching| {
            watching.report(change);
            watching.is_stopping()
        });
        if stopping == Some(true) {
            let interrupted = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT);
            return Err(rusqlite::Error::SqliteFailure(interrupted, None));
        }
        Ok(())
    }

    /// What SQLite asks from time to time: whether it has to stop.
    fn interrupts(&self) -> bool {
        let Some(shared) = &self.0 else {
            return false;
        };
        let mut watching = match shared.try_lock() {
            Ok(watching) => watching,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // The hook itself is running.
            Err(TryLockError::WouldBlock) => return false,
        };
        watching.report(|_| {});
        watching.is_stopping() && !watching.in_app
    }

    fn with<T>(&self, work: impl FnOnce(&mut Watching) -> T) -> Option<T> {
        let shared = self.0.as_ref()?;
        let mut watching: MutexGuard<'_, Watching> =
            shared.lock().unwrap_or_else(PoisonError::into_inner);
        Some(work(&mut watching))
    }
}

impl Watching {
    /// Calls the hook, unless it has had enough. A panic is kept: it must not pass through SQLite.
    fn report(&mut self, change: impl FnOnce(&mut Upgrade)) {
        let stopping = self.is_stopping();
        let Some(upgrade) = &mut self.upgrade else {
            return;
        };
        change(upgrade);
        if stopping {
            return;
        }
        let Some(progress) = upgrade.progress() else {
            return;
        };
        let hook = &mut self.hook;
        match catch_unwind(AssertUnwindSafe(|| hook(&progress))) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => self.cancelled = true,
            Err(panic) => self.panic = Some(panic),
        }
    }

    fn is_stopping(&self) -> bool {
        self.cancelled || self.panic.is_some()
    }
}

impl Upgrade {
    fn progress(&self) -> Option<Progress> {
        Some(Progress {
            phase: self.phase?,
            from: self.versions.0,
            to: self.versions.1,
            step: self.step,
            steps: self.steps,
            table: self.table.as_ref().map(Table::progress),
            elapsed: self.start.elapsed(),
        })
    }
}

impl Table {
    fn progress(&self) -> TableProgress {
        let elapsed = self.start.elapsed();
        let expected = (self.done > 0).then(|| {
            let share = u128::from(self.rows.max(self.done)) * elapsed.as_nanos();
            let nanoseconds = share / u128::from(self.done);
            Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
        });
        TableProgress {
            name: self.name.clone(),
            rows_done: self.done,
            rows: self.rows,
            elapsed,
            expected,
        }
    }
}

/// An upgrade of which the hook hears. SQLite forgets the hook when this is dropped.
pub(crate) struct Begun<'c> {
    watch: Watch,
    pub(crate) connection: &'c mut Connection,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if self.watch.is_set() {
            let _ = self.connection.progress_handler(0, None::<fn() -> bool>);
        }
        self.watch.with(|watching| {
            watching.upgrade = None;
            watching.in_app = false;
        });
    }
}
