//! A snapshot from its file.

use serde_json::error::Category;

use super::format::{Probe, SnapshotFile};
use super::{FORMAT, Places, Snapshot};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, floor_boundary};

/// Reads the snapshot that by its name is of this version.
pub(crate) fn read_snapshot(file: &SourceFile, version: i32) -> Result<Snapshot, Diagnostic> {
    let probe: Probe =
        serde_json::from_str(&file.text).map_err(|error| syntax(file, version, &error))?;
    check_format(file, &probe)?;
    let read: SnapshotFile =
        serde_json::from_str(&file.text).map_err(|error| syntax(file, version, &error))?;
    let snapshot = Snapshot::from(read);
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

fn check_format(file: &SourceFile, probe: &Probe) -> Result<(), Diagnostic> {
    let Some(found) = &probe.format else {
        return Err(Diagnostic::in_file(
            &*file.path,
            format!(
                "`{}` is not a snapshot: it has no field `format`",
                file.path
            ),
        )
        .help(
            "snapshots are written by `cargo stepladder make-migrations`; move any other JSON \
             file out of the folder",
        ));
    };
    if found.as_u64() == Some(FORMAT.into()) {
        return Ok(());
    }
    let diagnostic = Diagnostic::at(
        file,
        Places::new(file).field("format"),
        format!(
            "`{}` has a format that this stepladder does not know",
            file.path
        ),
        format!("expected {FORMAT}, found {found}"),
    );
    Err(
        if found.as_u64().is_some_and(|found| found > FORMAT.into()) {
            diagnostic
                .note(format!(
                    "this is stepladder {}; a newer one wrote the file",
                    env!("CARGO_PKG_VERSION")
                ))
                .help("run `cargo update stepladder stepladder-build`")
                .help("run `cargo install cargo-stepladder`")
        } else {
            diagnostic.help(format!("restore the file: `git checkout -- {}`", file.path))
        },
    )
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
