//! The proof: each step in SQL is executed, with rows in the tables. It has to lead to the next
//! snapshot, and to lose nothing that it does not declare.

mod allow;
mod collide;
mod culprit;
mod loss;
mod rows;
mod run;
mod seed;
mod statements;
mod step;

use crate::diagnostic::Diagnostics;
use crate::history::History;

/// Proves every step and every rollback in SQL, and the rows of `seed.sql`.
pub(crate) fn prove(history: &History, errors: &mut Diagnostics) {
    for pair in history.versions.windows(2) {
        if let ([old, new], Some(file)) = (pair, history.steps.get(&pair[0].number)) {
            step::prove_step(file, old, new, errors);
        }
        if let ([old, new], Some(file)) = (pair, history.rollbacks.get(&pair[1].number)) {
            step::prove_step(file, new, old, errors);
        }
    }
    if !errors.has_errors() {
        rows::prove_chains(history, errors);
    }
    if let (Some(file), Some(latest)) = (&history.seed, history.versions.last()) {
        seed::prove_seed(file, latest, errors);
    }
}
