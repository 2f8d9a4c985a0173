//! A schemas folder without steps, from the statements of each version.

use std::collections::BTreeMap;
use std::path::Path;

use stepladder::introspect::introspect;
use stepladder::rusqlite::Connection;
use stepladder_build::snapshot::{Parent, Snapshot};

/// The statements of each version.
pub(crate) type Statements = BTreeMap<i32, Vec<String>>;

/// Writes the snapshots of a history, and its newest version as `schema.sql`.
pub(crate) fn write(versions: &Statements, folder: &Path) {
    let mut parent = None;
    for (version, statements) in versions {
        let connection = Connection::open_in_memory().unwrap();
        for statement in statements {
            connection
                .execute_batch(statement)
                .unwrap_or_else(|error| panic!("version {version}: {error}: {statement}"));
        }
        let schema = introspect(&connection).unwrap();
        let snapshot = Snapshot::from_schema(*version, parent.take(), &schema);
        let file = folder.join(format!("schema_v{version}.json"));
        std::fs::write(file, snapshot.to_json()).unwrap();
        parent = Some(Parent {
            version: *version,
            fingerprint: snapshot.fingerprint(),
            step: None,
        });
    }
    let (_, newest) = versions.last_key_value().unwrap();
    std::fs::write(folder.join("schema.sql"), newest.join(";\n") + ";\n").unwrap();
}
