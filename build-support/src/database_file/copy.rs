//! A copy of a database, with the pages that are not in its file yet.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::header::beside;

/// A copy in a folder of its own, which is removed with it.
#[derive(Debug)]
pub(super) struct Copy {
    folder: PathBuf,
}

impl Copy {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("stepladder-{}-{count}", std::process::id());
        let copy = Self {
            folder: std::env::temp_dir().join(name),
        };
        create_private(&copy.folder)?;
        // First what is not in the file yet: between the two it can only get there.
        for what in ["-wal", "-journal", ""] {
            match fs::copy(beside(path, what), beside(&copy.database(), what)) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound && !what.is_empty() => {}
                Err(error) => return Err(error),
            }
        }
        make_writable(&copy.folder)?;
        Ok(copy)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.join("copy.db")
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Best effort: it is in the folder of temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The rows are those of somebody: nobody else is to read them.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A copy has the permissions of its file, and SQLite is to bring the copy up to date.
fn make_writable(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        #[cfg(unix)]
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        #[cfg(not(unix))]
        let permissions = {
            let mut permissions = fs::metadata(&path)?.permissions();
            permissions.set_readonly(false);
            permissions
        };
        fs::set_permissions(path, permissions)?;
    }
    Ok(())
}
