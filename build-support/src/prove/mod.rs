//! The proof: each step in SQL is executed, with rows in the tables. It has to lead to the next
//! snapshot, and to lose nothing that it does not declare.

mod allow;
mod asked;
mod authorizer;
mod blame;
mod calls;
mod chain;
mod collide;
mod contentless;
mod culprit;
mod effect;
mod finding;
mod full_text;
mod left_broken;
mod loss;
mod mentioned;
mod oldest;
mod one_value;
mod orders;
mod orphan;
mod play;
mod proven;
mod relevant;
mod rollback;
mod row_report;
mod rows;
mod run;
mod seed;
mod slow;
mod step;
mod taken;
#[cfg(test)]
mod tests;
mod text;
mod untried;
mod written_null;

pub(crate) use orders::{Branch, leads, prove_orders, schemas_behind};
pub(crate) use proven::Proven;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::{History, Version};
use crate::parallel;
use crate::progress::{Counter, Watcher, Work, nobody};
use crate::rule::Rule;
use crate::settings::Settings;
use crate::source::SourceFile;
use proven::{Fingerprints, longer_chain};
use step::prove_step;

/// Proves every step and every rollback in SQL, and the rows of `seed.sql`. What is proven already
/// is not proven again.
pub(crate) fn prove(history: &History, proven: &mut Proven, errors: &mut Diagnostics) {
    prove_watched(history, proven, &nobody, errors);
}

/// The same for one who waits for it.
pub(crate) fn prove_watched(
    history: &History,
    proven: &mut Proven,
    watcher: &Watcher<'_>,
    errors: &mut Diagnostics,
) {
    let wrong_calls = calls::check_calls(history);
    if !wrong_calls.is_empty() {
        return wrong_calls.into_iter().for_each(|wrong| errors.push(wrong));
    }
    if !history.steps.is_empty() || !history.rollbacks.is_empty() {
        let fingerprints = Fingerprints::of(history);
        let pairs = history.versions.len().saturating_sub(1);
        let counter = Counter::new(watcher, Work::Proof, pairs);
        let made = parallel::map(pairs, |index| {
            let [old, new] = [index, index + 1].map(|index| history.versions[index].number);
            counter.begin(old, new);
            prove_pair(history, &fingerprints, index, proven)
        });
        for pair in made {
            pair.proofs.into_iter().for_each(|proof| proven.add(proof));
            pair.found.into_iter().for_each(|found| errors.push(found));
        }
        // A declaration may be needed by a chain alone.
        if !errors.has_errors_besides(Rule::UnneededAllowance) {
            chain::prove_chains(history, &fingerprints, proven, watcher, errors);
        }
    }
    if let Some(latest) = history.versions.last() {
        oldest::check_version(latest, &history.settings, errors);
        if let Some(file) = &history.seed {
            seed::prove_seed(file, latest, errors);
        }
    }
}

/// Proves a file that leads from one version to another; a rollback also behind its step, where that
/// is in SQL.
pub(crate) fn prove_file(
    file: &SourceFile,
    versions: [&Version; 2],
    settings: &Settings,
    up: Option<&SourceFile>,
    errors: &mut Diagnostics,
) {
    prove_step(file, versions, (settings, up), errors);
}

/// Proves the rows of `seed.sql`.
pub(crate) fn prove_seed_file(file: &SourceFile, latest: &Version, errors: &mut Diagnostics) {
    seed::prove_seed(file, latest, errors);
}

/// What came of the proofs of a step and its rollback.
#[derive(Default)]
struct Made {
    /// The proofs that found nothing.
    proofs: Vec<String>,
    found: Vec<Diagnostic>,
}

/// Proves the step from a version, by its place, and its rollback.
fn prove_pair(
    history: &History,
    fingerprints: &Fingerprints,
    index: usize,
    proven: &Proven,
) -> Made {
    let mut made = Made::default();
    let [old, new] = [&history.versions[index], &history.versions[index + 1]];
    let settings = &history.settings;
    let mut way_up = None;
    if let Some(file) = history.steps.get(&old.number) {
        let proof = fingerprints.step(index, index + 1, &file.text);
        // What is wrong with a step says nothing of its rollback.
        if made.once(proof.clone(), proven, |found| {
            prove_step(file, [old, new], (settings, None), found);
        }) {
            way_up = Some((file, proof));
        }
    }
    if let Some(file) = history.rollbacks.get(&new.number) {
        let down = fingerprints.step(index + 1, index, &file.text);
        let (up, proof) = match way_up {
            Some((up, proof)) => (Some(up), longer_chain(&proof, &down)),
            None => (None, down),
        };
        made.once(proof, proven, |found| {
            prove_step(file, [new, old], (settings, up), found);
        });
    }
    made
}

impl Made {
    /// Makes a proof that has not been made before. Whether it found no error.
    fn once(
        &mut self,
        proof: String,
        proven: &Proven,
        prove: impl FnOnce(&mut Diagnostics),
    ) -> bool {
        if proven.has(&proof) {
            self.proofs.push(proof);
            return true;
        }
        let mut found = Diagnostics::default();
        prove(&mut found);
        let is_right = !found.has_errors();
        let found = found.take();
        // A warning is to be said again.
        if found.is_empty() {
            self.proofs.push(proof);
        }
        self.found.extend(found);
        is_right
    }
}
