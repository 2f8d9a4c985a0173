//! A database that does not have the schema of its version.

use std::fmt;

use crate::compare::Differences;

/// A database does not have the schema that its version has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaMismatch {
    /// The version.
    pub version: i32,
    /// The steps that led there, each with the version from which it starts and to which it leads;
    /// empty where none ran.
    pub steps: Vec<(i32, i32)>,
    /// What differs, each with what was expected and what was found; at least one.
    pub differences: Differences,
}

/// How many steps are named.
const STEPS: usize = 6;

/// The version, a line for each difference, and what to do.
impl fmt::Display for SchemaMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version;
        write!(
            f,
            "the database does not have the schema of version {version}"
        )?;
        for difference in self.differences.iter() {
            write!(f, "\n  {difference}")?;
        }
        write!(
            f,
            "\nhelp: expected is what a new database of version {version} has; "
        )?;
        match self.steps.as_slice() {
            [] => f.write_str("found is what a hook, or somebody else, made: no step has run"),
            [(from, to)] => {
                write!(
                    f,
                    "found is what the step from version {from} to {to}, or a hook, made"
                )
            }
            steps => {
                let shown = &steps[steps.len().saturating_sub(STEPS)..];
                let shown: Vec<_> = (shown.iter())
                    .map(|(from, to)| format!("{from} -> {to}"))
                    .collect();
                let before = if steps.len() > STEPS { ".., " } else { "" };
                let shown = shown.join(", ");
                write!(
                    f,
                    "found is what the steps {before}{shown}, or a hook, made"
                )
            }
        }
    }
}

impl std::error::Error for SchemaMismatch {}
