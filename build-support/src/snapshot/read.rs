//! A snapshot from its file.

use serde_json::error::Category;

use super::format::{Probe, SnapshotFile};
use super::{FORMAT, Places, Snapshot};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, floor_boundary};

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
pub(crate) fn read_any_snapshot(file: &SourceFile) -> Result<Snapshot, Diagnostic> {
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
    let text = error.to_string();
    let reason = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(reason, _)| reason);
    let start = file.offset_of(error.line(), error.column());
    // A value that is wrong is shown whole, and not only where it ends.
    let value = Places::new(file)
        .value_at(start)
        .filter(|_| error.is_data());
    // The end of the text is shown behind its last character, on the line that has it.
    let start = start.min(floor_boundary(&file.text, file.text.trim_end().len()));
    let length = file.text[start..].chars().next().map_or(0, char::len_utf8);
    let what = match error.classify() {
        Category::Data => format!("is not a snapshot: {reason}"),
        Category::Eof if start == 0 => "is empty".to_owned(),
        Category::Eof => "ends too early".to_owned(),
        Category::Syntax | Category::Io => format!("is not JSON: {reason}"),
    };
    Diagnostic::at(
        file,
        value.unwrap_or(start..start + length),
        format!("`{}` {what}", file.path),
        "",
    )
    .help(restore(file, version))
}

fn restore(file: &SourceFile, version: i32) -> String {
    format!(
        "restore the file, `git checkout -- {0}`; or, if version {version} was never shipped, \
         delete it and run `cargo stepladder make-migrations`",
        file.path
    )
}
