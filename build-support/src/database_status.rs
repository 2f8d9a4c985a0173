//! Where a database file stands.

use std::path::Path;

use stepladder::schema::Schema;

use crate::database_file::read_database;
use crate::error::Error;
use crate::folder::Location;
use crate::history::Version;
use crate::load::read_checked;
use crate::schema_sql::differences;

/// Where a database file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseStatus {
    /// Its `user_version`.
    pub version: i32,
    /// The version whose schema it has, or is nearest to.
    pub nearest: Option<i32>,
    /// All versions whose schema it has: steps that change rows alone lead to the same.
    pub same: Vec<i32>,
    /// Whether it has no schema at all.
    pub is_empty: bool,
    /// How its schema differs from that version, one line each; empty where it has it.
    pub differences: Vec<String>,
}

/// Looks at a database file.
///
/// # Errors
/// A file that cannot be read, and what is wrong with the snapshots of the folder.
pub fn database_status(database: &Path, dir: &Path) -> Result<DatabaseStatus, Error> {
    let checked = read_checked(&Location::new(dir))?;
    let found = read_database(database)?;
    let mut same = Vec::new();
    let mut nearest: Option<(&Version, Vec<String>)> = None;
    // Of two that are as near, the one that it says it is, or else the newer one.
    let mut versions: Vec<&Version> = checked.versions.iter().collect();
    versions.sort_by_key(|version| (version.number == found.version, version.number));
    for version in versions {
        let differences = to_version(&version.schema, &found.schema);
        if differences.is_empty() {
            same.push(version.number);
        }
        if nearest
            .as_ref()
            .is_none_or(|(_, known)| differences.len() <= known.len())
        {
            nearest = Some((version, differences));
        }
    }
    let (nearest, differences) = nearest.map_or((None, Vec::new()), |(version, differences)| {
        (Some(version.number), differences)
    });
    same.sort_unstable();
    Ok(DatabaseStatus {
        version: found.version,
        nearest,
        same,
        is_empty: found.schema.entities.is_empty(),
        differences,
    })
}

/// What the database has and the version has not, and the reverse. Android's own table does not count.
fn to_version(version: &Schema, found: &Schema) -> Vec<String> {
    let entities = found
        .entities
        .iter()
        .filter(|entity| entity.name() != "android_metadata");
    let found = Schema {
        entities: entities.cloned().collect(),
    };
    differences(version, &found)
}
