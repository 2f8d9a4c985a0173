//! `export`: the first version of an app that has databases already.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use stepladder_build::{Error, export};

use crate::Folder;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database file. It is read and not changed.
    database: PathBuf,
    /// The version that it is; its `user_version` where this is not said.
    #[arg(long, value_name = "N")]
    version: Option<i32>,
    #[command(flatten)]
    folder: Folder,
}

impl Arguments {
    /// The folder that is written.
    pub(crate) fn schemas(&self) -> &Path {
        &self.folder.schemas
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<Output, Error> {
    let schemas = &arguments.folder.schemas;
    let exported = export(&arguments.database, schemas, arguments.version)?;
    let mut lines: Vec<_> = exported
        .written
        .iter()
        .map(|file| format!("wrote {file}"))
        .collect();
    lines.push(format!(
        "next: build the app; version {} is its first",
        exported.version
    ));
    let facts = json!({ "version": exported.version, "files": exported.written });
    Ok(Output::new(lines.join("\n"), facts))
}
