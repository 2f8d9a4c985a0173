//! The proof: each step in SQL is executed, with rows in the tables. It has to lead to the next
//! snapshot, and to lose nothing that it does not declare.

mod allow;
mod authorizer;
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
mod proven;
mod relevant;
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
    if !history.steps.is_empty() || !history.rollbacks.is_empty() {
        let fingerprints = Fingerprints::of(history);
        for (index, pair) in history.versions.windows(2).enumerate() {
            let [old, new] = pair else { continue };
            if let Some(file) = history.steps.get(&old.number) {
                let proof = fingerprints.step(index, index + 1, &file.text);
                prove_unless_known(file, [old, new], (&history.settings, proof), proven, errors);
            }
            if let Some(file) = history.rollbacks.get(&new.number) {
                let proof = fingerprints.step(index + 1, index, &file.text);
                prove_unless_known(file, [new, old], (&history.settings, proof), proven, errors);
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

/// Proves a file that leads from one version to another.
pub(crate) fn prove_file(
    file: &SourceFile,
    versions: [&Version; 2],
    settings: &Settings,
    errors: &mut Diagnostics,
) {
    step::prove_step(file, versions, settings, errors);
}

fn prove_unless_known(
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
    prove_file(file, versions, settings, &mut found);
    let found = found.take();
    // A warning is to be said again.
    if found.is_empty() {
        proven.add(proof);
    }
    for diagnostic in found {
        errors.push(diagnostic);
    }
}
