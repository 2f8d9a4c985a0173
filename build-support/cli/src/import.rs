//! `import`: the history of another tool.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;
use stepladder_build::{Error, ImportKind, Imported, import};

use crate::Folder;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// The schemas that Android's Room exports: `<version>.json`.
    Room(From),
    /// The schemas that Drift exports: `drift_schema_v<version>.json`.
    Drift(From),
    /// Numbered files of SQL, as `rusqlite_migration`, refinery, sqlx, diesel and others keep them.
    ///
    /// Each file makes a version; its text becomes the step, and that of its down file the rollback.
    Sql(From),
}

#[derive(Debug, Args)]
struct From {
    /// The folder with the files of the other tool. It is read and not changed.
    #[arg(value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    folder: Folder,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Output, Error> {
    let (kind, from) = match &arguments.kind {
        Kind::Room(from) => (ImportKind::Room, from),
        Kind::Drift(from) => (ImportKind::Drift, from),
        Kind::Sql(from) => (ImportKind::Sql, from),
    };
    let schemas = &from.folder.schemas;
    let imported = import(kind, &from.from, schemas)?;
    let shown = schemas.display().to_string().replace('\\', "/");
    let facts = json!({
        "schemas": shown,
        "versions": imported.versions,
        "steps": imported.steps,
        "rollbacks": imported.rollbacks,
        "seed_rows": imported.seed_rows,
        "notes": imported.notes,
    });
    let text = told(&imported, kind, &shown);
    Ok(Output::new(text, facts).with_diagnostics(&imported.left_out))
}

fn told(imported: &Imported, kind: ImportKind, shown: &str) -> String {
    let mut lines = imported.notes.clone();
    let (first, newest) = (imported.versions.first(), imported.versions.last());
    if let (Some(first), Some(newest)) = (first, newest) {
        lines.push(format!(
            "imported {} to {shown}: {first} to {newest}",
            counted(imported.versions.len(), "version")
        ));
    }
    let counts = [
        (imported.steps.len(), "step"),
        (imported.rollbacks.len(), "rollback"),
        (imported.seed_rows, "row of a new database"),
    ];
    let also: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(*count, noun))
        .collect();
    if !also.is_empty() {
        lines.push(format!("with {}", also.join(", ")));
    }
    match imported.left_out.len() {
        0 => lines.push("nothing was left out".to_owned()),
        count => lines.push(format!("{} above", counted(count, "warning"))),
    }
    let folder = match shown {
        "schemas" => String::new(),
        other => format!(" --schemas {other}"),
    };
    lines.push(match kind {
        ImportKind::Room | ImportKind::Drift => {
            format!("next: `cargo stepladder draft{folder}` drafts the steps between the versions")
        }
        ImportKind::Sql => {
            format!(
                "next: `cargo stepladder check{folder}` proves the steps, with rows in the tables"
            )
        }
    });
    lines.join("\n")
}

fn counted(count: usize, noun: &str) -> String {
    match (count, noun.split_once(' ')) {
        (1, _) => format!("1 {noun}"),
        (_, None) => format!("{count} {noun}s"),
        (_, Some((first, rest))) => format!("{count} {first}s {rest}"),
    }
}
