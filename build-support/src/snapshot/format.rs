//! The JSON of a snapshot. Nothing that can be read back from the SQL is stored in it.

use serde::{Deserialize, Deserializer, Serialize};
use stepladder::schema::EntityKind;

use super::{FORMAT, Parent, Snapshot, SnapshotEntity};

/// What every format has; read first, because another format may look different otherwise.
#[derive(Deserialize)]
pub(super) struct Probe {
    pub(super) format: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotFile {
    pub(super) format: u32,
    version: i32,
    // Without the function a field that is left out would be read as null.
    #[serde(deserialize_with = "present")]
    parent: Option<ParentFile>,
    entities: Vec<EntityFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParentFile {
    version: i32,
    fingerprint: String,
    #[serde(deserialize_with = "present")]
    step: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityFile {
    kind: Kind,
    name: String,
    table: String,
    sql: Vec<String>,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Table,
    #[serde(rename = "virtual table")]
    VirtualTable,
    Index,
    Trigger,
    View,
}

fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

pub(super) fn to_json(snapshot: &Snapshot) -> String {
    let file = SnapshotFile {
        format: FORMAT,
        version: snapshot.version,
        parent: snapshot.parent.as_ref().map(|parent| ParentFile {
            version: parent.version,
            fingerprint: parent.fingerprint.clone(),
            step: parent.step.clone(),
        }),
        entities: snapshot.entities.iter().map(EntityFile::new).collect(),
    };
    let mut text = serde_json::to_string_pretty(&file)
        .expect("the file has only numbers, texts and lists, and these are always JSON");
    text.push('\n');
    text
}

impl EntityFile {
    fn new(entity: &SnapshotEntity) -> Self {
        Self {
            kind: match entity.kind {
                EntityKind::Table => Kind::Table,
                EntityKind::VirtualTable => Kind::VirtualTable,
                EntityKind::Index => Kind::Index,
                EntityKind::Trigger => Kind::Trigger,
                EntityKind::View => Kind::View,
            },
            name: entity.name.clone(),
            table: entity.table.clone(),
            sql: entity.sql.split('\n').map(str::to_owned).collect(),
        }
    }
}

impl From<SnapshotFile> for Snapshot {
    fn from(file: SnapshotFile) -> Self {
        Self {
            version: file.version,
            parent: file.parent.map(|parent| Parent {
                version: parent.version,
                fingerprint: parent.fingerprint,
                step: parent.step,
            }),
            entities: file.entities.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<EntityFile> for SnapshotEntity {
    fn from(entity: EntityFile) -> Self {
        Self {
            kind: match entity.kind {
                Kind::Table => EntityKind::Table,
                Kind::VirtualTable => EntityKind::VirtualTable,
                Kind::Index => EntityKind::Index,
                Kind::Trigger => EntityKind::Trigger,
                Kind::View => EntityKind::View,
            },
            name: entity.name,
            table: entity.table,
            sql: entity.sql.join("\n"),
        }
    }
}
