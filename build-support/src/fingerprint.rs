//! Fingerprints: SHA-256 over canonical tokens.
//!
//! Line endings, comments, white space and keyword case do not count. Every part is preceded by
//! its length, so that no two lists of parts give the same bytes.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use stepladder::sql::{canonical as lexemes, canonical_text, fold, split_statements};

use crate::directive::{Directive, called, directives};
use crate::snapshot::Snapshot;

struct Fingerprint(Sha256);

impl Fingerprint {
    /// The name of what is hashed keeps a step from having the fingerprint of a snapshot.
    fn of(what: &str) -> Self {
        let mut fingerprint = Self(Sha256::new());
        fingerprint.part(what);
        fingerprint
    }

    fn part(&mut self, part: &str) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part.as_bytes());
    }

    fn hex(self) -> String {
        self.0
            .finalize()
            .iter()
            .fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").expect("writing to a String does not fail");
                hex
            })
    }
}

/// The fingerprint of a snapshot: its version and its entities, in order.
pub(crate) fn snapshot(snapshot: &Snapshot) -> String {
    Fingerprints::default().snapshot(snapshot)
}

/// The fingerprints of snapshots that have most of their texts in common, as a history has.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints<'a> {
    canonical: HashMap<&'a str, String>,
}

impl<'a> Fingerprints<'a> {
    pub(crate) fn snapshot(&mut self, snapshot: &'a Snapshot) -> String {
        let mut fingerprint = Fingerprint::of("stepladder snapshot 1");
        fingerprint.part(&snapshot.version.to_string());
        for entity in &snapshot.entities {
            fingerprint.part(&entity.kind.to_string());
            fingerprint.part(&fold(&entity.name));
            fingerprint.part(&fold(&entity.table));
            let sql = entity.sql.as_str();
            let canonical = self.canonical.entry(sql);
            fingerprint.part(canonical.or_insert_with(|| canonical_text(&lexemes(sql))));
        }
        fingerprint.hex()
    }
}

/// The fingerprint of some texts.
pub(crate) fn parts(parts: &[&str]) -> String {
    let mut fingerprint = Fingerprint::of("stepladder parts 1");
    for part in parts {
        fingerprint.part(part);
    }
    fingerprint.hex()
}

/// The fingerprint of a step file: its statements and its calls into Rust, in order. What it
/// declares changes no database, and may still change when the step is shipped.
pub(crate) fn step(text: &str) -> String {
    let is_call = |directive: &Directive| called(directive).is_some();
    file(Fingerprint::of("stepladder step 1"), text, is_call)
}

/// The fingerprint of all in a step file that its proof depends on: its statements and its
/// directives, in order.
pub(crate) fn proof(text: &str) -> String {
    file(Fingerprint::of("stepladder step to prove 1"), text, |_| {
        true
    })
}

fn file(mut fingerprint: Fingerprint, text: &str, counts: impl Fn(&Directive) -> bool) -> String {
    let directives = directives(text).into_iter().filter(|found| counts(found));
    let mut directives = directives.peekable();
    for statement in split_statements(text) {
        while let Some(directive) = directives.next_if(|found| found.start < statement.start) {
            fingerprint.part("directive");
            fingerprint.part(&directive.words);
        }
        fingerprint.part("statement");
        fingerprint.part(&canonical_text(&lexemes(statement.sql)));
    }
    for directive in directives {
        fingerprint.part("directive");
        fingerprint.part(&directive.words);
    }
    fingerprint.hex()
}

#[cfg(test)]
mod tests {
    use stepladder::schema::EntityKind;

    use super::{proof, snapshot, step};
    use crate::snapshot::{Snapshot, SnapshotEntity};

    fn fingerprint(version: i32, texts: &[&str]) -> String {
        let entities = texts.iter().map(|sql| SnapshotEntity {
            kind: EntityKind::Table,
            name: "t".to_owned(),
            table: "t".to_owned(),
            sql: (*sql).to_owned(),
        });
        snapshot(&Snapshot {
            version,
            parent: None,
            entities: entities.collect(),
        })
    }

    #[test]
    fn what_sqlite_ignores_does_not_count() {
        let first = fingerprint(1, &["CREATE TABLE t (\n  a INT DEFAULT 'x' -- note\n)"]);
        let same = "create table \"T\" (a int\r\n default 'x' /* other */)";
        assert_eq!(first, fingerprint(1, &[same]));
        assert_eq!(first.len(), 64);
        assert!(!first.contains(|c: char| c.is_ascii_uppercase()));
    }

    #[test]
    fn what_means_something_counts() {
        let (a, b) = ("CREATE TABLE t (a DEFAULT 'x')", "CREATE TABLE t (b)");
        let first = fingerprint(1, &[a, b]);
        assert_ne!(first, fingerprint(1, &[b, a]));
        assert_ne!(first, fingerprint(2, &[a, b]));
        assert_ne!(first, fingerprint(1, &[a]));
        assert_ne!(
            first,
            fingerprint(1, &["CREATE TABLE t (a DEFAULT 'X')", b])
        );
    }

    #[test]
    fn the_statements_of_a_step_count_and_so_do_its_calls() {
        let first = step("-- why\nUPDATE t SET a = 1;\n-- stepladder: call fill\nDELETE FROM t;");
        let same = step("update T set a=1;\r\n  --  stepladder:  call  fill\r\ndelete from t");
        assert_eq!(first, same);
        for other in [
            "UPDATE t SET a = 1; DELETE FROM t;",
            "-- stepladder: call fill\nUPDATE t SET a = 1; DELETE FROM t;",
            "UPDATE t SET a = 1;\n-- stepladder: call fill2\nDELETE FROM t;",
            "UPDATE t SET a = 2;\n-- stepladder: call fill\nDELETE FROM t;",
            "DELETE FROM t;\n-- stepladder: call fill\nUPDATE t SET a = 1;",
        ] {
            assert_ne!(first, step(other), "{other}");
        }
    }

    #[test]
    fn what_a_step_declares_counts_for_its_proof_only() {
        let bare = "DELETE FROM t;";
        let declared = "-- stepladder: allow data_loss t because it is a cache\nDELETE FROM t;";
        assert_eq!(step(bare), step(declared));
        assert_ne!(proof(bare), proof(declared));
        let called = "-- stepladder: call fill\nDELETE FROM t;";
        assert_ne!(proof(bare), proof(called));
    }

    /// The value is in users' files: it must not change.
    #[test]
    fn the_fingerprint_is_what_it_was() {
        assert_eq!(
            fingerprint(1, &["CREATE TABLE t (a)"]),
            "8a785c1849698e42af11df6c9d4d3fcbbef66e137c07fa986abf3e3337531142"
        );
    }
}
