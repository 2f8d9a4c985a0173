//! Work that is independent, on all processors.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More threads than this find little to do, and cargo builds other packages at the same time.
const MOST: usize = 8;

/// What the work makes of each of the first `count` numbers, in their order.
pub(crate) fn map<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<R>>> = (0..count).map(|_| Mutex::new(None)).collect();
    let run = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = results.get(index) else {
                return;
            };
            let result = work(index);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 1..threads.min(MOST).min(count) {
            scope.spawn(run);
        }
        run();
    });
    let results = results.into_iter();
    let results = results.map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner));
    // A panic in a thread goes on when the scope ends, so here each number was worked on.
    results.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_are_in_order() {
        assert_eq!(map(100, |n| n * 2), (0..200).step_by(2).collect::<Vec<_>>());
        assert_eq!(map(0, |n| n), Vec::<usize>::new());
        assert_eq!(map(1, |n| n), [0]);
    }
}
