//! The folder of the other tool: its files, and whose they look like.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::ImportKind;
use super::drift::version_digits;
use super::sql::is_migration;
use super::write::is_snapshot;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::folder::Location;
use crate::fs::{read, reason};
use crate::source::SourceFile;

/// A folder with a history.
#[derive(Debug)]
pub(super) struct Source {
    /// The folder, as it is shown.
    pub(super) shown: String,
    /// The files that may be part of the history, in the order of their names.
    pub(super) files: Vec<Named>,
    /// The names of the others.
    pub(super) others: Vec<String>,
}

/// A file and its path inside the folder.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) file: SourceFile,
}

/// Reads the files of a folder that are of this kind.
pub(super) fn read_source(kind: ImportKind, location: &Location) -> Result<Source, Error> {
    check(location)?;
    let paths = list(location)?;
    let names: Vec<&str> = paths.keys().map(String::as_str).collect();
    if !names.iter().any(|name| is_of(kind, name)) {
        return Err(nothing(kind, location, &names).into());
    }
    let mut errors = Diagnostics::default();
    let mut source = Source {
        shown: location.shown.clone(),
        files: Vec::new(),
        others: Vec::new(),
    };
    for (name, path) in &paths {
        if !may_be_of(kind, name) {
            source.others.push(name.clone());
            continue;
        }
        let shown = format!("{}/{name}", location.shown);
        if let Some(file) = errors.ok(read(path, &shown)) {
            let name = name.clone();
            source.files.push(Named { name, file });
        }
    }
    errors.barrier()?;
    Ok(source)
}

fn check(location: &Location) -> Result<(), Diagnostic> {
    let shown = location.shown.as_str();
    let message = match fs::metadata(&location.dir) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => format!("`{shown}` is a file, not a folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            format!("there is no folder `{shown}`")
        }
        Err(error) => format!("the folder `{shown}` cannot be read: {}", reason(&error)),
    };
    Err(Diagnostic::in_file(shown, message)
        .help("give the folder that holds the files of the other tool"))
}

/// The files in the folder and in the folders in it, without the hidden ones.
fn list(location: &Location) -> Result<BTreeMap<String, PathBuf>, Diagnostic> {
    let mut paths = BTreeMap::new();
    let entries = WalkDir::new(&location.dir).max_depth(2).follow_links(true);
    let entries = entries.into_iter().filter_entry(|entry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    });
    for entry in entries {
        let entry = entry.map_err(|error| {
            let message = format!("`{}` cannot be read: {error}", location.shown);
            Diagnostic::in_file(location.shown.as_str(), message)
                .help("make it readable, or move what is not part of the history out of it")
        })?;
        if entry.file_type().is_file() {
            paths.insert(relative(&location.dir, entry.path()), entry.into_path());
        }
    }
    Ok(paths)
}

fn relative(dir: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(dir).unwrap_or(path).components();
    let parts: Vec<_> = inside
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Whether a file of this name is part of such a history.
fn is_of(kind: ImportKind, name: &str) -> bool {
    match kind {
        ImportKind::Room => name.strip_suffix(".json").is_some_and(is_number),
        ImportKind::Drift => version_digits(name).is_some(),
        ImportKind::Sql => is_migration(name),
    }
}

/// Whether a file has to be looked at: a copy of a file is not to be overlooked.
fn may_be_of(kind: ImportKind, name: &str) -> bool {
    let extension = match kind {
        ImportKind::Room | ImportKind::Drift => ".json",
        ImportKind::Sql => ".sql",
    };
    let deep = name.contains('/') && kind != ImportKind::Sql;
    name.to_ascii_lowercase().ends_with(extension) && !deep
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The message about a folder that has nothing of the kind.
fn nothing(kind: ImportKind, location: &Location, names: &[&str]) -> Diagnostic {
    let shown = location.shown.as_str();
    if names.is_empty() {
        return Diagnostic::in_file(shown, format!("the folder `{shown}` is empty"))
            .help(format!("give the folder with {}", expected(kind)));
    }
    let diagnostic = Diagnostic::in_file(
        shown,
        format!("the folder `{shown}` has none of {}", expected(kind)),
    );
    if let Some(inner) = inner_folder(kind, names) {
        return diagnostic.help(format!(
            "they are in a folder inside it: `cargo stepladder import {} {shown}/{inner}`",
            kind.name()
        ));
    }
    let other = [ImportKind::Room, ImportKind::Drift, ImportKind::Sql]
        .into_iter()
        .find(|other| names.iter().any(|name| is_of(*other, name)));
    let is_ours = names.iter().any(|name| is_snapshot(name));
    match other {
        _ if is_ours => diagnostic.help(format!(
            "it looks like a schemas folder of stepladder: use it as it is, `--schemas {shown}`"
        )),
        Some(other) => diagnostic.help(format!(
            "it looks like {}: `cargo stepladder import {} {shown}`",
            expected(other),
            other.name()
        )),
        None => diagnostic.help(format!("give the folder with {}", expected(kind))),
    }
}

fn inner_folder<'a>(kind: ImportKind, names: &[&'a str]) -> Option<&'a str> {
    names.iter().find_map(|name| {
        let (folder, name) = name.split_once('/')?;
        is_of(kind, name).then_some(folder)
    })
}

fn expected(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Room => "Room's exported schemas, `<version>.json`",
        ImportKind::Drift => "Drift's exported schemas, `drift_schema_v<version>.json`",
        ImportKind::Sql => {
            "the numbered SQL files of a migration tool, such as `1_name.sql` or `1_name/up.sql`"
        }
    }
}
