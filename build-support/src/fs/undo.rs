//! The way back from changes that could not all be made.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::disk::{create_folder, remove_file, remove_folder, rename};

/// What was done, in its order.
#[derive(Debug, Default)]
pub(crate) struct Undo(Vec<Done>);

#[derive(Debug)]
enum Done {
    /// A file may be there that was not.
    File(PathBuf),
    /// A folder is there that was not.
    Folder(PathBuf),
    /// An empty folder is there no more.
    FolderGone(PathBuf),
    /// A file or folder has another name.
    Moved { from: PathBuf, to: PathBuf },
    /// A folder may be there that was not, with all that is in it.
    Tree(PathBuf),
}

impl Undo {
    pub(super) fn file(&mut self, path: &Path) {
        self.0.push(Done::File(path.to_owned()));
    }

    pub(crate) fn tree(&mut self, path: &Path) {
        self.0.push(Done::Tree(path.to_owned()));
    }

    pub(crate) fn folder_gone(&mut self, path: &Path) {
        self.0.push(Done::FolderGone(path.to_owned()));
    }

    pub(crate) fn moved(&mut self, from: &Path, to: &Path) {
        self.0.push(Done::Moved {
            from: from.to_owned(),
            to: to.to_owned(),
        });
    }

    /// Creates a folder, and those above it that are not there.
    pub(crate) fn create_folders(&mut self, path: &Path) -> io::Result<()> {
        let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let missing: Vec<_> = path.ancestors().take_while(is_missing).collect();
        for folder in missing.into_iter().rev() {
            match create_folder(folder) {
                Ok(()) => self.0.push(Done::Folder(folder.to_owned())),
                // Somebody was faster.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Brings everything back. What fails is tried once more, and then left: the error that led
    /// here is the one to tell.
    pub(crate) fn run(self) {
        for done in self.0.into_iter().rev() {
            let _ = done.undo().or_else(|error| match error.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => done.undo(),
            });
        }
    }
}

impl Done {
    fn undo(&self) -> io::Result<()> {
        match self {
            Self::File(path) => remove_file(path),
            Self::Folder(path) => remove_folder(path),
            Self::FolderGone(path) => create_folder(path),
            Self::Moved { from, to } => rename(to, from),
            Self::Tree(path) => std::fs::remove_dir_all(path),
        }
    }
}
