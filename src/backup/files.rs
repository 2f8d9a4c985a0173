//! The names of backups, and which of them go.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A copy that is being made. What is left of it when this is dropped goes, and so does what was
/// left by a process that was killed.
pub(super) struct Partial(PathBuf);

impl Partial {
    pub(super) fn new(path: PathBuf) -> Self {
        let partial = Self(path);
        partial.remove();
        partial
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn remove(&self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            // Most of them are not there.
            let _ = fs::remove_file(with_suffix(&self.0, suffix));
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.remove();
    }
}

pub(super) fn partial_name(folder: &Path, database: &Path) -> PathBuf {
    folder.join(with_suffix(own_name(folder, database), ".backup.partial"))
}

/// What the names of unfinished backups begin with: `app.db` beside the database. In another folder
/// the path of the database is in it too: another one of the same name may be upgraded at the same
/// time.
fn own_name(folder: &Path, database: &Path) -> OsString {
    let name = file_name(database);
    if database.parent() == Some(folder) {
        return name.to_owned();
    }
    let mut hasher = DefaultHasher::new();
    database.hash(&mut hasher);
    with_suffix(name, &format!(".{:016x}", hasher.finish()))
}

/// Gives a copy its name, or the next one that is free.
pub(super) fn give_name(
    copy: &Path,
    (folder, database, version): (&Path, &Path, i32),
) -> io::Result<PathBuf> {
    loop {
        let name = free_name(folder, database, version);
        // A link is never made over what is there, which a rename would be: another database of the
        // name may have taken it since.
        match fs::hard_link(copy, &name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Ok(()) => {
                // Two names for one file are one too many, and no harm.
                let _ = fs::remove_file(copy);
                return Ok(name);
            }
            // Not every file system has links, and not every app may make them.
            Err(_) => return fs::rename(copy, &name).map(|()| name),
        }
    }
}

/// `app.db.v3.backup`, or with a number the next one that is free: the highest and one more, so that
/// a higher number is a newer backup. What else has the name, a folder or a link, keeps it.
pub(super) fn free_name(folder: &Path, database: &Path, version: i32) -> PathBuf {
    let numbers = found(folder, file_name(database), FINISHED);
    let numbers = numbers.iter().filter(|backup| backup.version == version);
    let mut number = (numbers.map(|backup| backup.number).max()).map_or(1, |last| last + 1);
    loop {
        let suffix = match number {
            1 => format!(".v{version}.backup"),
            _ => format!(".v{version}-{number}.backup"),
        };
        let name = folder.join(with_suffix(file_name(database), &suffix));
        if name.symlink_metadata().is_err() {
            return name;
        }
        number += 1;
    }
}

/// The name of a whole copy until the upgrade has been committed.
pub(super) fn new_name(folder: &Path, database: &Path, version: i32) -> PathBuf {
    let suffix = format!(".v{version}{NEW}");
    folder.join(with_suffix(own_name(folder, database), &suffix))
}

/// Names what upgrades have left whose app was killed right after their commit: the database is at
/// another version than the copy.
pub(super) fn name_committed(folder: &Path, database: &Path, version: i32) {
    for left in found(folder, &own_name(folder, database), NEW) {
        if left.version != version {
            // One that cannot be renamed keeps its name, and the copy is there all the same.
            let _ = give_name(&left.path, (folder, database, left.version));
        }
    }
}

/// Removes all but the newest. The newest is the one that has just been made: a clock that was wrong
/// once must not make it the oldest.
pub(super) fn remove_older(folder: &Path, database: &Path, (newest, keep): (&Path, usize)) {
    let mut backups = found(folder, file_name(database), FINISHED);
    backups.sort_by_key(|backup| {
        let is_newest = backup.path == newest;
        (is_newest, backup.made, backup.version, backup.number)
    });
    let too_many = backups.len().saturating_sub(keep);
    for backup in &backups[..too_many] {
        // One that cannot be removed is one too many, and no harm.
        let _ = fs::remove_file(&backup.path);
    }
}

/// How the name of a backup ends.
const FINISHED: &str = ".backup";
/// How it ends before the upgrade has been committed.
const NEW: &str = ".backup.new";

struct Found {
    path: PathBuf,
    made: Option<SystemTime>,
    version: i32,
    number: u32,
}

/// The backups that are there, by how their names begin and end.
fn found(folder: &Path, name: &OsStr, ending: &str) -> Vec<Found> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let made = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let (version, number) = parse(&entry.file_name(), name, ending)?;
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some(Found {
            path: entry.path(),
            made: metadata.modified().ok(),
            version,
            number,
        })
    });
    made.collect()
}

/// The version and the number in the name of a backup of a database; without a number it is the
/// first.
fn parse(name: &OsStr, database: &OsStr, ending: &str) -> Option<(i32, u32)> {
    let rest = (name.as_encoded_bytes()).strip_prefix(database.as_encoded_bytes())?;
    let rest = std::str::from_utf8(rest).ok()?;
    let rest = rest.strip_prefix(".v")?.strip_suffix(ending)?;
    // A version may be negative: `v-7`, `v-7-2`.
    let split = rest.get(1..)?.find('-').map(|place| place + 1);
    let (version, number) = match split {
        Some(place) => (&rest[..place], rest[place + 1..].parse().ok()?),
        None => (rest, 1),
    };
    Some((version.parse().ok()?, number))
}

fn file_name(database: &Path) -> &OsStr {
    database.file_name().unwrap_or(database.as_os_str())
}

fn with_suffix(name: impl AsRef<OsStr>, suffix: &str) -> OsString {
    let mut name = name.as_ref().to_owned();
    name.push(suffix);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let is = |name: &str| parse(OsStr::new(name), OsStr::new("app.db"), FINISHED);
        assert_eq!(is("app.db.v3.backup"), Some((3, 1)));
        assert_eq!(is("app.db.v3-12.backup"), Some((3, 12)));
        assert_eq!(is("app.db.v-7.backup"), Some((-7, 1)));
        assert_eq!(is("app.db.v-7-2.backup"), Some((-7, 2)));
        for other in [
            "app.db",
            "app.db.backup.partial",
            "app.db.v.backup",
            "app.db.v3.backup2",
            "app.db.v3.backup.new",
            "app.db.v3-.backup",
            "app.db.v3-2-2.backup",
            "app.db.v3x.backup",
            "app.db.vé.backup",
            "app.db.v99999999999.backup",
            "my-app.db.v3.backup",
            "app.db2.v3.backup",
        ] {
            assert_eq!(is(other), None, "{other}");
        }
    }
}
