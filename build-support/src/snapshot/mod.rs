//! A snapshot: the schema as it was at a version, `schema_v<N>.json`.

mod format;
mod place;
mod read;

use stepladder::schema::{EntityKind, Schema};

use crate::fingerprint;

pub(crate) use place::Places;
pub use read::read_any_snapshot;
pub(crate) use read::read_snapshot;

/// The format that is written and read.
pub const FORMAT: u32 = 1;

/// The schema at a version, as SQL texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The version: the number in `user_version`.
    pub version: i32,
    /// What was before it; `None` for the first snapshot.
    pub parent: Option<Parent>,
    /// The entities in the order in which they are created.
    pub entities: Vec<SnapshotEntity>,
}

/// The snapshot before a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Its version.
    pub version: i32,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The fingerprint of the SQL step that led to it; `None` where there was none.
    pub step: Option<String>,
}

/// A table, index, trigger or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotEntity {
    /// What it is.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
    /// The table (or view) that it belongs to; its own name for tables and views.
    pub table: String,
    /// The statement that creates it, with `\n` between its lines.
    pub sql: String,
}

impl Snapshot {
    /// The snapshot of a schema.
    pub fn from_schema(version: i32, parent: Option<Parent>, schema: &Schema) -> Self {
        let entities = schema.entities.iter().map(|entity| SnapshotEntity {
            kind: entity.kind(),
            name: entity.name().to_owned(),
            table: entity.table_name().to_owned(),
            sql: entity.sql().replace("\r\n", "\n"),
        });
        Self {
            version,
            parent,
            entities: entities.collect(),
        }
    }

    /// The fingerprint of version and entities.
    pub fn fingerprint(&self) -> String {
        fingerprint::snapshot(self)
    }

    /// The text of the file, with a newline at its end.
    pub fn to_json(&self) -> String {
        format::to_json(self)
    }
}

#[cfg(test)]
mod tests;
