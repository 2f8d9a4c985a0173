//! What git knows of a schemas folder. Nothing here needs it: without git there is none to ask.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder in a working tree of git.
#[derive(Debug)]
pub(super) struct Git {
    dir: PathBuf,
}

/// The two sides of a file that a merge could not bring together, as names of blobs.
#[derive(Debug, Default)]
pub(super) struct Unmerged {
    pub(super) ours: Option<String>,
    pub(super) theirs: Option<String>,
}

impl Git {
    /// `None` where the folder is in no working tree, or there is no git.
    pub(super) fn at(dir: &Path) -> Option<Self> {
        let git = Self {
            dir: dir.to_owned(),
        };
        let inside = git.run(["rev-parse", "--is-inside-work-tree"])?;
        (inside.trim_ascii() == b"true").then_some(git)
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Option<Vec<u8>> {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.dir)
            .args(arguments)
            // Only to look: another git may be at work.
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        output.status.success().then_some(output.stdout)
    }

    /// The files of the folder that are in conflict, by their path in it.
    pub(super) fn unmerged(&self) -> BTreeMap<String, Unmerged> {
        let mut files: BTreeMap<String, Unmerged> = BTreeMap::new();
        let listed = self.run(["ls-files", "--unmerged", "-z", "--", "."]);
        for line in lines(&listed.unwrap_or_default()) {
            // <mode> <blob> <stage>\t<path>
            let Some((facts, path)) = line.split_once('\t') else {
                continue;
            };
            let [_, blob, stage] = *facts.split(' ').collect::<Vec<_>>() else {
                continue;
            };
            let file = files.entry(path.to_owned()).or_default();
            match stage {
                "2" => file.ours = Some(blob.to_owned()),
                "3" => file.theirs = Some(blob.to_owned()),
                _ => {}
            }
        }
        files
    }

    /// The files of the folder in a branch, a tag or a commit, by their path in it; `None` where
    /// there is no such one.
    pub(super) fn files_at(&self, reference: &str) -> Option<BTreeMap<String, String>> {
        if reference.starts_with('-') {
            return None;
        }
        let commit = self.run(["rev-parse", "--verify", &format!("{reference}^{{commit}}")])?;
        let commit = String::from_utf8(commit).ok()?;
        let listed = self.run(["ls-tree", "-r", "-z", commit.trim(), "--", "."])?;
        let files = lines(&listed).into_iter().filter_map(|line| {
            // <mode> <type> <blob>\t<path>
            let (facts, path) = line.split_once('\t')?;
            Some((path.to_owned(), facts.rsplit(' ').next()?.to_owned()))
        });
        Some(files.collect())
    }

    pub(super) fn blob(&self, blob: &str) -> Option<String> {
        String::from_utf8(self.run(["cat-file", "blob", blob])?).ok()
    }

    /// Whether git has a file as it is now, so that it can be had again.
    pub(super) fn has(&self, name: &str) -> bool {
        let hash = self.run(["hash-object", "--", name]);
        let hash = hash.and_then(|hash| String::from_utf8(hash).ok());
        hash.is_some_and(|hash| self.run(["cat-file", "-e", hash.trim()]).is_some())
    }
}

fn lines(listed: &[u8]) -> Vec<String> {
    let lines = listed
        .split(|byte| *byte == 0)
        .filter(|line| !line.is_empty());
    lines
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect()
}
