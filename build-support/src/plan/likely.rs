//! Which of several possible renames is the likely one.

use crate::folder::distance;

/// The pairs of an old and a new thing, each of both at most once: those with the most similar
/// names first, and otherwise in their order.
pub(super) fn likely<T>(pairs: &[T], names: impl Fn(&T) -> (&str, &str)) -> Vec<&T> {
    let mut sorted: Vec<&T> = pairs.iter().collect();
    sorted.sort_by_cached_key(|pair| {
        let (old, new) = names(pair);
        distance(old, new)
    });
    let mut taken: Vec<&T> = Vec::new();
    for pair in sorted {
        let (old, new) = names(pair);
        let free = |other: &&T| {
            let (other_old, other_new) = names(other);
            old != other_old && new != other_new
        };
        if taken.iter().all(free) {
            taken.push(pair);
        }
    }
    taken
}
