//! The seeds of the fuzz target `snapshot`, and mutations of them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

#[path = "../../fuzz/properties/snapshot.rs"]
mod properties;
#[path = "../../tests/faults/random.rs"]
mod random;

use random::Random;

#[test]
fn any_text_is_a_snapshot_or_a_diagnostic() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/snapshot");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seeds: Vec<_> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(seeds.len() > 2);
    for seed in &seeds {
        properties::check(std::str::from_utf8(seed).unwrap());
    }
    let long = std::env::var("STEPLADDER_FAULTS").is_ok_and(|effort| effort == "long");
    for number in 0..if long { 300_000 } else { 3000 } {
        let text = Random::new(number).mutated(&seeds);
        let checked = std::panic::catch_unwind(|| properties::check(&text));
        assert!(checked.is_ok(), "seed {number}: {text:?}");
    }
}
