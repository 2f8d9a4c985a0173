//! What is in the schemas folder.
//!
//! Every `.sql`, `.json` and `.toml` file in it is either known by its name or an error: a step
//! that is ignored because of its name would be a migration that is missing quietly.

pub(crate) mod conflict;
mod name;
mod near;
mod open_comment;
mod two_branches;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::beside;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fs::{read, reason};
use crate::source::SourceFile;
use name::is_ignored;
use near::near_name;

pub(crate) use name::{FileName, file_name, snapshot_name, step_name, twin_name};
pub(crate) use near::distance;
pub(crate) use two_branches::renumber_command;

/// The files of a schemas folder by what they are.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// The name of the folder, with which each shown path begins.
    pub(crate) name: String,
    pub(crate) schema: Option<SourceFile>,
    pub(crate) snapshots: BTreeMap<i32, SourceFile>,
    /// Steps and rollbacks, by the version they start from and the one they lead to.
    pub(crate) steps: BTreeMap<(i32, i32), SourceFile>,
    pub(crate) seed: Option<SourceFile>,
    pub(crate) settings: Option<SourceFile>,
    /// The package that it is in, where there is one.
    pub(crate) package: Option<PathBuf>,
}

/// Where the folder is, and how it is called in messages.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    pub(crate) dir: PathBuf,
    pub(crate) shown: String,
}

impl Location {
    /// A folder that the user names: a relative path is shown as it is given, of another one only
    /// the last part, so that no message and no generated code depends on the machine.
    pub(crate) fn new(dir: &Path) -> Self {
        let given = dir.to_string_lossy().replace('\\', "/");
        let given = given.strip_prefix("./").unwrap_or(&given);
        let given = given.trim_end_matches('/');
        let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
        let shown = if dir.is_relative() && !given.is_empty() && given != "." {
            given.to_owned()
        } else {
            name(dir)
                .or_else(|| name(&dir.canonicalize().ok()?))
                .unwrap_or_else(|| "schemas".to_owned())
        };
        Self {
            dir: dir.to_owned(),
            shown,
        }
    }
}

/// The command that makes the next snapshot in a folder.
pub(crate) fn make_migrations_command(shown: &str) -> String {
    command(shown, "make-migrations")
}

/// A command for a folder.
pub(crate) fn command(shown: &str, arguments: &str) -> String {
    if shown == "schemas" {
        format!("cargo stepladder {arguments}")
    } else {
        format!("cargo stepladder {arguments} --schemas {shown}")
    }
}

/// Reads the folder. `None` where there is none; all else that is wrong goes to `errors`.
pub(crate) fn read_folder(location: &Location, errors: &mut Diagnostics) -> Option<Folder> {
    let mut folder = Folder {
        name: location.shown.clone(),
        package: beside::root(&location.dir),
        ..Folder::default()
    };
    errors.ok(check_folder(&location.dir, &folder.name))?;
    let paths = list(&location.dir, &folder.name, errors);
    for (relative, path) in &paths {
        read_entry(relative, path, &paths, &mut folder, errors);
    }
    let nothing = folder.schema.is_none() && folder.snapshots.is_empty();
    if nothing && !errors.has_errors() {
        errors.push(no_schema(&folder));
    }
    Some(folder)
}

fn looked_for(dir: &Path) -> String {
    let absolute = std::path::absolute(dir);
    let dir = absolute.as_deref().unwrap_or(dir);
    format!("looked for `{}`", dir.display())
}

fn check_folder(dir: &Path, shown: &str) -> Result<(), Diagnostic> {
    let found = match fs::metadata(dir) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Diagnostic::in_file(
                shown,
                format!("there is no folder `{shown}`"),
            )
            .note(looked_for(dir))
            .help(format!(
                "create it, write your `CREATE TABLE` statements to `{shown}/schema.sql` and run `{}`",
                make_migrations_command(shown)
            ))
            .help("or name the folder that you have: `--schemas <DIR>` for the command, `Config::new(..)` in build.rs"));
        }
        Err(error) => {
            return Err(Diagnostic::in_file(
                shown,
                format!("the folder `{shown}` cannot be read: {}", reason(&error)),
            )
            .help("name the folder that holds `schema.sql`: `--schemas <DIR>` for the command, `Config::new(..)` in build.rs"));
        }
    };
    if found.is_dir() {
        return Ok(());
    }
    Err(
        Diagnostic::in_file(shown, format!("`{shown}` is a file, not a folder"))
            .help("give the folder that holds `schema.sql` and the snapshots"),
    )
}

/// All files that are not to be ignored, with the path inside the folder, in the order of names.
fn list(dir: &Path, shown: &str, errors: &mut Diagnostics) -> BTreeMap<String, PathBuf> {
    let hidden = |entry: &DirEntry| {
        entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
    };
    let mut paths = BTreeMap::new();
    let entries = WalkDir::new(dir).follow_links(true).into_iter();
    for entry in entries.filter_entry(|entry| !hidden(entry)) {
        match entry {
            Ok(entry) => {
                let relative = relative(dir, entry.path());
                if !relative.is_empty() && !is_ignored(&relative) {
                    paths.insert(relative, entry.into_path());
                }
            }
            Err(error) => errors.push_some(unreadable(dir, shown, &error)),
        }
    }
    paths
}

/// The message about a path that the walk could not follow. An editor's lock is such a path:
/// Emacs makes a dangling link `.#schema.sql`.
fn unreadable(dir: &Path, shown: &str, error: &walkdir::Error) -> Option<Diagnostic> {
    let relative = relative(dir, error.path().unwrap_or(dir));
    let is_ours = relative.is_empty() || relative == "steps" || !is_ignored(&relative);
    if !is_ours && is_link(error) {
        return None;
    }
    let path = format!("{shown}/{relative}");
    let path = path.trim_end_matches('/');
    let reason = match (error.loop_ancestor(), error.io_error()) {
        (Some(_), _) => "the link leads back to a folder above it".to_owned(),
        (None, Some(error)) if error.kind() == io::ErrorKind::NotFound => {
            "the link leads to nothing".to_owned()
        }
        (None, Some(error)) => reason(error),
        (None, None) => error.to_string(),
    };
    Some(
        Diagnostic::in_file(path, format!("`{path}` cannot be read: {reason}"))
            .help("put the file there, or delete the link"),
    )
}

fn is_link(error: &walkdir::Error) -> bool {
    error
        .path()
        .and_then(|path| fs::symlink_metadata(path).ok())
        .is_some_and(|found| found.is_symlink())
}

/// The path inside the folder, with `/` between its parts on every system.
fn relative(dir: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(dir).unwrap_or(path);
    let parts: Vec<_> = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

fn read_entry(
    relative: &str,
    path: &Path,
    paths: &BTreeMap<String, PathBuf>,
    folder: &mut Folder,
    errors: &mut Diagnostics,
) {
    let shown = format!("{}/{relative}", folder.name);
    let known = match file_name(relative) {
        Ok(known) => known,
        Err(_) if path.is_dir() => return,
        Err(None) => {
            let two = two_branches::find(relative, paths, &folder.name);
            let told = two.unwrap_or_else(|| unknown(relative, &shown, paths, &folder.name));
            return errors.push(told);
        }
        Err(Some(mistake)) => {
            return errors.push(
                Diagnostic::in_file(&*shown, format!("`{shown}` {mistake}"))
                    .help("rename it to the versions that it is about, or delete it"),
            );
        }
    };
    if path.is_dir() {
        errors.push(
            Diagnostic::in_file(&*shown, format!("`{shown}` is a folder, not a file"))
                .help("rename it, or move it out of the schemas folder"),
        );
        return;
    }
    let Some(file) = errors.ok(read(path, &shown)) else {
        return;
    };
    if let Some(conflict) = conflict::find(&file, known, paths) {
        errors.push(conflict);
        return;
    }
    if matches!(
        known,
        FileName::Schema | FileName::Seed | FileName::Step(..)
    ) && let Some(open) = open_comment::find(&file)
    {
        errors.push(open);
        return;
    }
    match known {
        FileName::Schema => folder.schema = Some(file),
        FileName::Seed => folder.seed = Some(file),
        FileName::Settings => folder.settings = Some(file),
        FileName::Snapshot(version) => {
            folder.snapshots.insert(version, file);
        }
        FileName::Step(from, to) => {
            folder.steps.insert((from, to), file);
        }
    }
}

/// The folder inside ours in which a file would have a name that is read.
fn schemas_folder_of(relative: &str) -> Option<&str> {
    let (inner, name) = relative.rsplit_once('/')?;
    (inner != "steps"
        && matches!(
            file_name(name),
            Ok(FileName::Schema | FileName::Snapshot(_))
        ))
    .then_some(inner)
}

/// The message about a file whose name says nothing to us.
fn unknown(
    relative: &str,
    shown: &str,
    paths: &BTreeMap<String, PathBuf>,
    folder: &str,
) -> Diagnostic {
    let diagnostic = Diagnostic::in_file(
        shown,
        format!("`{shown}` has a name that means nothing here"),
    );
    if let Some(inner) = schemas_folder_of(relative) {
        return diagnostic.help(format!(
            "`{folder}/{inner}` looks like a schemas folder of its own: name that one, \
             `--schemas {folder}/{inner}` or `Config::new(\"{folder}/{inner}\")`"
        ));
    }
    let near = near_name(relative);
    if let Some(near) = near.as_ref().filter(|near| paths.contains_key(*near)) {
        let near = format!("{folder}/{near}");
        return Diagnostic::in_file(
            shown,
            format!("two files for one purpose: `{shown}` and `{near}`"),
        )
        .note(format!("only `{near}` has the name that is read"))
        .help(format!(
            "keep what is right in `{near}` and delete `{shown}`"
        ));
    }
    match near {
        Some(near) => diagnostic.help(format!(
            "a name that is read is similar: rename it to `{folder}/{near}`"
        )),
        None => diagnostic
            .note(
                "the files that are read are `schema.sql`, `schema_v<N>.json`, \
                 `steps/from<A>_to<B>.sql`, `seed.sql` and `stepladder.toml`",
            )
            .help("rename it, or move it out of the folder"),
    }
}

fn no_schema(folder: &Folder) -> Diagnostic {
    let name = &folder.name;
    Diagnostic::in_file(
        &**name,
        format!("the folder `{name}` has neither a schema nor snapshots"),
    )
    .help(format!(
        "write your `CREATE TABLE` statements to `{name}/schema.sql` and run `{}`",
        make_migrations_command(name)
    ))
}
