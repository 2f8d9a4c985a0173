//! What a run that was stopped has left: hidden files and folders with the number of its process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{remove_file, remove_folder, rename};
use crate::diagnostic::{Diagnostic, Severity};
use crate::folder::Location;

/// How old a file has to be where no system tells whether its process still runs.
const OLD: Duration = Duration::from_secs(3600);

/// The name of a file until it is whole, next to its place so that the rename stays on one disk.
/// The leading dot hides it from the folder pass.
pub(crate) fn hidden(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.{what}.tmp", std::process::id()))
}

/// Removes what runs that were stopped, by Ctrl-C for one, have left in a schemas folder and beside
/// it, and tells so. A folder that such a run has moved aside is put back.
///
/// To be called before a command that writes.
pub fn remove_leftovers(dir: &Path) -> Vec<Diagnostic> {
    let location = Location::new(dir);
    let mut removed = Vec::new();
    for folder in [location.dir.clone(), location.dir.join("steps")] {
        for name in names(&folder) {
            if is_left(&folder, &name, "") && remove_file(&folder.join(&name)).is_ok() {
                removed.push(name);
            }
        }
    }
    let absolute = std::path::absolute(&location.dir).unwrap_or_else(|_| location.dir.clone());
    let (Some(parent), Some(own)) = (absolute.parent(), absolute.file_name()) else {
        return told(&location, &removed);
    };
    let own = own.to_string_lossy();
    for name in names(parent) {
        let path = parent.join(&name);
        if !is_left(parent, &name, &own) || !path.is_dir() {
            continue;
        }
        let done = if name.ends_with(".old.tmp") {
            put_back(&path, &absolute)
        } else {
            fs::remove_dir_all(&path)
        };
        if done.is_ok() {
            removed.push(name);
        }
    }
    told(&location, &removed)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = (entries.filter_map(Result::ok))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Whether a name is one that [`hidden`] gives to a file whose name begins so, and its process is
/// not there any more.
fn is_left(folder: &Path, name: &str, own: &str) -> bool {
    let inner = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".tmp"));
    let Some(inner) = inner else { return false };
    let Some((rest, _what)) = inner.rsplit_once('.') else {
        return false;
    };
    let Some((of, process)) = rest.rsplit_once('.') else {
        return false;
    };
    let is_ours = own.is_empty() || of == own;
    let Ok(process) = process.parse::<u32>() else {
        return false;
    };
    is_ours && !runs(process, &folder.join(name))
}

/// Whether the process that made a file still runs. This one has made none yet.
fn runs(process: u32, path: &Path) -> bool {
    if process == std::process::id() {
        return false;
    }
    let processes = Path::new("/proc");
    if processes.join("self").exists() {
        return processes.join(process.to_string()).exists();
    }
    let changed = fs::metadata(path).and_then(|found| found.modified());
    let age = changed.ok().and_then(|changed| changed.elapsed().ok());
    age.is_none_or(|age| age < OLD)
}

/// Gives a folder its name again, or to the one that has it now what is still in the old one.
fn put_back(old: &Path, dir: &Path) -> io::Result<()> {
    if !dir.exists() {
        return rename(old, dir);
    }
    for name in names(old) {
        if dir.join(&name).exists() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        rename(&old.join(&name), &dir.join(&name))?;
    }
    remove_folder(old)
}

fn told(location: &Location, removed: &[String]) -> Vec<Diagnostic> {
    if removed.is_empty() {
        return Vec::new();
    }
    let message = format!("a run that was stopped had left `{}`", removed.join("`, `"));
    vec![
        Diagnostic::in_file(location.shown.as_str(), message)
            .severity(Severity::Warning)
            .note("it is removed, and nothing was half written")
            .help("run the command that was stopped again"),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{hidden, remove_leftovers};

    /// No process has this number: Linux gives at most 2^22.
    const GONE: u32 = 4_100_000_000;

    #[test]
    fn what_a_stopped_run_has_left_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("schemas");
        fs::create_dir_all(dir.join("steps")).unwrap();
        let left = [
            format!(".schema_v2.json.{GONE}.0n.tmp"),
            format!("steps/.from1_to2.sql.{GONE}.1o.tmp"),
        ];
        let others = [
            ".schema.sql.swp".to_owned(),
            ".notes.tmp".to_owned(),
            // The process runs: it is the first one, on every system that has `/proc`.
            ".schema_v3.json.1.0n.tmp".to_owned(),
        ];
        for name in left.iter().chain(&others) {
            fs::write(dir.join(name), "").unwrap();
        }
        fs::create_dir(home.path().join(format!(".schemas.{GONE}.new.tmp"))).unwrap();
        fs::create_dir(home.path().join(format!(".other.{GONE}.new.tmp"))).unwrap();
        let told = remove_leftovers(&dir);
        assert_eq!(told.len(), 1);
        for name in &left {
            assert!(!dir.join(name).exists(), "{name}");
            let name = name.strip_prefix("steps/").unwrap_or(name);
            assert!(told[0].message.contains(name), "{}", told[0].message);
        }
        for name in &others {
            assert!(dir.join(name).exists(), "{name}");
        }
        assert!(
            !home
                .path()
                .join(format!(".schemas.{GONE}.new.tmp"))
                .exists()
        );
        assert!(home.path().join(format!(".other.{GONE}.new.tmp")).exists());
        assert!(remove_leftovers(&dir).is_empty());
    }

    #[test]
    fn a_folder_that_was_moved_aside_is_put_back() {
        let home = tempfile::tempdir().unwrap();
        let old = home.path().join(format!(".schemas.{GONE}.old.tmp"));
        let dir = home.path().join("schemas");
        let make = || {
            fs::create_dir(&old).unwrap();
            fs::write(old.join("README.md"), "mine").unwrap();
        };
        make();
        remove_leftovers(&dir);
        assert_eq!(fs::read_to_string(dir.join("README.md")).unwrap(), "mine");
        // Stopped a moment later: the new folder has the name.
        fs::remove_dir_all(&dir).unwrap();
        fs::create_dir(&dir).unwrap();
        make();
        remove_leftovers(&dir);
        assert_eq!(fs::read_to_string(dir.join("README.md")).unwrap(), "mine");
        assert!(!old.exists());
    }

    #[test]
    fn a_hidden_name_is_found_again() {
        let path = hidden(Path::new("a/schema_v1.json"), "n");
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // This process has made it, and at the start of a run nothing is made yet.
        assert!(super::is_left(Path::new("a"), &name, ""));
        assert!(super::is_left(Path::new("a"), &name, "schema_v1.json"));
        assert!(!super::is_left(Path::new("a"), &name, "schema"));
    }
}
