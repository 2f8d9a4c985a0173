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
        pool.theirs = read_theirs(theirs, location, git)?;
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
        let file = if path.is_file() {
            Some(read(&path, &self.shown())?)
        } else {
            None
        };
        match known {
            FileName::Seed => {}
            FileName::Schema => pool.schema = file,
            FileName::Settings => {
                let paths = BTreeMap::new();
                let conflict = file
                    .as_ref()
                    .and_then(|file| conflict::find(file, known, &paths));
                pool.settings = file;
                return conflict.map_or(Ok(()), Err);
            }
            FileName::Snapshot(_) | FileName::Step(..) => {
                let stages = unmerged.and_then(|unmerged| self.stages(unmerged));
                let [ours, theirs] = self.sides(known, stages, file);
                if !is_twin {
                    pool.ours.extend(ours);
                }
                pool.theirs.extend(theirs);
            }
        }
        Ok(())
    }

    fn shown(&self) -> String {
        format!("{}/{}", self.location.shown, self.name)
    }

    /// What each branch has of a file: by the index of git, by the marks in it, or the same.
    fn sides(
        &self,
        name: FileName,
        stages: Option<[Option<String>; 2]>,
        file: Option<SourceFile>,
    ) -> [Vec<Found>; 2] {
        let found = |file: SourceFile| Found {
            name,
            file,
            on_disk: Some(self.name.to_owned()),
        };
        let of = |side: &str, text: String| {
            let path = format!("{side}:{}", self.shown());
            found(SourceFile::new(path, text))
        };
        let marked = (file.as_ref()).and_then(|file| conflict::sides(&file.text));
        match (stages, marked, file) {
            // Solved by hand: what is there is ours, whichever side it was.
            (Some([ours, theirs]), None, Some(file)) => {
                let theirs = theirs.map(|text| of("theirs", text));
                let ours = ours.map(|text| of("ours", text));
                let others = theirs.into_iter().chain(ours).collect();
                [vec![found(file)], others]
            }
            (Some([ours, theirs]), _, _) => [
                ours.map(|text| of("ours", text)).into_iter().collect(),
                theirs.map(|text| of("theirs", text)).into_iter().collect(),
            ],
            (None, Some([ours, theirs]), _) => [vec![of("ours", ours)], vec![of("theirs", theirs)]],
            (None, None, Some(file)) => [vec![found(file.clone())], vec![found(file)]],
            (None, None, None) => [Vec::new(), Vec::new()],
        }
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
fn read_theirs(theirs: &str, location: &Location, git: Option<&Git>) -> Result<Vec<Found>, Error> {
    let texts = if Path::new(theirs).is_dir() {
        of_folder(Path::new(theirs))?
    } else {
        git.and_then(|git| of_git(git, theirs, &location.shown))
            .ok_or_else(|| {
                let message =
                    format!("`{theirs}` is neither a folder nor a branch or commit of git");
                Diagnostic::in_file(theirs, message).help(
                    "name the schemas folder of the other branch, or the branch: `--theirs main`",
                )
            })?
    };
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

fn of_folder(dir: &Path) -> Result<BTreeMap<String, SourceFile>, Diagnostic> {
    let shown = Location::new(dir).shown;
    let mut texts = BTreeMap::new();
    for name in names(dir) {
        if file_name(&name).is_ok() {
            let file = read(&dir.join(&name), &format!("{shown}/{name}"))?;
            texts.insert(name, file);
        }
    }
    Ok(texts)
}

/// `None` where git knows no such branch.
fn of_git(git: &Git, theirs: &str, shown: &str) -> Option<BTreeMap<String, SourceFile>> {
    let files = git.files_at(theirs)?.into_iter();
    let texts = files.filter_map(|(name, blob)| {
        file_name(&name).ok()?;
        let text = git.blob(&blob)?.replace("\r\n", "\n");
        let file = SourceFile::new(format!("{theirs}:{shown}/{name}"), text);
        Some((name, file))
    });
    Some(texts.collect())
}
