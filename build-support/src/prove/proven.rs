//! What has been proven before, so that a build proves only what is new.

use std::collections::BTreeSet;

use stepladder::rusqlite;

use crate::fingerprint;
use crate::history::History;

/// The fingerprints of proofs that found nothing.
#[derive(Debug, Default)]
pub(crate) struct Proven {
    before: BTreeSet<String>,
    now: BTreeSet<String>,
}

impl Proven {
    /// Reads what `to_text` has written; what is damaged is proven again.
    pub(crate) fn read(text: &str) -> Self {
        Self {
            before: text.lines().map(str::to_owned).collect(),
            now: BTreeSet::new(),
        }
    }

    /// One fingerprint a line. What no proof of this run has asked for is left out.
    pub(crate) fn to_text(&self) -> String {
        let proofs: Vec<_> = self.now.iter().map(String::as_str).collect();
        proofs.join("\n")
    }

    /// Whether a proof has been made before.
    pub(super) fn knows(&mut self, proof: &str) -> bool {
        let known = self.before.contains(proof);
        if known {
            self.now.insert(proof.to_owned());
        }
        known
    }

    pub(super) fn add(&mut self, proof: String) {
        self.now.insert(proof);
    }
}

/// The fingerprints of the versions of a history.
pub(super) struct Fingerprints {
    versions: Vec<String>,
    /// What the settings say of rules.
    settings: String,
}

impl Fingerprints {
    pub(super) fn of(history: &History) -> Self {
        let versions = history.versions.iter();
        let settings = &history.settings;
        Self {
            versions: versions
                .map(|version| version.snapshot.fingerprint())
                .collect(),
            settings: format!("{:?} {:?}", settings.lints, settings.oldest_sqlite),
        }
    }

    /// The fingerprint of the proof of a file between two versions, by their places in the history.
    /// It depends on the generator and on SQLite as well.
    pub(super) fn step(&self, old: usize, new: usize, text: &str) -> String {
        fingerprint::parts(&[
            "stepladder proof 1",
            env!("CARGO_PKG_VERSION"),
            rusqlite::version(),
            self.versions.get(old).map_or("", String::as_str),
            self.versions.get(new).map_or("", String::as_str),
            &self.settings,
            &fingerprint::proof(text),
        ])
    }
}

/// The fingerprint of the proof of steps in a row.
pub(super) fn chain(steps: &[String]) -> String {
    let steps: Vec<_> = steps.iter().map(String::as_str).collect();
    fingerprint::parts(&steps)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Proven;
    use crate::diagnostic::Diagnostics;
    use crate::load::load;
    use crate::prove::prove;
    use crate::source::SourceFile;

    #[test]
    fn what_is_proven_is_not_proven_again_and_what_changes_is() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/plain");
        let mut history = load(&folder).unwrap();
        let mut first = Proven::default();
        prove(&history, &mut first, &mut Diagnostics::default());
        // Two steps, and both in a row.
        assert_eq!(first.now.len(), 3);

        let mut again = Proven::read(&first.to_text());
        prove(&history, &mut again, &mut Diagnostics::default());
        assert_eq!(again.now, first.now);
        assert!(first.now.iter().all(|proof| again.knows(proof)));

        // A step that loses rows, in a folder that was proven before.
        let step = history.steps.get_mut(&1).unwrap();
        *step = SourceFile::new(&*step.path, format!("{}\nDELETE FROM notes;", step.text));
        let mut changed = Proven::read(&first.to_text());
        let mut errors = Diagnostics::default();
        prove(&history, &mut changed, &mut errors);
        assert!(errors.has_errors());
        assert_eq!(changed.now.len(), 1);
    }
}
