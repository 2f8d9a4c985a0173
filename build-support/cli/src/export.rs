//! `export`: the first version of an app that has databases already.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use stepladder_build::{Error, export};

use crate::NewFolder;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database file. It is read and not changed.
    database: PathBuf,
    /// The version that it is; its `user_version` where this is not said.
    #[arg(long, value_name = "N")]
    version: Option<i32>,
    #[command(flatten)]
    pub(crate) folder: NewFolder,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Output, Error> {
    let schemas = &arguments.folder.schemas;
    let exported = export(&arguments.database, schemas, arguments.version)?;
    let mut lines: Vec<_> = exported
        .written
        .iter()
        .map(|file| format!("wrote {file}"))
        .collect();
    if exported.found != exported.version {
        lines.push(format!(
            "{} says version {}, and the app refuses such a database: set `PRAGMA user_version = \
             {};` in each before the app migrates it",
            arguments.database.display(),
            exported.found,
            exported.version
        ));
    }
    lines.push(format!(
        "next: build the app; version {} is its first",
        exported.version
    ));
    let facts = json!({
        "version": exported.version,
        "user_version": exported.found,
        "files": exported.written,
    });
    Ok(Output::new(lines.join("\n"), facts))
}
