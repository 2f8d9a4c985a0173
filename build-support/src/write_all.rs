//! Several files at once: all of them, or none.

use std::path::PathBuf;

use crate::error::Error;
use crate::folder::Location;
use crate::fs::Changes;

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
    let mut changes = Changes::new(&Location {
        dir: PathBuf::new(),
        shown: ".".to_owned(),
    });
    for file in files {
        changes.write_elsewhere(file);
    }
    Ok(changes.make()?)
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
}
