//! The history of a schema: its versions, the steps between them, and the checks of the chain.

use std::collections::BTreeMap;

use stepladder::schema::Schema;
use stepladder::sql::fold;

use crate::beside;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fingerprint::{self, Fingerprints};
use crate::folder::{Folder, make_migrations_command, renumber_command, snapshot_name, step_name};
use crate::settings::Settings;
use crate::snapshot::{Parent, Places, Snapshot};
use crate::source::SourceFile;
use crate::view_columns::ViewColumn;

/// All that a schemas folder holds, read and checked.
#[derive(Debug, Clone)]
pub struct History {
    /// The versions, the oldest first; at least one.
    pub versions: Vec<Version>,
    /// The steps in SQL, by the version that they start from.
    pub steps: BTreeMap<i32, SourceFile>,
    /// The rollbacks in SQL, by the version that they start from.
    pub rollbacks: BTreeMap<i32, SourceFile>,
    /// The rows of a new database.
    pub seed: Option<SourceFile>,
    /// The settings.
    pub settings: Settings,
}

/// One version of the schema.
#[derive(Debug, Clone)]
pub struct Version {
    /// The number in `user_version`.
    pub number: i32,
    /// Its snapshot.
    pub snapshot: Snapshot,
    /// The file of the snapshot.
    pub file: SourceFile,
    /// What SQLite makes of the snapshot.
    pub schema: Schema,
    /// The columns of the views, by the name of the view in lower case.
    pub views: BTreeMap<String, Vec<ViewColumn>>,
}

impl Version {
    /// The same with a part of its schema.
    pub(crate) fn with_schema(&self, schema: Schema) -> Self {
        Self {
            schema,
            ..self.clone()
        }
    }

    /// The columns of a view; none where it could not be read.
    pub(crate) fn view_columns(&self, view: &str) -> &[ViewColumn] {
        self.views.get(&fold(view)).map_or(&[], Vec::as_slice)
    }
}

/// The snapshots with their files, the oldest first.
pub(crate) type Snapshots = Vec<(SourceFile, Snapshot)>;

/// Checks that the snapshots form a chain and that the steps lead along it.
pub(crate) fn check_chain(folder: &Folder, snapshots: &Snapshots, errors: &mut Diagnostics) {
    let mut before = None;
    let mut fingerprints = Fingerprints::default();
    for (file, snapshot) in snapshots {
        let link = Link {
            folder,
            snapshots,
            file,
            snapshot,
        };
        match (&snapshot.parent, before) {
            (None, None) => {}
            (None, Some(before)) => errors.push(link.no_parent(before)),
            (Some(parent), before) => link.check(parent, before, &mut fingerprints, errors),
        }
        before = Some(snapshot.version);
    }
    check_steps(folder, snapshots, errors);
}

/// A snapshot that has one before it.
struct Link<'a> {
    folder: &'a Folder,
    snapshots: &'a Snapshots,
    file: &'a SourceFile,
    snapshot: &'a Snapshot,
}

impl<'a> Link<'a> {
    fn check(
        &self,
        parent: &Parent,
        before: Option<i32>,
        fingerprints: &mut Fingerprints<'a>,
        errors: &mut Diagnostics,
    ) {
        let found = self
            .snapshots
            .iter()
            .find(|(_, snapshot)| snapshot.version == parent.version);
        let Some((file, found)) = found.filter(|_| parent.version < self.snapshot.version) else {
            return errors.push(self.parent_missing(parent));
        };
        if before != Some(parent.version) {
            return errors.push(self.not_the_one_before(parent, before));
        }
        let fingerprint = fingerprints.snapshot(found);
        if fingerprint != parent.fingerprint {
            errors.push(self.edited_snapshot(file, parent, &fingerprint));
        }
        if let Some(pinned) = &parent.step {
            errors.push_some(self.pinned_step(parent, found, pinned));
        }
    }

    fn shown(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.name)
    }

    fn no_parent(&self, before: i32) -> Diagnostic {
        let (path, before) = (&self.file.path, self.shown(&snapshot_name(before)));
        Diagnostic::at(
            self.file,
            Places::new(self.file).field("parent"),
            format!("`{path}` has no parent, and `{before}` is there"),
            format!("expected the version and fingerprint of `{before}`"),
        )
        .help(self.make_again())
    }

    fn parent_missing(&self, parent: &Parent) -> Diagnostic {
        let missing = self.shown(&snapshot_name(parent.version));
        let span = Places::new(self.file).parent_field("version");
        let names = format!(
            "`{}` names version {} as its parent",
            self.file.path, parent.version
        );
        if parent.version >= self.snapshot.version || parent.version < 1 {
            let message = format!("{names}, which is not an older version");
            let label = format!("expected a version from 1 to {}", self.snapshot.version - 1);
            return Diagnostic::at(self.file, span, message, label).help(self.make_again());
        }
        let message = format!("{names} and `{missing}` is not there");
        let diagnostic = Diagnostic::at(self.file, span, message, "there is no such snapshot");
        diagnostic.help(format!("restore it: `git checkout -- {missing}`"))
    }

    fn not_the_one_before(&self, parent: &Parent, before: Option<i32>) -> Diagnostic {
        // A parent that is there and older means that there is a version before this one.
        let before = self.shown(&snapshot_name(before.unwrap_or(parent.version)));
        let parent_file = self.shown(&snapshot_name(parent.version));
        let brothers = self.snapshots.iter().any(|(_, other)| {
            other.version < self.snapshot.version
                && other
                    .parent
                    .as_ref()
                    .is_some_and(|p| p.version == parent.version)
        });
        let message = if brothers {
            format!(
                "`{before}` and `{}` were both made from version {}",
                self.file.path, parent.version
            )
        } else {
            format!(
                "`{}` names version {} as its parent, and `{before}` is between them",
                self.file.path, parent.version
            )
        };
        let diagnostic = Diagnostic::at(
            self.file,
            Places::new(self.file).parent_field("version"),
            message,
            format!("expected the version of `{before}`, found that of `{parent_file}`"),
        )
        .note("each version has the one right before it as its parent; two branches that were merged leave such a fork");
        if brothers {
            return diagnostic.help(format!(
                "run `{}`: it puts the two in a row, and proves both orders",
                renumber_command(&self.folder.name)
            ));
        }
        diagnostic.help(self.make_again())
    }

    fn edited_snapshot(&self, file: &SourceFile, parent: &Parent, found: &str) -> Diagnostic {
        Diagnostic::in_file(
            &*file.path,
            format!(
                "`{}` has changed since `{}` was made from it",
                file.path, self.file.path
            ),
        )
        .also_at(
            self.file,
            Places::new(self.file).parent_field("fingerprint"),
            "the fingerprint it had",
        )
        .note(both(&parent.fingerprint, found))
        .help(format!(
            "restore it, `git checkout -- {}`, and make the change as a new version: edit \
             `{}/schema.sql` and run `{}`",
            file.path,
            self.folder.name,
            make_migrations_command(&self.folder.name)
        ))
    }

    /// The message about the step to the parent, where it is not what it was.
    fn pinned_step(&self, parent: &Parent, found: &Snapshot, pinned: &str) -> Option<Diagnostic> {
        let places = Places::new(self.file);
        let Some(grandparent) = &found.parent else {
            let message = format!(
                "`{}` holds the fingerprint of a step to version {}, and that is the first version",
                self.file.path, parent.version
            );
            let span = places.parent_field("step");
            return Some(
                Diagnostic::at(self.file, span, message, "expected null").help(self.make_again()),
            );
        };
        let name = self.shown(&step_name(grandparent.version, parent.version));
        let key = (grandparent.version, parent.version);
        let Some(file) = self.folder.steps.get(&key) else {
            let message = format!(
                "`{name}` is not there, and it was when `{}` was made",
                self.file.path
            );
            let diagnostic = Diagnostic::in_file(name.as_str(), message).also_at(
                self.file,
                places.parent_field("step"),
                "the fingerprint of the step",
            );
            return Some(diagnostic.help(format!("restore it: `git checkout -- {name}`")));
        };
        let fingerprint = fingerprint::step(&file.text);
        (fingerprint != pinned).then(|| {
            Diagnostic::in_file(
                &*file.path,
                format!("`{name}` has changed since `{}` was made", self.file.path),
            )
            .also_at(
                self.file,
                places.parent_field("step"),
                "the fingerprint it had",
            )
            .note(both(pinned, &fingerprint))
            .note("databases that have taken this step do not take it again")
            .help(format!(
                "restore it, `git checkout -- {name}`, and make the change in a step to a new version"
            ))
        })
    }

    fn make_again(&self) -> String {
        format!(
            "if version {0} was never shipped, delete `{1}` and run `cargo stepladder \
             make-migrations`; if it was, restore it: `git checkout -- {1}`",
            self.snapshot.version, self.file.path
        )
    }
}

fn both(expected: &str, found: &str) -> String {
    format!("expected {expected}\n   found {found}")
}

/// Checks that each step leads from a version to a neighbour of it.
fn check_steps(folder: &Folder, snapshots: &Snapshots, errors: &mut Diagnostics) {
    let versions: Vec<i32> = snapshots.iter().map(|(_, s)| s.version).collect();
    let parents = snapshots.iter().filter_map(|(_, s)| s.parent.as_ref());
    let lost: Vec<i32> = parents
        .map(|parent| parent.version)
        .filter(|version| !versions.contains(version))
        .collect();
    for (&(from, to), file) in &folder.steps {
        let missing: Vec<_> = [from, to]
            .into_iter()
            .filter(|version| !versions.contains(version))
            .collect();
        let (low, high) = (from.min(to), from.max(to));
        let between: Vec<i32> = versions
            .iter()
            .copied()
            .filter(|version| low < *version && *version < high)
            .collect();
        // What is said about a snapshot that is lost need not be said about its steps.
        let is_lost = missing.iter().any(|version| lost.contains(version));
        let message = match (&*missing, &*between) {
            _ if is_lost => continue,
            ([], []) => continue,
            ([], _) => format!("leads over {}", list(&between)),
            ([..], _) => format!("is about {}, and there is no such snapshot", list(&missing)),
        };
        let mut diagnostic = Diagnostic::in_file(&*file.path, format!("`{}` {message}", file.path))
            .note(format!("the folder has {}", list(&versions)));
        diagnostic.helps = step_helps(folder, &versions, (from, to));
        errors.push(diagnostic);
    }
}

/// `version 1`, `versions 1, 2 and 5`
fn list(versions: &[i32]) -> String {
    let texts: Vec<_> = versions.iter().map(ToString::to_string).collect();
    match &*texts {
        [] => "no version".to_owned(),
        [one] => format!("version {one}"),
        [first @ .., last] => format!("versions {} and {last}", first.join(", ")),
    }
}

fn step_helps(folder: &Folder, versions: &[i32], (from, to): (i32, i32)) -> Vec<String> {
    let path: Vec<i32> = versions
        .iter()
        .copied()
        .filter(|version| (from.min(to)..=from.max(to)).contains(version))
        .collect();
    if path.len() > 2 {
        let mut names: Vec<_> = path
            .windows(2)
            .map(|pair| {
                if from < to {
                    (pair[0], pair[1])
                } else {
                    (pair[1], pair[0])
                }
            })
            .map(|(from, to)| format!("`{}/{}`", folder.name, step_name(from, to)))
            .collect();
        if from > to {
            names.reverse();
        }
        return vec![format!("write one step for each: {}", names.join(", "))];
    }
    let newest = versions.last().copied().unwrap_or(0);
    let step = format!("{}/{}", folder.name, step_name(from, to));
    if from.min(to) != newest {
        return vec!["rename it to the versions that it is about, or delete it".to_owned()];
    }
    let version = from.max(to);
    let snapshot = format!("{}/{}", folder.name, snapshot_name(version));
    let test = beside::step_test(from, to);
    let has_test = folder
        .package
        .as_ref()
        .is_some_and(|root| root.join(&test).is_file());
    let (and_test, test) = if has_test {
        (" and its test", format!(" {test}"))
    } else {
        ("", String::new())
    };
    let mut helps = vec![format!(
        "if the snapshot was deleted, restore it: `git checkout -- {snapshot}`; if version {version} is \
         not to be, delete the {}{and_test} too: `rm {step}{test}`",
        if from < to { "step" } else { "rollback" }
    )];
    if from < to {
        // The command wants a folder without mistakes.
        helps.push(format!(
            "if the step was written first, move it aside, `mv {step} {step}.before`, change `{}/schema.sql`, \
             run `{}`, and take over what you wrote",
            folder.name,
            make_migrations_command(&folder.name)
        ));
    }
    helps
}
