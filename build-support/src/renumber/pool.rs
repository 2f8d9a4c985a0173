//! The files of both branches, wherever they are: in conflict, saved under another name, in another
//! folder, or in git.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::git::{Git, Unmerged};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::folder::{FileName, Location, conflict, file_name, twin_name};
use crate::fs::read;
use crate::source::SourceFile;

/// A snapshot or a step of a branch.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) name: FileName,
    pub(super) file: SourceFile,
    /// The path in the schemas folder of the file that it was read from.
    pub(super) on_disk: Option<String>,
}

/// The files of both branches. What the merge has brought together is in both.
#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) ours: Vec<Found>,
    pub(super) theirs: Vec<Found>,
    /// `schema.sql` as it is.
    pub(super) schema: Option<SourceFile>,
    pub(super) settings: Option<SourceFile>,
}

pub(super) fn read_pool(
    location: &Location,
    theirs: Option<&str>,
    git: Option<&Git>,
) -> Result<Pool, Error> {
    let mut pool = Pool::default();
    let mut errors = Diagnostics::default();
    let unmerged = git.map(Git::unmerged).unwrap_or_default();
    let mut names = names(&location.dir);
    names.extend(unmerged.keys().cloned());
    if !location.dir.is_dir() {
        let shown = location.shown.as_str();
        return Err(
            Diagnostic::in_file(shown, format!("there is no folder `{shown}`"))
                .help("name the folder with the snapshots: `--schemas <DIR>`")
                .into(),
        );
    }
    for name in names {
        let source = Source {
            location,
            git,
            name: &name,
        };
        errors.ok(source.read(unmerged.get(&name), &mut pool));
    }
    errors.barrier()?;
    if let Some(theirs) = theirs {
        pool.theirs = read_theirs(theirs, git)?;
    }
    Ok(pool)
}

/// The files of a folder and of its `steps`.
fn names(dir: &Path) -> BTreeSet<String> {
    let of = |dir: &Path, prefix: &str| -> Vec<String> {
        let entries = fs::read_dir(dir)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        let files = entries.filter(|entry| entry.path().is_file());
        files
            .map(|entry| format!("{prefix}{}", entry.file_name().to_string_lossy()))
            .collect()
    };
    let mut names = of(dir, "");
    names.extend(of(&dir.join("steps"), "steps/"));
    names.into_iter().collect()
}

/// A file of the schemas folder.
struct Source<'s> {
    location: &'s Location,
    git: Option<&'s Git>,
    name: &'s str,
}

impl Source<'_> {
    fn read(&self, unmerged: Option<&Unmerged>, pool: &mut Pool) -> Result<(), Diagnostic> {
        let (known, is_twin) = match (file_name(self.name), twin_name(self.name)) {
            (Ok(known), _) => (known, false),
            (Err(_), Some(known)) => (known, true),
            (Err(_), None) => return Ok(()),
        };
        let path = self.location.dir.join(self.name);
        let shown = format!("{}/{}", self.location.shown, self.name);
        let file = if path.is_file() {
            Some(read(&path, &shown)?)
        } else {
            None
        };
        match known {
            FileName::Seed => return Ok(()),
            FileName::Schema => {
                pool.schema = file;
                return Ok(());
            }
            FileName::Settings => {
                let conflict = file.as_ref().and_then(|file| conflict::find(file, known));
                pool.settings = file;
                return conflict.map_or(Ok(()), Err);
            }
            FileName::Snapshot(_) | FileName::Step(..) => {}
        }
        let found = |text: String, side: &str| Found {
            name: known,
            file: SourceFile::new(format!("{side}:{shown}"), text),
            on_disk: Some(self.name.to_owned()),
        };
        let plain = |file: SourceFile| Found {
            name: known,
            file,
            on_disk: Some(self.name.to_owned()),
        };
        let stages = unmerged.and_then(|unmerged| self.stages(unmerged));
        let sides = file.as_ref().and_then(|file| conflict::sides(&file.text));
        match (stages, sides, file) {
            // Solved by hand: what is there is ours, whichever side it was.
            (Some(stages), None, Some(file)) => {
                pool.ours.push(plain(file));
                let [ours, theirs] = stages;
                pool.theirs.extend(theirs.map(|text| found(text, "theirs")));
                pool.theirs.extend(ours.map(|text| found(text, "ours")));
            }
            (Some([ours, theirs]), _, _) => {
                pool.ours.extend(ours.map(|text| found(text, "ours")));
                pool.theirs.extend(theirs.map(|text| found(text, "theirs")));
            }
            (None, Some([ours, theirs]), _) => {
                pool.ours.push(found(ours, "ours"));
                pool.theirs.push(found(theirs, "theirs"));
            }
            (None, None, Some(file)) => {
                if !is_twin {
                    pool.ours.push(plain(file.clone()));
                }
                pool.theirs.push(plain(file));
            }
            (None, None, None) => {}
        }
        Ok(())
    }

    fn stages(&self, unmerged: &Unmerged) -> Option<[Option<String>; 2]> {
        let git = self.git?;
        let text = |blob: &Option<String>| {
            let text = git.blob(blob.as_ref()?)?;
            Some(text.replace("\r\n", "\n"))
        };
        Some([text(&unmerged.ours), text(&unmerged.theirs)])
    }
}

/// The files of their branch, in a folder or in git.
fn read_theirs(theirs: &str, git: Option<&Git>) -> Result<Vec<Found>, Error> {
    let dir = Path::new(theirs);
    let mut texts: BTreeMap<String, SourceFile> = BTreeMap::new();
    if dir.is_dir() {
        let shown = Location::new(dir).shown;
        for name in names(dir) {
            if file_name(&name).is_ok() {
                texts.insert(
                    name.clone(),
                    read(&dir.join(&name), &format!("{shown}/{name}"))?,
                );
            }
        }
    } else {
        let Some((git, files)) = git.and_then(|git| Some((git, git.files_at(theirs)?))) else {
            let message = format!("`{theirs}` is neither a folder nor a branch or commit of git");
            return Err(Diagnostic::in_file(theirs, message)
                .help("name the schemas folder of the other branch, or the branch: `--theirs main`")
                .into());
        };
        for (name, blob) in files {
            let is_ours = file_name(&name).is_ok();
            if let Some(text) = is_ours.then(|| git.blob(&blob)).flatten() {
                let file = SourceFile::new(format!("{theirs}:{name}"), text.replace("\r\n", "\n"));
                texts.insert(name, file);
            }
        }
    }
    let found = texts.into_iter().filter_map(|(name, file)| {
        let name = file_name(&name).ok()?;
        let counts = matches!(name, FileName::Snapshot(_) | FileName::Step(..));
        counts.then_some(Found {
            name,
            file,
            on_disk: None,
        })
    });
    let found: Vec<_> = found.collect();
    let is_snapshot = |found: &Found| matches!(found.name, FileName::Snapshot(_));
    if !found.iter().any(is_snapshot) {
        let message = format!("`{theirs}` has no snapshots of this folder");
        return Err(Diagnostic::in_file(theirs, message)
            .help("name a schemas folder, or a branch that has one at the same place")
            .into());
    }
    Ok(found)
}
