//! The proof: each step in SQL is executed, with rows in the tables. It has to lead to the next
//! snapshot, and to lose nothing that it does not declare.

mod allow;
mod authorizer;
mod calls;
mod chain;
mod collide;
mod culprit;
mod effect;
mod finding;
mod full_text;
mod left_broken;
mod loss;
mod oldest;
mod orphan;
mod play;
mod proven;
mod rows;
mod run;
mod seed;
mod slow;
mod step;
mod text;

pub(crate) use proven::Proven;

use crate::diagnostic::Diagnostics;
use crate::history::{History, Version};
use crate::settings::Settings;
use crate::source::SourceFile;
use proven::Fingerprints;

/// Proves every step and every rollback in SQL, and the rows of `seed.sql`. What is proven already
/// is not proven again.
pub(crate) fn prove(history: &History, proven: &mut Proven, errors: &mut Diagnostics) {
    let wrong_calls = calls::check_calls(history);
    if !wrong_calls.is_empty() {
        return wrong_calls.into_iter().for_each(|wrong| errors.push(wrong));
    }
    if !history.steps.is_empty() || !history.rollbacks.is_empty() {
        let fingerprints = Fingerprints::of(history);
        for (index, pair) in history.versions.windows(2).enumerate() {
            let [old, new] = pair else { continue };
            if let Some(file) = history.steps.get(&old.number) {
                let proof = fingerprints.step(index, index + 1, &file.text);
                prove_file(file, [old, new], (&history.settings, proof), proven, errors);
            }
            if let Some(file) = history.rollbacks.get(&new.number) {
                let proof = fingerprints.step(index + 1, index, &file.text);
                prove_file(file, [new, old], (&history.settings, proof), proven, errors);
            }
        }
        if !errors.has_errors() {
            chain::prove_chains(history, &fingerprints, proven, errors);
        }
    }
    if let Some(latest) = history.versions.last() {
        oldest::check_version(latest, &history.settings, errors);
        if let Some(file) = &history.seed {
            seed::prove_seed(file, latest, errors);
        }
    }
}

fn prove_file(
    file: &SourceFile,
    versions: [&Version; 2],
    (settings, proof): (&Settings, String),
    proven: &mut Proven,
    errors: &mut Diagnostics,
) {
    if proven.knows(&proof) {
        return;
    }
    let mut found = Diagnostics::default();
    step::prove_step(file, versions, settings, &mut found);
    let found = found.take();
    // A warning is to be said again.
    if found.is_empty() {
        proven.add(proof);
    }
    for diagnostic in found {
        errors.push(diagnostic);
    }
}
