//! `diff`: what differs between two schemas.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use stepladder_build::{Error, diff_schemas};

use crate::Folder;
use crate::output::Output;

/// What differs between two schemas: exit code 0 nothing, 1 something, 2 one cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A version (`v3`), a snapshot, a file of SQL, or a database file.
    a: String,
    /// Another.
    b: String,
    /// The SQL that leads from the first to the second, and not the differences in words.
    #[arg(long)]
    sql: bool,
    /// A table or column that has another name in the second: `users=people`,
    /// `todos.owner_id=assignee_id`.
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    #[command(flatten)]
    folder: Folder,
}

pub(crate) fn run(arguments: &Arguments) -> Output {
    match output(arguments) {
        Ok(output) => output,
        // As diff(1) does.
        Err(error) => Output::failed(&error).with_exit_code(ExitCode::from(2)),
    }
}

fn output(arguments: &Arguments) -> Result<Output, Error> {
    // Two files need no folder.
    let are_files = [&arguments.a, &arguments.b]
        .into_iter()
        .all(|word| Path::new(word).is_file());
    let schemas = match &arguments.folder.schemas {
        None if are_files => PathBuf::from("schemas"),
        _ => arguments.folder.find()?,
    };
    let found = diff_schemas([&arguments.a, &arguments.b], &arguments.rename, &schemas)?;
    let text = match (&found.sql, arguments.sql) {
        (Ok(sql), true) => sql.trim_end().to_owned(),
        (Err(reason), true) => format!("-- no SQL could be drafted: {reason}"),
        (_, false) => found.differences.join("\n"),
    };
    let facts = json!({
        "equal": found.differences.is_empty(),
        "differences": found.differences,
        "sql": found.sql.as_ref().ok(),
    });
    let output = Output::new(text, facts);
    Ok(if found.differences.is_empty() {
        output
    } else {
        output.with_exit_code(ExitCode::from(1))
    })
}
