//! `import`: the history of another tool.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use stepladder_build::{Error, ImportKind, Imported, Places, Progress, import_watched};

use crate::draft::places;
use crate::output::Output;
use crate::{Format, NewFolder, progress};

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
    Sql(Sql),
}

#[derive(Debug, Args)]
struct Sql {
    #[command(flatten)]
    from: From,
    /// Declare in each step and rollback what its proof finds, such as the rows that it loses, for
    /// files that were released long ago.
    #[arg(long)]
    accept_all: bool,
}

#[derive(Debug, Args)]
struct From {
    /// The folder with the files of the other tool. It is read and not changed.
    #[arg(value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    folder: NewFolder,
}

impl Arguments {
    /// The folder that is written.
    pub(crate) fn schemas(&self) -> &Path {
        let (Kind::Room(from) | Kind::Drift(from) | Kind::Sql(Sql { from, .. })) = &self.kind;
        &from.folder.schemas
    }
}

pub(crate) fn run(arguments: &Arguments, format: Format) -> Result<Output, Error> {
    let (kind, from, places) = match &arguments.kind {
        Kind::Room(from) => (ImportKind::Room, from, Places::Leave),
        Kind::Drift(from) => (ImportKind::Drift, from, Places::Leave),
        Kind::Sql(sql) => (ImportKind::Sql, &sql.from, places(sql.accept_all)),
    };
    let schemas = &from.folder.schemas;
    let imported = {
        let line = progress::line(format);
        let watcher = |progress: &Progress| line.show(progress);
        import_watched(kind, [&from.from, schemas], places, &watcher)?
    };
    let shown = schemas.display().to_string().replace('\\', "/");
    let facts = json!({
        "schemas": shown,
        "versions": imported.versions,
        "steps": imported.steps,
        "rollbacks": imported.rollbacks,
        "accepted": imported.accepted,
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
        lines.push(match imported.versions.len() {
            1 => format!("imported version {first} to {shown}"),
            count => format!("imported {count} versions to {shown}: {first} to {newest}"),
        });
    }
    let counts = [
        (imported.steps.len(), "step"),
        (imported.rollbacks.len(), "rollback"),
        (imported.seed_rows, "row of a new database"),
        (imported.accepted, "declaration accepted"),
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
                "next: `cargo stepladder check{folder}` proves the steps, with rows in the tables; to declare what \
             released ones lose, import with `--accept-all`"
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
