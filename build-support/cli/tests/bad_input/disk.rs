//! Disks that are full, and folders that nobody may write to, not even root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A disk of its own, in memory.
pub(crate) struct Disk {
    at: PathBuf,
}

impl Disk {
    /// `None` where this user may mount nothing.
    pub(crate) fn of(at: &Path, size: &str) -> Option<Self> {
        let options = format!("size={size}");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], at).then(|| Self { at: at.to_owned() })
    }

    pub(crate) fn close(&self) {
        assert!(mount(&["-o", "remount,ro"], &self.at));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.at).status();
    }
}

fn mount(arguments: &[&str], at: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(arguments).arg(at).stderr(Stdio::null());
    cfg!(target_os = "linux") && command.status().is_ok_and(|status| status.success())
}

/// A folder that cannot be written until this is dropped.
pub(crate) enum Closed {
    Mounted { _disk: Disk },
    Forbidden { folder: PathBuf },
}

impl Drop for Closed {
    fn drop(&mut self) {
        if let Self::Forbidden { folder } = self {
            allow(folder, 0o755);
        }
    }
}

/// Fills a folder, which is there and empty, and lets nobody write to it any more. Permissions do
/// not stop root, and a mount does; another user can be stopped by permissions.
pub(crate) fn read_only(folder: &Path, fill: impl Fn(&Path)) -> Option<Closed> {
    if let Some(disk) = Disk::of(folder, "16m") {
        fill(folder);
        disk.close();
        return Some(Closed::Mounted { _disk: disk });
    }
    fill(folder);
    allow(folder, 0o555);
    let closed = Closed::Forbidden {
        folder: folder.to_owned(),
    };
    if fs::write(folder.join("probe"), "").is_ok() {
        let _ = fs::remove_file(folder.join("probe"));
        eprintln!("skipped: this user may write everywhere, and mount nothing");
        return None;
    }
    Some(closed)
}

fn allow(folder: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(mode));
    }
    let _ = (folder, mode);
}
