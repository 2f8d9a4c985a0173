//! Where a database file stands.

use std::path::Path;

use stepladder::__private::{is_of_another_tool, tool_of_table};
use stepladder::schema::Schema;
use stepladder::sql::names_equal;

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
    /// The tool that keeps its own version in the database.
    pub other_tool: Option<OtherTool>,
    /// Whether `MigrationStrategy::adopt` looks at such a database: its number is that of no version.
    pub adoption: Adoption,
}

/// A tool that has upgraded the database until now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherTool {
    /// Its name, or those of several that do the same.
    pub name: String,
    /// The table in which it keeps its version. It is not compared.
    pub table: String,
}

/// Whether `MigrationStrategy::adopt` looks at a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// Its number is that of no version.
    Considered,
    /// It is what its number says, or newer than all versions.
    NotConsidered,
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
    let numbers = || checked.versions.iter().map(|version| version.number);
    let is_known = numbers().any(|number| number == found.version);
    let is_newer = numbers().all(|number| number < found.version);
    Ok(DatabaseStatus {
        version: found.version,
        nearest,
        same,
        is_empty: found.schema.entities.is_empty(),
        differences,
        other_tool: other_tool(&found.schema, &checked.versions),
        adoption: if is_known || is_newer {
            Adoption::NotConsidered
        } else {
            Adoption::Considered
        },
    })
}

/// The tool whose table the database has, and no version.
fn other_tool(found: &Schema, versions: &[Version]) -> Option<OtherTool> {
    let mut tables = found.tables().filter(|table| {
        let mut versions = versions.iter();
        versions.all(|version| version.schema.table(&table.name).is_none())
    });
    tables.find_map(|table| {
        Some(OtherTool {
            name: tool_of_table(&table.name)?.to_owned(),
            table: table.name.clone(),
        })
    })
}

/// What the database has and the version has not, and the reverse. What is another tool's does not count,
/// as `MigrationStrategy::adopt` does not count it.
fn to_version(version: &Schema, found: &Schema) -> Vec<String> {
    let is_in_version = |name: &str| {
        let mut entities = version.entities.iter();
        entities.any(|entity| names_equal(entity.name(), name))
    };
    let entities = found
        .entities
        .iter()
        .filter(|entity| !is_of_another_tool(entity.name()) || is_in_version(entity.name()));
    let found = Schema {
        entities: entities.cloned().collect(),
    };
    differences(version, &found)
}
