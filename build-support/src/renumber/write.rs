//! The files of both branches in one row.

use std::collections::{BTreeMap, BTreeSet};

use super::branches::Leg;
use super::git::Git;
use super::moved::Moved;
use super::pool::{Found, Pool};
use super::schema_text::{SchemaText, schema_text};
use super::{MovedVersion, Renumbered, TestFile, Way};
use crate::beside;
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::Error;
use crate::folder::{Location, conflict, make_migrations_command, snapshot_name, step_name};
use crate::fs::Changes;

/// Writes all of it, or nothing.
pub(super) fn write(
    location: &Location,
    git: Option<&Git>,
    pool: &Pool,
    legs: [&[Leg]; 2],
    moved: &[Moved],
) -> Result<Renumbered, Error> {
    let mut done = Renumbered {
        kept: legs[0].iter().map(|leg| leg.node.version.number).collect(),
        ..Renumbered::default()
    };
    let mut files = kept_files(legs[0]);
    for moved in moved {
        files.extend(moved_files(moved));
        done.moved.push(told(location, moved));
    }
    let result = &moved.last().expect("a branch has a version").version;
    match schema_text(pool, legs, &result.schema) {
        SchemaText::Right => {}
        SchemaText::Write(text) => {
            files.insert("schema.sql".to_owned(), text);
        }
        SchemaText::Differs(differences) => {
            done.warnings
                .push(merged_otherwise(location, result.number, &differences));
        }
    }
    let mut changes = Changes::new(location);
    let mut folder = Target {
        location,
        git,
        pool,
        done: &mut done,
        changes: &mut changes,
    };
    for (name, text) in &files {
        folder.put(name, text);
    }
    for name in from_disk(legs) {
        if !files.contains_key(&name) {
            folder.take_away(&name);
        }
    }
    changes.make()?;
    Ok(done)
}

fn kept_files(legs: &[Leg]) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for leg in legs {
        let version = &leg.node.version;
        let before = version
            .snapshot
            .parent
            .as_ref()
            .map_or(0, |parent| parent.version);
        files.insert(snapshot_name(version.number), version.file.text.to_string());
        let mut step = |found: &Option<Found>, name: String| {
            if let Some(found) = found {
                files.insert(name, found.file.text.to_string());
            }
        };
        step(&leg.step, step_name(before, version.number));
        step(&leg.rollback, step_name(version.number, before));
    }
    files
}

fn moved_files(moved: &Moved) -> Vec<(String, String)> {
    let (old, new) = (moved.before, moved.version.number);
    let text = |found: &Found| found.file.text.to_string();
    let step = moved
        .leg
        .step
        .as_ref()
        .map(|found| (step_name(old, new), text(found)));
    let rollback = moved
        .leg
        .rollback
        .as_ref()
        .map(|found| (step_name(new, old), text(found)));
    let snapshot = (snapshot_name(new), moved.version.file.text.to_string());
    [Some(snapshot), step, rollback]
        .into_iter()
        .flatten()
        .collect()
}

/// The files of the folder that the branches were read from.
fn from_disk(legs: [&[Leg]; 2]) -> BTreeSet<String> {
    let of = |leg: &Leg| {
        let found = [&leg.step, &leg.rollback].into_iter().flatten();
        let mut names: Vec<_> = found.filter_map(|found| found.on_disk.clone()).collect();
        names.extend(leg.node.on_disk.clone());
        names
    };
    legs.into_iter().flatten().flat_map(of).collect()
}

/// The folder, where no text is to be lost.
struct Target<'t> {
    location: &'t Location,
    git: Option<&'t Git>,
    pool: &'t Pool,
    done: &'t mut Renumbered,
    changes: &'t mut Changes,
}

impl Target<'_> {
    fn put(&mut self, name: &str, text: &str) {
        let there = self.there(name);
        // As git may have written it on Windows.
        let is_same = |there: &String| there.replace("\r\n", "\n") == text;
        if there.as_ref().is_some_and(is_same) {
            return;
        }
        if there.is_some_and(|there| !self.is_known(name, &there)) {
            self.done.kept_before.extend(self.changes.keep_before(name));
        }
        self.done.written.push(self.changes.write(name, text));
    }

    fn take_away(&mut self, name: &str) {
        let Some(there) = self.there(name) else {
            return;
        };
        if self.is_known(name, &there) {
            self.changes.remove(name);
            self.done
                .removed
                .push(format!("{}/{name}", self.location.shown));
        } else {
            self.done.kept_before.extend(self.changes.keep_before(name));
        }
    }

    fn there(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.location.dir.join(name)).ok()
    }

    /// Whether a text can be had again: git has it, or both sides of its conflict.
    fn is_known(&self, name: &str, text: &str) -> bool {
        let Some(git) = self.git else { return false };
        if git.has(name) {
            return true;
        }
        let Some(unmerged) = git.unmerged().remove(name) else {
            return false;
        };
        let same = |blob: Option<String>, side: &str| {
            blob.and_then(|blob| git.blob(&blob))
                .is_some_and(|text| text == side)
        };
        let sides = conflict::sides(text);
        let is_new = sides.is_some_and(|[ours, theirs]| {
            same(unmerged.ours, &ours) && same(unmerged.theirs, &theirs)
        });
        is_new
            && self
                .pool
                .theirs
                .iter()
                .any(|found| found.on_disk.as_deref() == Some(name))
    }
}

fn told(location: &Location, moved: &Moved) -> MovedVersion {
    let leg = &moved.leg;
    let was = leg.node.version.number;
    let was_before = leg
        .node
        .version
        .snapshot
        .parent
        .as_ref()
        .map_or(0, |parent| parent.version);
    let (old, new) = (moved.before, moved.version.number);
    let shown = |from, to| Way::Sql(format!("{}/{}", location.shown, step_name(from, to)));
    MovedVersion {
        from: was,
        to: new,
        step: match &leg.step {
            Some(_) => shown(old, new),
            None => Way::Rust {
                was: format!("from{was_before}_to{was}"),
                is: format!("from{old}_to{new}"),
            },
        },
        rollback: leg.rollback.as_ref().map(|_| shown(new, old)),
        tests: tests(location, [was_before, was], [old, new]),
    }
}

/// The tests of the package that name a version under its number until now.
fn tests(location: &Location, was: [i32; 2], is: [i32; 2]) -> Vec<TestFile> {
    let Some(root) = beside::root(&location.dir) else {
        return Vec::new();
    };
    let files = beside::tests_about(&root, was[0], was[1]).into_iter();
    let by_name = beside::step_test(was[0], was[1]);
    let named = |file: String| TestFile {
        is: (file == by_name).then(|| beside::step_test(is[0], is[1])),
        file,
    };
    files.map(named).collect()
}

fn merged_otherwise(location: &Location, newest: i32, differences: &[String]) -> Diagnostic {
    let shown = format!("{}/schema.sql", location.shown);
    let message =
        format!("`{shown}` was merged by hand, and is not what the steps of both lead to");
    let mut diagnostic = Diagnostic::in_file(shown.as_str(), message).severity(Severity::Warning);
    for difference in differences.iter().take(20) {
        diagnostic = diagnostic.note(format!("compared with version {newest}: {difference}"));
    }
    diagnostic.help(format!(
        "if `schema.sql` is right, run `{}` to make the next version; otherwise change it to what \
         version {newest} has",
        make_migrations_command(&location.shown)
    ))
}
