//! Files, with the path in every message.

mod changes;
mod disk;
mod leftovers;
#[cfg(test)]
mod tests;
mod undo;

use std::fs;
use std::io;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

pub(crate) use changes::{Changes, unwritten};
pub(crate) use disk::{remove_folder, rename, sync_folder, write_file};
pub(crate) use leftovers::hidden;
pub use leftovers::remove_leftovers;
pub(crate) use undo::Undo;

/// How long a file can be. A step is run many times while the crate builds, and its text is in the
/// program: with 16 MB the proof takes half a minute in a build script that is not optimised.
const LONGEST: u64 = 16_000_000;

/// Reads a text; `shown` is its path as the user knows it.
pub(crate) fn read(path: &Path, shown: &str) -> Result<SourceFile, Diagnostic> {
    if let Some(length) = fs::metadata(path).ok().map(|found| found.len())
        && length > LONGEST
    {
        return Err(too_long(shown, length));
    }
    let bytes = fs::read(path).map_err(|error| {
        Diagnostic::in_file(
            shown,
            format!("`{shown}` cannot be read: {}", reason(&error)),
        )
    })?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(shown, &error))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // A text in SQL may go over lines: without this its value would depend on the system that
    // the repository was checked out on.
    let file = SourceFile::new(shown, text.replace("\r\n", "\n"));
    match file.text.find('\0') {
        Some(at) => Err(nul(&file, at)),
        None => Ok(file),
    }
}

fn too_long(shown: &str, length: u64) -> Diagnostic {
    let megabytes = |bytes: u64| format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10);
    Diagnostic::in_file(
        shown,
        format!(
            "`{shown}` has {}, and a file of this folder can have {}",
            megabytes(length),
            megabytes(LONGEST)
        ),
    )
    .note("it is executed many times while the crate builds, and its text becomes part of the program")
    .help("insert so many rows in a step in Rust, from a file that the app reads when it runs")
}

/// SQLite takes a NUL for the end of the text and would ignore the rest without a word.
fn nul(file: &SourceFile, at: usize) -> Diagnostic {
    let message = format!("`{}` has a NUL character", file.path);
    Diagnostic::at(file, at..at + 1, message, "SQLite would stop reading here")
        .help("delete the character")
}

fn not_utf8(shown: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let at = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    // The snippet has to be text: each wrong byte is shown as the replacement character.
    let file = SourceFile::new(shown, String::from_utf8_lossy(bytes));
    let byte = bytes[at];
    let wide = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => " (it looks like UTF-16)",
        _ => "",
    };
    let (line, _) = file.line_column(at);
    Diagnostic::at(
        &file,
        at..at + '\u{fffd}'.len_utf8(),
        format!("`{shown}` is not UTF-8{wide}"),
        format!("the byte 0x{byte:02x} on line {line} is not part of a character"),
    )
    .help("save the file as UTF-8")
}

/// What the system says, without the number that Rust adds.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// Whether a file had to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It had this text already and was left alone, so that nothing is built again.
    Unchanged,
    /// It was written.
    Changed,
}

/// Writes the text, unless the file has it already.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> io::Result<Written> {
    if fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(Written::Unchanged);
    }
    write_atomically(path, text)?;
    Ok(Written::Changed)
}

/// Writes the text so that the file has all of it or is as it was, even when the machine stops.
fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    let temporary = hidden(path, "new");
    let written = write_file(&temporary, text.as_bytes()).and_then(|()| rename(&temporary, path));
    if written.is_err() {
        // Best effort: the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}
