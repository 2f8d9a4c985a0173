//! Changes of several files of a folder: all of them, or none.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::disk::{remove_file, rename, sync_folder, write_file};
use super::undo::Undo;
use super::{hidden, reason};
use crate::diagnostic::Diagnostic;
use crate::folder::Location;
use crate::write_all::NewFile;

/// What is to become of the files of a folder, in this order.
///
/// The new texts are on the disk before the first file has its name, and what fails after that is
/// undone. Whoever stops the process meanwhile leaves hidden files, which the next run removes.
#[derive(Debug)]
pub(crate) struct Changes {
    location: Location,
    list: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write {
        name: PathBuf,
        shown: String,
        text: String,
    },
    Move {
        from: String,
        to: String,
    },
    Remove {
        name: String,
    },
}

/// A change and the files that it goes through.
struct Staged<'c> {
    change: &'c Change,
    /// The new text.
    new: PathBuf,
    /// The text as it was.
    old: PathBuf,
}

impl Changes {
    pub(crate) fn new(location: &Location) -> Self {
        Self {
            location: location.clone(),
            list: Vec::new(),
        }
    }

    /// A file of the folder is to have this text. Gives back its name as shown.
    pub(crate) fn write(&mut self, name: impl Into<String>, text: impl Into<String>) -> String {
        let name = name.into();
        let shown = self.shown(&name);
        self.list.push(Change::Write {
            name: PathBuf::from(name),
            shown: shown.clone(),
            text: text.into(),
        });
        shown
    }

    /// The same for a file that is somewhere else, and is shown otherwise.
    pub(crate) fn write_elsewhere(&mut self, file: &NewFile) {
        self.list.push(Change::Write {
            name: file.path.clone(),
            shown: file.shown.clone(),
            text: file.text.clone(),
        });
    }

    /// Keeps a file beside itself, under the first such name that is free: `from1_to2.sql.before`.
    /// Gives back where; `None` where there is no such file.
    pub(crate) fn keep_before(&mut self, name: &str) -> Option<String> {
        if !self.location.dir.join(name).exists() {
            return None;
        }
        let free = (1..).map(|count| match count {
            1 => format!("{name}.before"),
            _ => format!("{name}.before{count}"),
        });
        // The range does not end, and some number is free.
        let to = (free.into_iter()).find(|name| !self.location.dir.join(name).exists())?;
        let shown = self.shown(&to);
        self.list.push(Change::Move {
            from: name.to_owned(),
            to,
        });
        Some(shown)
    }

    /// A file is to be there no more. Its text has to be somewhere else.
    pub(crate) fn remove(&mut self, name: &str) {
        self.list.push(Change::Remove {
            name: name.to_owned(),
        });
    }

    /// Makes the changes.
    ///
    /// # Errors
    /// The first file that could not be written. Everything is as it was then.
    pub(crate) fn make(self) -> Result<(), Diagnostic> {
        let mut undo = Undo::default();
        let done = self.stage(&mut undo).and_then(|staged| {
            for staged in &staged {
                let made = self.commit(staged, &mut undo);
                made.map_err(|error| self.failed(staged.change, &error))?;
            }
            self.sync()?;
            Ok(staged)
        });
        match done {
            Ok(staged) => {
                for staged in staged {
                    // Best effort: what is left is removed by the next run.
                    let _ = remove_file(&staged.old).or_else(|error| match error.kind() {
                        ErrorKind::NotFound => Ok(()),
                        _ => remove_file(&staged.old),
                    });
                }
                Ok(())
            }
            Err(error) => {
                undo.run();
                Err(error)
            }
        }
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.location.dir.join(name)
    }

    fn shown(&self, name: &str) -> String {
        format!("{}/{name}", self.location.shown)
    }

    fn failed(&self, change: &Change, error: &io::Error) -> Diagnostic {
        match change {
            Change::Write { shown, .. } => unwritten(shown, error),
            Change::Move { from: name, .. } | Change::Remove { name } => {
                unwritten(&self.shown(name), error)
            }
        }
    }

    fn stage(&self, undo: &mut Undo) -> Result<Vec<Staged<'_>>, Diagnostic> {
        let stage = |(number, change): (usize, &'_ Change)| {
            let path = self.path(change.name());
            (
                hidden(&path, &format!("{number}n")),
                hidden(&path, &format!("{number}o")),
            )
        };
        let mut staged = Vec::new();
        for (number, change) in self.list.iter().enumerate() {
            let (new, old) = stage((number, change));
            if let Change::Write { name, text, .. } = change {
                let written = self.write_aside(name, text, (&new, &old), undo);
                written.map_err(|error| self.failed(change, &error))?;
            }
            staged.push(Staged { change, new, old });
        }
        Ok(staged)
    }

    /// Writes the text of a file, and the one that it has, under other names.
    fn write_aside(
        &self,
        name: &Path,
        text: &str,
        (new, old): (&Path, &Path),
        undo: &mut Undo,
    ) -> io::Result<()> {
        let path = self.path(name);
        undo.create_folders(path.parent().unwrap_or(Path::new("")))?;
        undo.file(new);
        write_file(new, text.as_bytes())?;
        match fs::read(&path) {
            Ok(before) => {
                undo.file(old);
                write_file(old, &before)?;
                let permissions = fs::metadata(&path)?.permissions();
                fs::set_permissions(new, permissions.clone())?;
                fs::set_permissions(old, permissions)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn commit(&self, staged: &Staged<'_>, undo: &mut Undo) -> io::Result<()> {
        match staged.change {
            Change::Write { name, .. } => {
                let path = self.path(name);
                rename(&staged.new, &path)?;
                if staged.old.exists() {
                    undo.moved(&path, &staged.old);
                } else {
                    undo.file(&path);
                }
            }
            Change::Move { from, to } => {
                let (from, to) = (self.path(from), self.path(to));
                rename(&from, &to)?;
                undo.moved(&from, &to);
            }
            Change::Remove { name } => {
                let path = self.path(name);
                rename(&path, &staged.old)?;
                undo.moved(&path, &staged.old);
            }
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), Diagnostic> {
        let mut folders: BTreeSet<PathBuf> = (self.list.iter())
            .filter_map(|change| Some(self.path(change.name()).parent()?.to_owned()))
            .collect();
        // `steps` may be new in it.
        folders.insert(self.location.dir.clone());
        for folder in folders {
            sync_folder(&folder).map_err(|error| unwritten(&self.location.shown, &error))?;
        }
        Ok(())
    }
}

impl Change {
    fn name(&self) -> &Path {
        match self {
            Self::Write { name, .. } => name,
            Self::Remove { name } | Self::Move { from: name, .. } => Path::new(name),
        }
    }
}

/// The message about a file that could not be written.
pub(crate) fn unwritten(shown: &str, error: &io::Error) -> Diagnostic {
    let message = format!("`{shown}` cannot be written: {}", reason(error));
    Diagnostic::in_file(shown, message)
        .note("nothing was changed")
        .help(match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "make room on the disk, and run the command again"
            }
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "make the folder writable, or name another one: `--schemas <DIR>`"
            }
            ErrorKind::NotADirectory => {
                "a part of the path is a file: move it away, or name another folder: `--schemas <DIR>`"
            }
            _ => "look whether the folder may be written to",
        })
}
