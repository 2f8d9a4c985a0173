//! How far a schemas folder is, and where a database file stands.

use std::path::Path;

use stepladder::schema::Schema;

use crate::database_file::read_database;
use crate::diagnostic::{Diagnostics, Severity};
use crate::error::Error;
use crate::folder::{Location, make_migrations_command};
use crate::history::Version;
use crate::load::read_checked;
use crate::prove::prove_file;
use crate::schema_sql::differences;
use crate::source::SourceFile;

/// How far a schemas folder is.
#[derive(Debug)]
pub struct Status {
    /// The versions, the oldest first.
    pub versions: Vec<VersionStatus>,
    /// What `schema.sql` has and the newest version has not, one line each.
    pub moved_on: Vec<String>,
    /// Whether there are rows for a new database.
    pub seed: bool,
    /// What to do next.
    pub next: String,
}

/// How far a version is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionStatus {
    /// Its number.
    pub version: i32,
    /// The step that leads to it; `None` for the first version.
    pub step: Option<StepStatus>,
    /// Its rollback, to the version before; `None` where there is none.
    pub rollback: Option<StepStatus>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStatus {
    /// It is in SQL and holds.
    Proven,
    /// It is in SQL and does not hold.
    Wrong,
    /// There is no file of SQL: it is a method of the trait, which rustc asks for.
    Rust,
}

/// Where a database file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseStatus {
    /// Its `user_version`.
    pub version: i32,
    /// The version whose schema it has, or is nearest to.
    pub nearest: Option<i32>,
    /// How its schema differs from that version, one line each; empty where it has it.
    pub differences: Vec<String>,
}

/// Looks at a schemas folder.
///
/// # Errors
/// What is wrong with its snapshots. A step that does not hold is no error here.
pub fn status(dir: &Path) -> Result<Status, Error> {
    let location = Location::new(dir);
    let checked = read_checked(&location)?;
    let file = |from: i32, to: i32| checked.folder.steps.get(&(from, to));
    let mut versions: Vec<VersionStatus> = Vec::new();
    for (place, version) in checked.versions.iter().enumerate() {
        let before = place
            .checked_sub(1)
            .and_then(|before| checked.versions.get(before));
        let proven = |file: &SourceFile, pair, up: Option<&SourceFile>| {
            let mut found = Diagnostics::default();
            prove_file(file, pair, &checked.settings, up, &mut found);
            let wrong = found
                .take()
                .iter()
                .any(|found| found.severity == Severity::Error);
            if wrong {
                StepStatus::Wrong
            } else {
                StepStatus::Proven
            }
        };
        versions.push(VersionStatus {
            version: version.number,
            step: before.map(|before| match file(before.number, version.number) {
                Some(file) => proven(file, [before, version], None),
                None => StepStatus::Rust,
            }),
            rollback: before.and_then(|before| {
                let file = file(version.number, before.number)?;
                let up = checked.folder.steps.get(&(before.number, version.number));
                Some(proven(file, [version, before], up))
            }),
        });
    }
    let moved_on = match (&checked.wanted, checked.versions.last()) {
        (Some((_, wanted)), Some(newest)) => differences(&newest.schema, wanted),
        (Some(_), None) => vec!["there is no version yet".to_owned()],
        (None, _) => Vec::new(),
    };
    let next = next(&location, &versions, &moved_on);
    Ok(Status {
        versions,
        moved_on,
        seed: checked.folder.seed.is_some(),
        next,
    })
}

fn next(location: &Location, versions: &[VersionStatus], moved_on: &[String]) -> String {
    let wrong = versions.windows(2).find_map(|pair| match pair {
        [old, new] if new.step == Some(StepStatus::Wrong) => Some((old.version, new.version)),
        [old, new] if new.rollback == Some(StepStatus::Wrong) => Some((new.version, old.version)),
        _ => None,
    });
    let schemas = match location.shown.as_str() {
        "schemas" => String::new(),
        shown => format!(" --schemas {shown}"),
    };
    if let Some((from, to)) = wrong {
        format!(
            "mend the step from version {from} to {to}: `cargo stepladder check{schemas}` says what is wrong"
        )
    } else if !moved_on.is_empty() {
        format!(
            "run `{}` to make the next version",
            make_migrations_command(&location.shown)
        )
    } else if versions
        .iter()
        .any(|version| version.step == Some(StepStatus::Rust))
    {
        format!(
            "build the app: rustc asks for the methods of the steps in Rust (`cargo stepladder \
             draft{schemas}` would write them in SQL instead)"
        )
    } else {
        "nothing: change `schema.sql` when the schema is to change".to_owned()
    }
}

/// Looks at a database file.
///
/// # Errors
/// A file that cannot be read, and what is wrong with the snapshots of the folder.
pub fn database_status(database: &Path, dir: &Path) -> Result<DatabaseStatus, Error> {
    let checked = read_checked(&Location::new(dir))?;
    let found = read_database(database)?;
    let mut nearest: Option<(&Version, Vec<String>)> = None;
    // Of two that are as near, the one that it says it is, or else the newer one.
    let mut versions: Vec<&Version> = checked.versions.iter().collect();
    versions.sort_by_key(|version| (version.number == found.version, version.number));
    for version in versions {
        let differences = to_version(&version.schema, &found.schema);
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
    Ok(DatabaseStatus {
        version: found.version,
        nearest,
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
