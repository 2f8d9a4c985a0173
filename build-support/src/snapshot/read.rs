//! A snapshot from its file.

use super::format::{Probe, SnapshotFile};
use super::{FORMAT, Places, Snapshot};
use crate::diagnostic::Diagnostic;
use crate::json;
use crate::source::SourceFile;

/// Reads the snapshot that by its name is of this version.
pub(crate) fn read_snapshot(file: &SourceFile, version: i32) -> Result<Snapshot, Diagnostic> {
    let snapshot = match serde_json::from_str::<SnapshotFile>(&file.text) {
        Ok(read) if read.format == FORMAT => Snapshot::from(read),
        Ok(read) => return Err(other_format(file, &read.format.into())),
        Err(error) => return Err(unreadable(file, version, &error)),
    };
    if snapshot.version != version {
        return Err(Diagnostic::at(
            file,
            Places::new(file).field("version"),
            format!(
                "`{}` holds version {}, and its name says version {version}",
                file.path, snapshot.version
            ),
            format!("expected {version}, found {}", snapshot.version),
        )
        .help(restore(file, version)));
    }
    Ok(snapshot)
}

/// Reads a snapshot whatever its file is called.
///
/// # Errors
/// Why it is none.
pub fn read_any_snapshot(file: &SourceFile) -> Result<Snapshot, Diagnostic> {
    let json = serde_json::from_str::<serde_json::Value>(&file.text).ok();
    let version = json.as_ref().and_then(|json| json["version"].as_i64());
    let version = version.and_then(|version| i32::try_from(version).ok());
    read_snapshot(file, version.unwrap_or(1))
}

/// Another format may look different otherwise: that it is another is to be said first.
fn unreadable(file: &SourceFile, version: i32, error: &serde_json::Error) -> Diagnostic {
    match serde_json::from_str(&file.text) {
        Ok(Probe { format: None }) => no_format(file),
        Ok(Probe {
            format: Some(found),
        }) if found != FORMAT => other_format(file, &found),
        Ok(Probe { format: Some(_) }) | Err(_) => syntax(file, version, error),
    }
}

fn no_format(file: &SourceFile) -> Diagnostic {
    Diagnostic::in_file(
        &*file.path,
        format!(
            "`{}` is not a snapshot: it has no field `format`",
            file.path
        ),
    )
    .help(
        "snapshots are written by `cargo stepladder make-migrations`; move any other JSON file \
         out of the folder",
    )
}

fn other_format(file: &SourceFile, found: &serde_json::Value) -> Diagnostic {
    let diagnostic = Diagnostic::at(
        file,
        Places::new(file).field("format"),
        format!(
            "`{}` has a format that this stepladder does not know",
            file.path
        ),
        format!("expected {FORMAT}, found {found}"),
    );
    if found.as_u64().is_some_and(|found| found > FORMAT.into()) {
        let stepladder = env!("CARGO_PKG_VERSION");
        return diagnostic
            .note(format!(
                "this is stepladder {stepladder}; a newer one wrote the file"
            ))
            .help("run `cargo update stepladder stepladder-build`")
            .help("run `cargo install cargo-stepladder`");
    }
    diagnostic.help(format!("restore the file: `git checkout -- {}`", file.path))
}

fn syntax(file: &SourceFile, version: i32, error: &serde_json::Error) -> Diagnostic {
    json::rejected(file, error, "a snapshot").help(restore(file, version))
}

fn restore(file: &SourceFile, version: i32) -> String {
    format!(
        "restore the file, `git checkout -- {0}`; or, if version {version} was never shipped, \
         delete it and run `cargo stepladder make-migrations`",
        file.path
    )
}
