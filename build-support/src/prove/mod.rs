//! The proof: each step in SQL is executed, with rows in the tables. It has to lead to the next
//! snapshot, and to lose nothing that it does not declare.

mod allow;
mod asked;
mod authorizer;
mod blame;
mod calls;
mod chain;
mod chain_report;
mod collide;
mod culprit;
mod effect;
mod fault;
mod finding;
mod full_text;
mod layout;
mod left_broken;
mod loss;
mod oldest;
mod orphan;
mod play;
mod proven;
mod relevant;
mod rollback;
mod rows;
mod run;
mod seed;
mod slow;
mod step;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use proven::Proven;

use crate::diagnostic::Diagnostics;
use crate::history::{History, Version};
use crate::rule::Rule;
use crate::settings::Settings;
use crate::source::SourceFile;
use proven::{Fingerprints, longer_chain};
use step::prove_step;

/// Proves every step and every rollback in SQL, and the rows of `seed.sql`. What is proven already
/// is not proven again.
pub(crate) fn prove(history: &History, proven: &mut Proven, errors: &mut Diagnostics) {
    let wrong_calls = calls::check_calls(history);
    if !wrong_calls.is_empty() {
        return wrong_calls.into_iter().for_each(|wrong| errors.push(wrong));
    }
    if !history.steps.is_empty() || !history.rollbacks.is_empty() {
        let fingerprints = Fingerprints::of(history);
        let settings = &history.settings;
        for (index, pair) in history.versions.windows(2).enumerate() {
            let [old, new] = pair else { continue };
            let mut way_up = None;
            if let Some(file) = history.steps.get(&old.number) {
                let proof = fingerprints.step(index, index + 1, &file.text);
                let prove =
                    |found: &mut Diagnostics| prove_step(file, [old, new], (settings, None), found);
                // What is wrong with a step says nothing of its rollback.
                if once(proof.clone(), proven, errors, prove) {
                    way_up = Some((file, proof));
                }
            }
            if let Some(file) = history.rollbacks.get(&new.number) {
                let down = fingerprints.step(index + 1, index, &file.text);
                let (up, proof) = match way_up {
                    Some((up, proof)) => (Some(up), longer_chain(&proof, &down)),
                    None => (None, down),
                };
                once(proof, proven, errors, |found| {
                    prove_step(file, [new, old], (settings, up), found);
                });
            }
        }
        // A declaration may be needed by a chain alone.
        if !errors.has_errors_besides(Rule::UnneededAllowance) {
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

/// Makes a proof that has not been made before. Whether it found no error.
fn once(
    proof: String,
    proven: &mut Proven,
    errors: &mut Diagnostics,
    prove: impl FnOnce(&mut Diagnostics),
) -> bool {
    if proven.knows(&proof) {
        return true;
    }
    let mut found = Diagnostics::default();
    prove(&mut found);
    let is_right = !found.has_errors();
    let found = found.take();
    // A warning is to be said again.
    if found.is_empty() {
        proven.add(proof);
    }
    for diagnostic in found {
        errors.push(diagnostic);
    }
    is_right
}
