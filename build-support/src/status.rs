//! How far a schemas folder is.

use std::path::Path;

use crate::beside::Beside;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::folder::{Location, make_migrations_command};
use crate::history::Version;
use crate::load::{Checked, read_checked};
use crate::parallel;
use crate::prove::{prove_file, prove_seed_file};
use crate::schema_sql::differences;
use crate::settings::Rollback;
use crate::source::SourceFile;

/// How far a schemas folder is.
#[derive(Debug)]
pub struct Status {
    /// The versions, the oldest first.
    pub versions: Vec<VersionStatus>,
    /// What `schema.sql` has and the newest version has not, one line each.
    pub moved_on: Vec<String>,
    /// The rows for a new database; `None` where there are none.
    pub seed: Option<StepStatus>,
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
    /// Whether a test of the package is about it; `None` where no package is beside the folder.
    pub tested: Option<bool>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStatus {
    /// It is in SQL and holds.
    Proven,
    /// It is in SQL and does not hold.
    Wrong,
    /// It is a method of the trait, which rustc checks.
    Rust,
    /// There is neither a file of SQL nor a method.
    Missing,
    /// There is no file of SQL, and no package in which a method could be looked for.
    NotSql,
}

/// Looks at a schemas folder, and at the package that it belongs to.
///
/// # Errors
/// What is wrong with its snapshots. A step that does not hold is no error here.
pub fn status(dir: &Path) -> Result<Status, Error> {
    let location = Location::new(dir);
    let checked = read_checked(&location)?;
    let beside = Beside::of(dir);
    let versions = parallel::map(checked.versions.len(), |index| {
        of_version(&checked, beside.as_ref(), index)
    });
    let moved_on = match (&checked.wanted, checked.versions.last()) {
        (Some((_, wanted)), Some(newest)) => differences(&newest.schema, wanted),
        (Some(_), None) => vec!["there is no version yet".to_owned()],
        (None, _) => Vec::new(),
    };
    let newest = checked.versions.last();
    let seed = checked.folder.seed.as_ref().zip(newest);
    let seed = seed.map(|(file, newest)| held(|found| prove_seed_file(file, newest, found)));
    let mut status = Status {
        versions,
        moved_on,
        seed,
        next: String::new(),
    };
    status.next = next(&location, &status);
    Ok(status)
}

fn of_version(checked: &Checked, beside: Option<&Beside>, index: usize) -> VersionStatus {
    let version = &checked.versions[index];
    let tested = beside.map(|beside| beside.tests_version(version.number));
    let before = index.checked_sub(1).map(|before| &checked.versions[before]);
    let Some(before) = before else {
        return VersionStatus {
            version: version.number,
            step: None,
            rollback: None,
            tested,
        };
    };
    let file = |from: i32, to: i32| checked.folder.steps.get(&(from, to));
    let in_rust = |from: i32, to: i32| match beside {
        None => StepStatus::NotSql,
        Some(beside) if beside.has_method(from, to) => StepStatus::Rust,
        Some(_) => StepStatus::Missing,
    };
    let proven = |file: &SourceFile, pair: [&Version; 2], up: Option<&SourceFile>| {
        held(|found| prove_file(file, pair, &checked.settings, up, found))
    };
    let (old, new) = (before.number, version.number);
    let up = file(old, new);
    VersionStatus {
        version: new,
        step: Some(match up {
            Some(file) => proven(file, [before, version], None),
            None => in_rust(old, new),
        }),
        rollback: match (file(new, old), checked.settings.rollback) {
            (Some(file), _) => Some(proven(file, [version, before], up)),
            (None, Rollback::Required) => Some(in_rust(new, old)),
            (None, Rollback::Optional) => None,
        },
        tested,
    }
}

fn held(prove: impl FnOnce(&mut Diagnostics)) -> StepStatus {
    let mut found = Diagnostics::default();
    prove(&mut found);
    if found.has_errors() {
        StepStatus::Wrong
    } else {
        StepStatus::Proven
    }
}

fn next(location: &Location, status: &Status) -> String {
    let schemas = match location.shown.as_str() {
        "schemas" => String::new(),
        shown => format!(" --schemas {shown}"),
    };
    let check = format!("`cargo stepladder check{schemas}` says what is wrong");
    if let Some((from, to)) = first_with(status, StepStatus::Wrong) {
        return format!("mend the step from version {from} to {to}: {check}");
    }
    if status.seed == Some(StepStatus::Wrong) {
        return format!("mend `seed.sql`: {check}");
    }
    if !status.moved_on.is_empty() {
        let command = make_migrations_command(&location.shown);
        return format!("run `{command}` to make the next version");
    }
    if let Some((from, to)) = first_with(status, StepStatus::Missing) {
        let draft = if from < to {
            // One of many: the others are methods, which a draft would replace.
            let is_rust = |version: &VersionStatus| version.step == Some(StepStatus::Rust);
            let which = if status.versions.iter().any(is_rust) {
                format!(" --from {from}")
            } else {
                String::new()
            };
            format!("run `cargo stepladder draft{which}{schemas}`")
        } else {
            format!("write `{}/steps/from{from}_to{to}.sql`", location.shown)
        };
        return format!(
            "{draft}, or implement `from{from}_to{to}` of `MigrationSteps`: the step is missing"
        );
    }
    if first_with(status, StepStatus::NotSql).is_some() {
        return format!(
            "build the app: rustc asks for the methods of the steps in Rust (`cargo stepladder \
             draft{schemas}` would write them in SQL instead)"
        );
    }
    let untested = status
        .versions
        .iter()
        .find(|version| version.tested == Some(false));
    if let Some(VersionStatus { version, .. }) = untested {
        return format!(
            "call `schema::migration_tests!(strategy())` in `tests/`: no test there is about \
             version {version}"
        );
    }
    "nothing: change `schema.sql` when the schema is to change".to_owned()
}

/// The first step or rollback that is as far as that, by its versions.
fn first_with(status: &Status, step: StepStatus) -> Option<(i32, i32)> {
    status.versions.windows(2).find_map(|pair| match pair {
        [old, new] if new.step == Some(step) => Some((old.version, new.version)),
        [old, new] if new.rollback == Some(step) => Some((new.version, old.version)),
        _ => None,
    })
}
