//! What each version means for a server and clients that exchange rows.

use std::path::Path;

use stepladder::ResyncAction;

use crate::error::Error;
use crate::evolution::{DeployOrder, deployment, evolution, table_before};
use crate::folder::Location;
use crate::generate::steps_and_renames;
use crate::load::read_checked;
use crate::renames::undecided;

/// What a version means for those who exchange rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireVersion {
    /// Its number.
    pub version: i32,
    /// What it changes for them.
    pub changes: Vec<WireChange>,
    /// Renames that its step in Rust may make, as lines for `[renames]`: without them the old name is
    /// taken to be gone, and the new one to be new.
    pub undecided: Vec<String>,
}

/// One change of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireChange {
    /// The table.
    pub table: String,
    /// What changes, in words.
    pub change: String,
    /// What a client has to do with its copy of the table.
    pub action: ResyncAction,
    /// Who gets the version first.
    pub order: DeployOrder,
    /// Why, or how.
    pub how: &'static str,
}

/// What each version but the first means for a server and clients that exchange rows.
///
/// # Errors
/// What is wrong with the snapshots, or with `[renames]`.
pub fn wire_status(dir: &Path) -> Result<Vec<WireVersion>, Error> {
    let location = Location::new(dir);
    let history = read_checked(&location)?.into_history();
    let (steps, renames) = steps_and_renames(&location, &history)?;
    let pairs = history.versions.windows(2).zip(steps.iter().zip(&renames));
    let versions = pairs.map(|(pair, (step, renames))| {
        let (old, new) = (&pair[0], &pair[1]);
        let mut changes = Vec::new();
        for table in evolution(old, new, renames) {
            let before = table_before(&old.schema, renames, &table.table);
            let after = new.schema.table(&table.table);
            changes.extend(table.changes.iter().map(|change| {
                let (order, how) = deployment(change, before, after);
                WireChange {
                    table: table.table.clone(),
                    change: change.to_string(),
                    action: change.action(),
                    order,
                    how,
                }
            }));
        }
        WireVersion {
            version: new.number,
            changes,
            undecided: undecided(step, renames),
        }
    });
    Ok(versions.collect())
}
