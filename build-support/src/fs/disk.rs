//! The operations that change files and folders. Every write of this crate is made of them, so that
//! a test can let each of them fail.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What an operation takes from the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Room, of which there may be none.
    Space,
    /// Only another entry in a folder.
    Nothing,
}

pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    fault::point(Needs::Space)?;
    fs::create_dir(path)
}

/// Writes a new file and waits until it is on the disk.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fault::point(Needs::Space)?;
    let mut file = File::create(path)?;
    if let Err(error) = fault::point(Needs::Space) {
        // As a disk does that has room for a part only.
        file.write_all(&bytes[..bytes.len() / 2])?;
        return Err(error);
    }
    file.write_all(bytes)?;
    fault::point(Needs::Space)?;
    file.sync_all()
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fault::point(Needs::Nothing)?;
    fs::rename(from, to)
}

pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    fault::point(Needs::Nothing)?;
    fs::remove_file(path)
}

/// Removes an empty folder.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    fault::point(Needs::Nothing)?;
    fs::remove_dir(path)
}

/// A rename is safe once the folder is on the disk too. Windows has no such call.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        fault::point(Needs::Nothing)?;
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(not(test))]
mod fault {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "in the tests of this crate it fails"
    )]
    pub(super) fn point(_: super::Needs) -> std::io::Result<()> {
        Ok(())
    }
}

/// Faults that a test asks for, on its own thread.
#[cfg(test)]
pub(crate) mod fault {
    use std::cell::Cell;
    use std::io::{Error, ErrorKind, Result};

    use super::Needs;

    /// What goes wrong.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Fault {
        /// One operation fails, such as one that a signal or a network drive spoils.
        Once,
        /// From one operation on there is no room.
        Full,
    }

    thread_local! {
        static FAULT: Cell<Option<(Fault, usize)>> = const { Cell::new(None) };
    }

    /// Runs some work in which the operation of this number fails, from 0. Gives back whether there
    /// were as many.
    pub(crate) fn with<T>(fault: Fault, number: usize, work: impl FnOnce() -> T) -> (T, bool) {
        FAULT.set(Some((fault, number + 1)));
        let done = work();
        let left = FAULT.replace(None);
        (done, left.is_some_and(|(_, left)| left == 0))
    }

    pub(super) fn point(needs: Needs) -> Result<()> {
        let Some((fault, left)) = FAULT.get() else {
            return Ok(());
        };
        match (fault, left) {
            (Fault::Full, 0) if needs == Needs::Space => Err(Error::from(ErrorKind::StorageFull)),
            (_, 0) => Ok(()),
            (Fault::Full, 1) if needs == Needs::Nothing => Ok(()),
            (fault, left) => {
                FAULT.set(Some((fault, left - 1)));
                match (fault, left) {
                    (Fault::Once, 1) => Err(Error::other("a fault of the test")),
                    (Fault::Full, 1) => Err(Error::from(ErrorKind::StorageFull)),
                    (_, _) => Ok(()),
                }
            }
        }
    }
}
