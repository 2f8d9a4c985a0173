//! `status`: how far a folder is, and where a database file stands.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use stepladder_build::{
    Adoption, DatabaseStatus, Error, Status, StepStatus, VersionStatus, database_status, status,
};

use crate::Folder;
use crate::output::{Output, aligned};
use crate::wire;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    // Exit code 0 only where all is as it should be.
    /// A database file: which version it is at, and how its schema differs from that.
    database: Option<PathBuf>,
    /// What each version means for a server and clients that exchange rows: what clients do, and
    /// who gets it first.
    #[arg(long, conflicts_with = "database")]
    wire: bool,
    #[command(flatten)]
    folder: Folder,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Output, Error> {
    let schemas = arguments.folder.find()?;
    match &arguments.database {
        Some(database) => of_database(database, &schemas),
        None if arguments.wire => wire::run(&schemas),
        None => of_folder(&schemas),
    }
}

fn of_folder(schemas: &Path) -> Result<Output, Error> {
    let found = status(schemas)?;
    let mut lines = table(&found);
    let steps = found.versions.iter().flat_map(|it| [it.step, it.rollback]);
    if steps.flatten().any(|step| step == StepStatus::NotSql) {
        lines.push(
            "Rust?: there is no file of SQL, and no package beside the folder in which to look \
             for the method"
                .to_owned(),
        );
    }
    let moved_on = found.moved_on.iter();
    lines.extend(moved_on.map(|change| format!("not in a version yet: {change}")));
    lines.push(format!("next: {}", found.next));
    let facts = json!({
        "versions": found.versions.iter().map(facts).collect::<Vec<_>>(),
        "seed": found.seed.map(word),
        "moved_on": found.moved_on,
        "next": found.next,
    });
    let output = Output::new(lines.join("\n"), facts);
    Ok(if is_well(&found) {
        output
    } else {
        output.with_exit_code(ExitCode::FAILURE)
    })
}

/// Whether nothing is wrong, or known to be missing.
fn is_well(found: &Status) -> bool {
    let is_bad = |step: &StepStatus| matches!(step, StepStatus::Wrong | StepStatus::Missing);
    let steps = found.versions.iter().flat_map(|it| [it.step, it.rollback]);
    let mut all = steps.chain([found.seed]).flatten();
    found.moved_on.is_empty() && !all.any(|step| is_bad(&step))
}

fn facts(version: &VersionStatus) -> Value {
    json!({
        "version": version.version,
        "step": version.step.map(word),
        "rollback": version.rollback.map(word),
        "tested": version.tested,
    })
}

fn word(step: StepStatus) -> &'static str {
    match step {
        StepStatus::Proven => "proven",
        StepStatus::Wrong => "wrong",
        StepStatus::Rust => "Rust",
        StepStatus::Missing => "missing",
        StepStatus::NotSql => "not SQL",
    }
}

const THERE: &str = "✓";
const WRONG: &str = "✗";
const NOT_THERE: &str = "-";
/// Where nothing could be.
const NONE: &str = "";

/// A row for each version, and below them how many have it.
fn table(found: &Status) -> Vec<String> {
    let has_tests = found
        .versions
        .iter()
        .any(|version| version.tested.is_some());
    let mut rows = vec![
        [
            "version", "snapshot", "step", "proof", "rollback", "seed", "tests",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let newest = found.versions.last().map(|version| version.version);
    for version in &found.versions {
        let seed = match found.seed {
            Some(seed) if Some(version.version) == newest => mark(seed),
            _ => NONE,
        };
        rows.push(row(version, seed));
    }
    if !found.moved_on.is_empty() {
        let next = newest.map_or(1, |newest| newest.saturating_add(1));
        let mut row = vec![next.to_string()];
        row.resize(rows[0].len(), NOT_THERE.to_owned());
        rows.push(row);
    }
    rows.push(progress(found));
    if !has_tests {
        for row in &mut rows {
            row.truncate(6);
        }
    }
    aligned(&rows)
}

fn row(version: &VersionStatus, seed: &str) -> Vec<String> {
    let (step, proof, rollback) = match version.step {
        None => (NONE, NONE, NONE),
        Some(step) => {
            let (step, proof) = match step {
                StepStatus::Proven | StepStatus::Wrong => ("SQL", mark(step)),
                StepStatus::Rust => ("Rust", NOT_THERE),
                StepStatus::Missing => ("missing", NOT_THERE),
                StepStatus::NotSql => ("Rust?", NOT_THERE),
            };
            (step, proof, version.rollback.map_or(NOT_THERE, mark))
        }
    };
    let tests = match version.tested {
        Some(true) => THERE,
        Some(false) => NOT_THERE,
        None => NONE,
    };
    let number = version.version.to_string();
    let columns = [&number, THERE, step, proof, rollback, seed, tests];
    columns.map(str::to_owned).to_vec()
}

fn mark(step: StepStatus) -> &'static str {
    match step {
        StepStatus::Proven => THERE,
        StepStatus::Wrong => WRONG,
        StepStatus::Rust => "Rust",
        StepStatus::Missing => "missing",
        StepStatus::NotSql => "Rust?",
    }
}

/// How many versions have it, of those that could.
fn progress(found: &Status) -> Vec<String> {
    let versions = &found.versions;
    let coming = usize::from(!found.moved_on.is_empty());
    let all = versions.len() + coming;
    let count = |has: &dyn Fn(&VersionStatus) -> bool| versions.iter().filter(|it| has(it)).count();
    let of = |count: usize, all: usize| format!("{count}/{all}");
    let is_there = |step: StepStatus| !matches!(step, StepStatus::Missing | StepStatus::NotSql);
    let steps = all.saturating_sub(1);
    vec![
        String::new(),
        of(versions.len(), all),
        of(count(&|it| it.step.is_some_and(is_there)), steps),
        of(count(&|it| it.step == Some(StepStatus::Proven)), steps),
        of(count(&|it| it.rollback.is_some_and(is_there)), steps),
        String::new(),
        of(count(&|it| it.tested == Some(true)), all),
    ]
}

fn of_database(database: &Path, schemas: &Path) -> Result<Output, Error> {
    let found = database_status(database, schemas)?;
    let mut lines = vec![match found.version {
        0 => format!(
            "{} has no version: its `user_version` is 0",
            database.display()
        ),
        version => format!(
            "{} says that it is at version {version}",
            database.display()
        ),
    }];
    lines.extend(found.other_tool.as_ref().map(|tool| {
        format!(
            "it has the table `{}`, as {} makes it; that table is not compared",
            tool.table, tool.name
        )
    }));
    lines.push(match found.nearest {
        _ if found.is_empty => "it is empty: the app makes its newest version of it".to_owned(),
        None => "there is no version to compare it with".to_owned(),
        Some(nearest) if found.same.len() < 2 && found.differences.is_empty() => {
            format!("its schema is that of version {nearest}")
        }
        Some(_) if found.differences.is_empty() => {
            format!(
                "its schema is that of the versions {}",
                listed(&found.same, " and ")
            )
        }
        Some(nearest) => {
            format!("its schema is nearest to version {nearest}, and differs from it:")
        }
    });
    if !found.is_empty {
        let differences = found.differences.iter();
        lines.extend(
            differences.map(|difference| format!("  {}", difference.replace('\n', "\n  "))),
        );
    }
    let pragmas: Vec<_> = to_set(&found).into_iter().map(pragma).collect();
    lines.extend(told(&found, &pragmas));
    let is_well = found.same.contains(&found.version);
    let facts = json!({
        "version": found.version,
        "nearest": found.nearest,
        "same": found.same,
        "empty": found.is_empty,
        "differences": found.differences,
        "pragmas": pragmas,
        "other_tool": found.other_tool.as_ref().map(|tool| &tool.name),
    });
    let output = Output::new(lines.join("\n"), facts);
    Ok(if is_well {
        output
    } else {
        output.with_exit_code(ExitCode::FAILURE)
    })
}

/// The versions that the database may be at, where it says another one.
fn to_set(found: &DatabaseStatus) -> Vec<i32> {
    if found.is_empty || found.same.contains(&found.version) {
        Vec::new()
    } else if found.same.is_empty() {
        found
            .nearest
            .filter(|nearest| *nearest != found.version)
            .into_iter()
            .collect()
    } else {
        found.same.clone()
    }
}

fn pragma(version: i32) -> String {
    format!("PRAGMA user_version = {version};")
}

fn told(found: &DatabaseStatus, pragmas: &[String]) -> Option<String> {
    if let (Some(tool), Adoption::Considered) = (&found.other_tool, found.adoption) {
        return Some(adoption_told(found, &tool.name, pragmas));
    }
    let quoted: Vec<_> = pragmas.iter().map(|pragma| format!("`{pragma}`")).collect();
    match &*quoted {
        [] => None,
        [one] if found.same.is_empty() => Some(format!(
            "next: if that is what it is, mend the differences, then set {one}"
        )),
        [one] => Some(format!("next: set {one}")),
        many => Some(format!(
            "next: the steps between them change rows alone, so look which its rows are like, then set {}",
            many.join(" or ")
        )),
    }
}

/// How the app takes over a database of another tool.
fn adoption_told(found: &DatabaseStatus, tool: &str, pragmas: &[String]) -> String {
    let adopt = "`MigrationStrategy::adopt(Adopt::WhereSchemaIsEqual)`";
    match (&*found.same, pragmas) {
        ([], _) => format!(
            "next: {adopt} takes over a database of {tool} whose schema is that of a version, and this one is \
             like none: make the version that it is, with `cargo stepladder import sql <its migrations>` or \
             `cargo stepladder export`, or mend the differences"
        ),
        ([_], [pragma]) => {
            format!("next: {adopt} in the app takes it over as that version (or set `{pragma}`)")
        }
        _ => format!(
            "next: {adopt} in the app takes it over if {tool} has recorded the number of one of them; otherwise \
             the steps between them change rows alone, and `Adopt::NewestWhereSeveral` or `OldestWhereSeveral` \
             says which it is"
        ),
    }
}

fn listed(versions: &[i32], between: &str) -> String {
    let versions: Vec<_> = versions.iter().map(ToString::to_string).collect();
    versions.join(between)
}
