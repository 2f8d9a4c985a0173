//! What holds for every text that may be a snapshot.

use stepladder_build::SourceFile;
use stepladder_build::snapshot::read_any_snapshot;

pub(crate) fn check(text: &str) {
    let file = SourceFile::new("schemas/schema_v1.json", text);
    match read_any_snapshot(&file) {
        Ok(snapshot) => {
            let written = SourceFile::new("schemas/schema_v1.json", snapshot.to_json());
            let again = read_any_snapshot(&written).expect("what was written can be read");
            assert_eq!(again, snapshot);
            assert_eq!(again.fingerprint(), snapshot.fingerprint());
        }
        Err(diagnostic) => {
            assert!(!diagnostic.message.is_empty());
            assert!(!diagnostic.helps.is_empty(), "{}", diagnostic.message);
            assert!(!diagnostic.coloured().is_empty());
        }
    }
}
