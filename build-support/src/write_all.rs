//! Several files at once: all of them, or none.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::fs::{reason, sync_folder};

/// A file to be written, or to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its path as shown to the user.
    pub shown: String,
    /// Its text.
    pub text: String,
}

/// Writes all files, or leaves everything as it was.
///
/// The texts are on the disk under hidden names before the first file gets its own name, so that a
/// full disk or a folder that may not be written to changes nothing.
///
/// # Errors
/// The first file that cannot be written.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use stepladder_build::{NewFile, write_all};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("steps/from1_to2.sql");
/// let file = NewFile { path: path.clone(), shown: "from1_to2.sql".into(), text: "SELECT 1;".into() };
/// write_all(&[file])?;
/// assert_eq!(std::fs::read_to_string(path)?, "SELECT 1;");
/// # Ok(())
/// # }
/// ```
pub fn write_all(files: &[NewFile]) -> Result<(), Error> {
    let mut work = Work::default();
    for file in files {
        if let Err(error) = work.prepare(file) {
            work.undo();
            return Err(unwritable(file, &error));
        }
    }
    for file in files {
        if let Err(error) = work.put_in_place(file) {
            work.undo();
            return Err(unwritable(file, &error));
        }
    }
    Ok(())
}

fn unwritable(file: &NewFile, error: &io::Error) -> Error {
    let shown = file.shown.as_str();
    let message = format!("`{shown}` cannot be written: {}", reason(error));
    let diagnostic = Diagnostic::in_file(shown, message).note("nothing was changed");
    diagnostic
        .help("look whether the folder may be written to, and whether there is room on the disk")
        .into()
}

/// What was done so far, in order.
#[derive(Default)]
struct Work {
    folders: Vec<PathBuf>,
    temporary: Vec<PathBuf>,
    /// The files that have their names, with what was there before.
    in_place: Vec<(PathBuf, Option<Vec<u8>>)>,
}

impl Work {
    /// Writes the text under a hidden name.
    fn prepare(&mut self, file: &NewFile) -> io::Result<()> {
        self.make_folder(folder_of(&file.path))?;
        let temporary = temporary(&file.path);
        let mut options = OpenOptions::new();
        let mut written = options.write(true).create_new(true).open(&temporary)?;
        self.temporary.push(temporary);
        if let Ok(found) = fs::metadata(&file.path) {
            if found.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            written.set_permissions(found.permissions())?;
        }
        written.write_all(file.text.as_bytes())?;
        written.sync_all()
    }

    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing = folder.ancestors().take_while(|folder| !folder.exists());
        let missing: Vec<_> = missing.map(Path::to_owned).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(&folder)?;
            self.folders.push(folder);
        }
        Ok(())
    }

    fn put_in_place(&mut self, file: &NewFile) -> io::Result<()> {
        let before = match fs::read(&file.path) {
            Ok(before) => Some(before),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        fs::rename(temporary(&file.path), &file.path)?;
        self.in_place.push((file.path.clone(), before));
        sync_folder(folder_of(&file.path))
    }

    /// Best effort: the first error is the one to tell.
    fn undo(self) {
        for (path, before) in self.in_place {
            let _ = match before {
                Some(before) => File::create(&path).and_then(|mut file| file.write_all(&before)),
                None => fs::remove_file(&path),
            };
        }
        for temporary in self.temporary {
            let _ = fs::remove_file(temporary);
        }
        for folder in self.folders.into_iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The leading dot hides a file that was left behind.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{NewFile, write_all};

    fn file(home: &Path, name: &str) -> NewFile {
        NewFile {
            path: home.join(name),
            shown: name.to_owned(),
            text: "new".to_owned(),
        }
    }

    #[test]
    fn all_are_written() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a"), "old").unwrap();
        write_all(&[file(home.path(), "a"), file(home.path(), "x/y/b")]).unwrap();
        for name in ["a", "x/y/b"] {
            assert_eq!(fs::read_to_string(home.path().join(name)).unwrap(), "new");
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn one_that_cannot_be_written_leaves_all_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a"), "old").unwrap();
        fs::create_dir(home.path().join("b")).unwrap();
        let files = ["a", "x/y/c", "b"].map(|name| file(home.path(), name));
        let error = write_all(&files).unwrap_err().to_string();
        assert!(error.contains("`b` cannot be written"), "{error}");
        // `a` is a file, and so no folder.
        let files = ["x/y/c", "a/d"].map(|name| file(home.path(), name));
        assert!(write_all(&files).is_err());
        assert_eq!(fs::read_to_string(home.path().join("a")).unwrap(), "old");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
        assert_eq!(fs::read_dir(home.path().join("b")).unwrap().count(), 0);
    }

    #[test]
    fn a_late_failure_is_undone() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a"), "old").unwrap();
        // Two texts of one name: the second finds its hidden file gone.
        let files = [
            file(home.path(), "a"),
            file(home.path(), "b"),
            file(home.path(), "b"),
        ];
        assert!(write_all(&files).is_err());
        let mut work = super::Work::default();
        work.prepare(&files[0]).unwrap();
        work.put_in_place(&files[0]).unwrap();
        assert_eq!(fs::read_to_string(home.path().join("a")).unwrap(), "new");
        work.undo();
        assert_eq!(fs::read_to_string(home.path().join("a")).unwrap(), "old");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
