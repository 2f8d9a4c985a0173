//! The marks that a merge leaves in a file. Two branches that each made the next version leave
//! them in a snapshot, and what to do then is not what to do about a JSON error.

use crate::diagnostic::Diagnostic;
use crate::folder::name::{FileName, snapshot_name};
use crate::source::SourceFile;

/// The message about the first mark of a merge.
pub(super) fn find(file: &SourceFile, name: FileName) -> Option<Diagnostic> {
    let mark = "<<<<<<< ";
    let at = if file.text.starts_with(mark) {
        0
    } else {
        file.text.find(&format!("\n{mark}"))? + 1
    };
    let end = file.text[at..]
        .find('\n')
        .map_or(file.text.len(), |length| at + length);
    let message = format!("`{}` has a merge conflict", file.path);
    let diagnostic = Diagnostic::at(file, at..end, message, "");
    Some(match name {
        FileName::Snapshot(version) => diagnostic
            .note(format!("two branches made version {version}, each its own"))
            .help(format!(
                "take the side that others have already, whole (`git checkout --ours` or `--theirs \
                 -- {}`), merge `schema.sql`, and run `cargo stepladder make-migrations`: the other \
                 change becomes `{}`",
                file.path,
                snapshot_name(version.saturating_add(1))
            )),
        FileName::Schema | FileName::Seed | FileName::Settings | FileName::Step(..) => {
            diagnostic.help("edit the file so that it holds what both sides want")
        }
    })
}
