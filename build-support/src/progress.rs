//! How far a long piece of work is, for one who waits for it.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How far a long piece of work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is done.
    pub work: Work,
    /// The version from which it starts.
    pub from: i32,
    /// The version to which it leads.
    pub to: i32,
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
}

/// Work that takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A step is drafted, and its draft is proven.
    Draft,
    /// A step and its rollback are proven.
    Proof,
    /// Steps in a row are proven, each on the rows that the one before it has left.
    Chain,
}

/// Who is told of the progress, from whichever thread does the work.
pub type Watcher<'w> = dyn Fn(&Progress) + Sync + 'w;

/// Tells nobody.
pub(crate) fn nobody(_: &Progress) {}

/// In one line, as `proving 3 -> 4 (57/118)`.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = match self.work {
            Work::Draft => "drafting",
            Work::Proof => "proving",
            Work::Chain => "proving in a row",
        };
        let Self {
            from,
            to,
            number,
            count,
            ..
        } = self;
        write!(f, "{work} {from} -> {to} ({number}/{count})")
    }
}

/// Counts pieces of work as they are begun.
pub(crate) struct Counter<'w> {
    watcher: &'w Watcher<'w>,
    work: Work,
    begun: AtomicUsize,
    count: usize,
}

impl<'w> Counter<'w> {
    pub(crate) fn new(watcher: &'w Watcher<'w>, work: Work, count: usize) -> Self {
        let begun = AtomicUsize::new(0);
        Self {
            watcher,
            work,
            begun,
            count,
        }
    }

    /// The next piece is begun.
    pub(crate) fn begin(&self, from: i32, to: i32) {
        let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        let (work, count) = (self.work, self.count.max(number));
        (self.watcher)(&Progress {
            work,
            from,
            to,
            number,
            count,
        });
    }
}
