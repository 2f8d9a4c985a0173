//! Many databases with the same schema: an app with a file a tenant.

use std::any::Any;
use std::fmt;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::error::{Error, Result};
use crate::strategy::{MigrationStrategy, NewDatabase, OpeningDetails};
use crate::upgrade::Migrator;

/// What became of one of the files.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// What happened to it, or why nothing did.
    pub result: Result<OpeningDetails>,
}

/// How far [`migrate_all`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilesDone {
    /// How many files are done, those that failed included.
    pub done: usize,
    /// How many there are.
    pub of: usize,
}

type OnFile<'p> = dyn FnMut(&FileReport, FilesDone) + 'p;

/// How [`migrate_all`] goes about it.
#[derive(Default)]
pub struct MigrateAllOptions<'p> {
    threads: Option<NonZeroUsize>,
    on_file: Option<Box<OnFile<'p>>>,
}

impl<'p> MigrateAllOptions<'p> {
    /// As many threads as there are processors, and nobody to tell.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many files are worked on at the same time.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Calls this on the calling thread each time a file is done, in the order in which they are.
    #[must_use]
    pub fn on_file(mut self, callback: impl FnMut(&FileReport, FilesDone) + 'p) -> Self {
        self.on_file = Some(Box::new(callback));
        self
    }
}

impl fmt::Debug for MigrateAllOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MigrateAllOptions")
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// Opens each of the files as [`MigrationStrategy::open`] does, closes it again, and reports on each
/// in the order of the paths. Only a file that is missing or empty is [`Error::NoDatabase`], as with
/// [`NewDatabase::Refuse`]: a tenant who has gone stays away, and a wrong folder is not filled with
/// empty databases.
///
/// Each thread makes a strategy and keeps it. A file that fails, or a step that panics, leaves the
/// others alone; after a panic the thread makes a new strategy. To resume, call it again with the
/// same paths: a file that is up to date costs one read.
///
/// ```
/// # mod schema {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/build-support/tests/golden/plain.rs"));
/// # }
/// use stepladder::{MigrateAllOptions, MigrationStrategy, migrate_all};
///
/// # let folder = std::env::temp_dir().join(format!("tenants-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// let tenants = ["ada", "bob"].map(|tenant| folder.join(tenant).with_extension("db"));
/// # for tenant in &tenants {
/// #     MigrationStrategy::new(schema::migration_steps(())).open(tenant).unwrap();
/// # }
/// let options = MigrateAllOptions::new().on_file(|file, files| {
///     println!("{} of {}: {}", files.done, files.of, file.path.display());
/// });
/// let strategy = || MigrationStrategy::new(schema::migration_steps(()));
/// for file in migrate_all(tenants, strategy, options) {
///     assert!(file.result.is_ok(), "{}: {:?}", file.path.display(), file.result);
/// }
/// # std::fs::remove_dir_all(&folder).unwrap();
/// ```
///
/// # Panics
/// Where the callback of the options does; the files that are being worked on are finished first.
pub fn migrate_all<'s, M: Migrator>(
    paths: impl IntoIterator<Item = impl Into<PathBuf>>,
    make_strategy: impl Fn() -> MigrationStrategy<'s, M> + Sync,
    options: MigrateAllOptions<'_>,
) -> Vec<FileReport> {
    let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
    let of = paths.len();
    let mut on_file = options.on_file;
    let mut reports: Vec<(usize, FileReport)> = Vec::with_capacity(of);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, receiver) = channel();
        let (paths, next, make_strategy) = (&paths, &next, &make_strategy);
        let started = (0..threads(options.threads).min(of)).filter(|_| {
            let sender = sender.clone();
            let work = move || work(paths, next, make_strategy, &sender);
            // Where there are no more threads, those that there are do it.
            thread::Builder::new().spawn_scoped(scope, work).is_ok()
        });
        if started.count() == 0 {
            work(paths, next, make_strategy, &sender);
        }
        // The channel ends when the last thread does.
        drop(sender);
        for (place, report) in receiver {
            let done = reports.len() + 1;
            if let Some(callback) = &mut on_file {
                callback(&report, FilesDone { done, of });
            }
            reports.push((place, report));
        }
    });
    reports.sort_by_key(|(place, _)| *place);
    reports.into_iter().map(|(_, report)| report).collect()
}

fn threads(wanted: Option<NonZeroUsize>) -> usize {
    let threads = wanted.or_else(|| thread::available_parallelism().ok());
    threads.map_or(1, NonZeroUsize::get)
}

/// What one thread does: the next file that nobody has taken, until there is none, or nobody waits
/// for the reports any more.
fn work<'s, M: Migrator>(
    paths: &[PathBuf],
    next: &AtomicUsize,
    make_strategy: &impl Fn() -> MigrationStrategy<'s, M>,
    reports: &Sender<(usize, FileReport)>,
) {
    let mut strategy = None;
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some(path) = paths.get(place) else { return };
        let result = open_one(path, &mut strategy, make_strategy);
        let path = path.clone();
        if reports.send((place, FileReport { path, result })).is_err() {
            return;
        }
    }
}

fn open_one<'s, M: Migrator>(
    path: &Path,
    strategy: &mut Option<MigrationStrategy<'s, M>>,
    make_strategy: &impl Fn() -> MigrationStrategy<'s, M>,
) -> Result<OpeningDetails> {
    // What a panic may have left half done is the strategy, and that is dropped.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let existing = || make_strategy().new_database(NewDatabase::Refuse);
        let strategy = strategy.get_or_insert_with(existing);
        let (_, details) = strategy.open_with_details(path)?;
        Ok(details)
    }));
    opened.unwrap_or_else(|panic| {
        *strategy = None;
        Err(Error::Panicked {
            message: message(panic.as_ref()),
        })
    })
}

/// What a panic says, where it is a text.
fn message(panic: &(dyn Any + Send)) -> Option<String> {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
}
