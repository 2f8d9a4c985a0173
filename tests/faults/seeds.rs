//! The seeds of the fuzz target `sql`, and mutations of them.

#[path = "../../fuzz/properties/sql.rs"]
mod properties;

use crate::effort;
use crate::random::Random;

#[test]
fn any_text_has_tokens_and_statements() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/sql");
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
    for number in 0..effort(6000, 600_000) {
        let mut random = Random::new(number as u64);
        let text = random.mutated(&seeds);
        let checked = std::panic::catch_unwind(|| properties::check(&text));
        assert!(checked.is_ok(), "seed {number}: {text:?}");
    }
}
