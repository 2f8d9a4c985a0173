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

    /// Whether a proof has been made before, for one who says later that it was asked for.
    pub(super) fn has(&self, proof: &str) -> bool {
        self.before.contains(proof)
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

/// The fingerprint of the proof of steps in a row, by that of the row without its last step.
pub(super) fn longer_chain(before: &str, step: &str) -> String {
    fingerprint::parts(&["stepladder chain 2", before, step])
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::Proven;
    use crate::diagnostic::Diagnostics;
    use crate::history::History;
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

    const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT";

    /// A history of a few versions and the steps between them.
    fn history(steps: &[&str]) -> History {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("steps")).unwrap();
        let states = "CREATE TABLE states (name TEXT PRIMARY KEY)";
        let versions = [
            format!("{USERS});"),
            format!("{USERS}, state TEXT);"),
            format!("{USERS}, state TEXT);\n{states};"),
            format!("{USERS}, state TEXT);\n{states};\nCREATE TABLE other (x);"),
        ];
        for version in versions.iter().take(steps.len() + 1) {
            fs::write(folder.path().join("schema.sql"), version).unwrap();
            crate::make_migrations(folder.path()).unwrap();
        }
        for (index, step) in steps.iter().enumerate() {
            let name = format!("steps/from{}_to{}.sql", index + 1, index + 2);
            fs::write(folder.path().join(name), step).unwrap();
        }
        load(folder.path()).unwrap()
    }

    const DERIVE: &str =
        "ALTER TABLE users ADD COLUMN state TEXT;\nUPDATE users SET state = 'old';";
    const STATES: &str = "CREATE TABLE states (name TEXT PRIMARY KEY);
INSERT INTO states SELECT state FROM users WHERE state = 'old';";

    /// Neither is a declaration called needless that only a chain needs, nor is it so in the next build.
    #[test]
    fn a_declaration_can_be_needed_by_a_chain_alone() {
        let allowed = format!(
            "-- stepladder: allow unique_on_existing users because nobody has it\n{STATES}"
        );
        let history = history(&[DERIVE, &allowed]);
        let mut text = String::new();
        for _ in 0..3 {
            let mut proven = Proven::read(&text);
            let mut errors = Diagnostics::default();
            prove(&history, &mut proven, &mut errors);
            assert_eq!(errors.take(), []);
            text = proven.to_text();
        }
    }

    /// What is known of a chain is that of its first steps.
    #[test]
    fn a_chain_that_gets_longer_is_proven_on() {
        let distinct = STATES.replace("SELECT state", "SELECT DISTINCT state");
        let mut proven = Proven::default();
        let mut errors = Diagnostics::default();
        let short = history(&[DERIVE, &distinct]);
        prove(&short, &mut proven, &mut errors);
        assert_eq!((errors.take(), proven.now.len()), (Vec::new(), 3));
        let text = proven.to_text();

        let create = "CREATE TABLE other (x);";
        let mut proven = Proven::read(&text);
        let long = history(&[DERIVE, &distinct, create]);
        prove(&long, &mut proven, &mut errors);
        // Three steps, and chains from the first two versions; the shorter one was asked for.
        assert_eq!((errors.take(), proven.now.len()), (Vec::new(), 6));

        // No row that is made at version 3 is lost.
        let lossy = format!("{create}\nDELETE FROM states WHERE name = 'old';");
        let mut proven = Proven::read(&text);
        let long = history(&[DERIVE, &distinct, &lossy]);
        prove(&long, &mut proven, &mut errors);
        let errors = errors.take();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].message.contains("`states`"), "{}", errors[0]);
        assert_eq!(
            errors[0].primary.as_ref().unwrap().span.start,
            create.len() + 1
        );
    }
}
