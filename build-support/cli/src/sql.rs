//! `sql`: one script, for a DBA or another engine.

use clap::Args;
use serde_json::json;
use stepladder_build::{Error, sql_between};

use crate::Folder;
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The version to start from; 0 for a new database.
    #[arg(long, value_name = "N")]
    from: i32,
    /// The version to lead to; an older one goes back through the rollbacks.
    #[arg(long, value_name = "N")]
    to: i32,
    #[command(flatten)]
    folder: Folder,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Output, Error> {
    let script = sql_between(&arguments.folder.find()?, arguments.from, arguments.to)?;
    let facts = json!({ "from": arguments.from, "to": arguments.to, "sql": script });
    Ok(Output::new(script.trim_end(), facts))
}
