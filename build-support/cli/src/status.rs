//! `status`: how far a folder is, and where a database file stands.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use stepladder_build::{Error, StepStatus, database_status, status};

use crate::Folder;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    // Exit code 0 only where all is as it should be.
    /// A database file: which version it is at, and how its schema differs from that.
    database: Option<PathBuf>,
    #[command(flatten)]
    folder: Folder,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Output, Error> {
    let schemas = arguments.folder.find()?;
    match &arguments.database {
        Some(database) => of_database(database, &schemas),
        None => of_folder(&schemas),
    }
}

fn of_folder(schemas: &Path) -> Result<Output, Error> {
    let found = status(schemas)?;
    let mut lines = vec!["version  step     rollback".to_owned()];
    for version in &found.versions {
        let first = version.step.is_none();
        let step = if first { "-" } else { mark(version.step) };
        let rollback = version
            .rollback
            .map_or("-", |rollback| mark(Some(rollback)));
        lines.push(
            format!("{:<8} {step:<8} {rollback}", version.version)
                .trim_end()
                .to_owned(),
        );
    }
    let steps = found.versions.iter().filter_map(|version| version.step);
    let proven = steps
        .clone()
        .filter(|step| *step == StepStatus::Proven)
        .count();
    let rollbacks = found
        .versions
        .iter()
        .filter(|version| version.rollback.is_some())
        .count();
    let all = steps.count();
    lines.push(String::new());
    lines.push(format!(
        "steps proven {proven}/{all}, rollbacks {rollbacks}/{all}"
    ));
    lines.extend(
        found
            .moved_on
            .iter()
            .map(|change| format!("not in a version yet: {change}")),
    );
    lines.push(format!("next: {}", found.next));
    let versions: Vec<Value> = (found.versions.iter())
        .map(|version| {
            json!({
                "version": version.version,
                "step": version.step.map(|step| mark(Some(step))),
                "rollback": version.rollback.map(|rollback| mark(Some(rollback))),
            })
        })
        .collect();
    let facts = json!({
        "versions": versions,
        "seed": found.seed,
        "moved_on": found.moved_on,
        "next": found.next,
    });
    let wrong = (found.versions.iter())
        .any(|version| [version.step, version.rollback].contains(&Some(StepStatus::Wrong)));
    let output = Output::new(lines.join("\n"), facts);
    Ok(if wrong || !found.moved_on.is_empty() {
        output.with_exit_code(ExitCode::FAILURE)
    } else {
        output
    })
}

fn mark(step: Option<StepStatus>) -> &'static str {
    match step {
        Some(StepStatus::Proven) => "proven",
        Some(StepStatus::Wrong) => "wrong",
        Some(StepStatus::Rust) => "Rust",
        None => "-",
    }
}

fn of_database(database: &Path, schemas: &Path) -> Result<Output, Error> {
    let found = database_status(database, schemas)?;
    let mut lines = vec![format!(
        "{} says that it is at version {}",
        database.display(),
        found.version
    )];
    lines.push(match found.nearest {
        None => "there is no version to compare it with".to_owned(),
        Some(nearest) if found.differences.is_empty() => {
            format!("its schema is that of version {nearest}")
        }
        Some(nearest) => {
            format!("its schema is nearest to version {nearest}, and differs from it:")
        }
    });
    lines.extend(
        found
            .differences
            .iter()
            .map(|difference| format!("  {difference}")),
    );
    let facts = json!({
        "version": found.version,
        "nearest": found.nearest,
        "differences": found.differences,
    });
    let output = Output::new(lines.join("\n"), facts);
    Ok(
        if found.nearest == Some(found.version) && found.differences.is_empty() {
            output
        } else {
            output.with_exit_code(ExitCode::FAILURE)
        },
    )
}
