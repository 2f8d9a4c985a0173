//! A comment without an end. SQLite takes the rest of the file for it without a word: statements that
//! are not run, or tables that are dropped with the next version.

use crate::comment::{Form, comments};
use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

pub(super) fn find(file: &SourceFile) -> Option<Diagnostic> {
    let last = comments(&file.text).pop()?;
    (last.form == Form::Open).then(|| {
        let start = last.range.start;
        Diagnostic::at(
            file,
            start..start + 2,
            "a comment is never closed",
            "it begins here",
        )
        .note("SQLite would ignore the rest of the file")
        .help("write `*/` where it ends")
    })
}
