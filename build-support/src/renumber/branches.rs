//! The versions of both branches: those that both have, and what each went on with.

use std::collections::HashSet;

use super::pool::{Found, Pool};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::fingerprint;
use crate::folder::{FileName, file_name};
use crate::history::Version;
use crate::introspect::introspect_snapshot;
use crate::prove::leads;
use crate::snapshot::{Snapshot, read_any_snapshot, read_snapshot};
use crate::source::SourceFile;

/// A version, and where its snapshot was read from.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) version: Version,
    pub(super) on_disk: Option<String>,
}

/// A version of a branch, and the way to it from the one before.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    pub(super) node: Node,
    /// `None` where it is a method.
    pub(super) step: Option<Found>,
    pub(super) rollback: Option<Found>,
}

/// Two branches.
#[derive(Debug)]
pub(super) struct Branches {
    /// The newest version that both have.
    pub(super) base: Version,
    /// The versions of ours behind it; at least one.
    pub(super) ours: Vec<Leg>,
    /// The versions of theirs behind it; at least one.
    pub(super) theirs: Vec<Leg>,
}

/// A snapshot that is read.
struct Read {
    snapshot: Snapshot,
    fingerprint: String,
    file: SourceFile,
    on_disk: Option<String>,
    /// The step of a version that changes rows alone: two branches that both made one have equal
    /// snapshots, and only their steps tell them apart.
    about_rows: Option<RowStep>,
}

/// A step that changes rows alone.
#[derive(PartialEq)]
enum RowStep {
    /// Its fingerprint.
    Sql(String),
    Rust,
}

/// The two branches of a pool.
///
/// # Errors
/// A snapshot that cannot be read, and branches that are none.
pub(super) fn branches(pool: &Pool, shown: &str) -> Result<Branches, Error> {
    let mut errors = Diagnostics::default();
    let ours = own_chain(read_all([&pool.ours, &pool.theirs], &mut errors));
    let mut theirs = read_all([&pool.theirs, &pool.ours], &mut errors);
    errors.barrier()?;
    theirs.retain(|read| !ours.iter().any(|known| is_same(known, read)));
    let first = theirs
        .first()
        .map(|read| unrelated(&read.file, &read.snapshot));
    let Some((base, theirs)) = other_chain(&ours, theirs) else {
        return Err(first.unwrap_or_else(|| nothing_to_do(shown)).into());
    };
    if base + 1 == ours.len() {
        return Err(only_ahead(&ours[base], &theirs[0]).into());
    }
    let nodes = |all: Vec<Read>, errors: &mut Diagnostics| -> Vec<Node> {
        all.into_iter()
            .filter_map(|read| node(read, errors))
            .collect()
    };
    let mut ours = nodes(ours.into_iter().skip(base).collect(), &mut errors);
    let theirs = nodes(theirs, &mut errors);
    errors.barrier()?;
    let base = ours.remove(0).version;
    let found = [&*pool.ours, &*pool.theirs];
    let branches = Branches {
        ours: legs(&base, &ours, &theirs, found),
        theirs: legs(&base, &theirs, &ours, [found[1], found[0]]),
        base,
    };
    match whose_rollback(&branches) {
        Some(unknown) => Err(unknown.into()),
        None => Ok(branches),
    }
}

/// Whether both branches have it, as the same version.
fn is_same(ours: &Read, theirs: &Read) -> bool {
    ours.fingerprint == theirs.fingerprint && ours.about_rows == theirs.about_rows
}

/// A rollback that the merge has put there for both, of two versions that only their steps tell apart.
fn whose_rollback(branches: &Branches) -> Option<Diagnostic> {
    let [ours, theirs] = [&branches.ours, &branches.theirs].map(|legs| legs.first());
    let (ours, theirs) = (ours?, theirs?);
    let is_known =
        ours.node.version.snapshot.fingerprint() != theirs.node.version.snapshot.fingerprint();
    let on_disk = |leg: &Leg| leg.rollback.as_ref()?.on_disk.clone();
    let file = ours.rollback.as_ref()?;
    if is_known || on_disk(ours)? != on_disk(theirs)? {
        return None;
    }
    // Of a conflict each has its side.
    let other = theirs.rollback.as_ref()?;
    (file.file.text == other.file.text).then(|| {
        let number = ours.node.version.number;
        let message = format!(
            "both branches made a version {number} that changes rows alone, and nothing tells of which of them this \
             rollback is"
        );
        Diagnostic::in_file(&*file.file.path, message)
            .help("before the merge each branch has its own: `git merge --abort`, then `cargo stepladder renumber --theirs <branch>`")
            .help(format!(
                "or move it aside, `mv {0} {0}.before`, and put it back under the number of its version",
                file.file.path
            ))
    })
}

/// The snapshots of a branch; `other` is what the other one has.
fn read_all([found, other]: [&[Found]; 2], errors: &mut Diagnostics) -> Vec<Read> {
    let mut all = read_snapshots(found, errors);
    let is_of_both = |read: &Read| {
        let mut others = other.iter();
        others.any(|other| other.on_disk.is_some() && other.on_disk == read.on_disk)
    };
    // Of two with one text, as `schema_v2_theirs.json` may be a copy, the one that is its own.
    all.sort_by_key(|read| (read.snapshot.version, is_of_both(read)));
    let about_rows: Vec<_> = (all.iter())
        .map(|read| {
            let named = read.snapshot.parent.as_ref()?;
            let parent = all.iter().find(|parent| {
                parent.snapshot.version == named.version && parent.fingerprint == named.fingerprint
            })?;
            let as_parent = Snapshot {
                version: parent.snapshot.version,
                ..read.snapshot.clone()
            };
            (as_parent.fingerprint() == parent.fingerprint).then(|| {
                let name = FileName::Step(named.version, read.snapshot.version);
                match own(found, other, name).first() {
                    Some(step) => RowStep::Sql(fingerprint::step(&step.file.text)),
                    None => RowStep::Rust,
                }
            })
        })
        .collect();
    for (read, about_rows) in all.iter_mut().zip(about_rows) {
        read.about_rows = about_rows;
    }
    all
}

/// The files of a name, first those that only this branch has.
fn own<'f>(found: &'f [Found], other: &[Found], name: FileName) -> Vec<&'f Found> {
    let of_name = |found: &&Found| found.name == name;
    let others: Vec<_> = other.iter().filter(of_name).collect();
    let mut all: Vec<_> = found.iter().filter(of_name).collect();
    all.sort_by_key(|found| {
        others
            .iter()
            .any(|other| other.file.text == found.file.text)
    });
    all
}

fn read_snapshots(found: &[Found], errors: &mut Diagnostics) -> Vec<Read> {
    let mut all = Vec::new();
    for found in found {
        let FileName::Snapshot(version) = found.name else {
            continue;
        };
        let snapshot = if (found.on_disk.as_deref()).is_some_and(|name| file_name(name).is_ok()) {
            read_snapshot(&found.file, version)
        } else {
            read_any_snapshot(&found.file)
        };
        if let Some(snapshot) = errors.ok(snapshot) {
            all.push(Read {
                fingerprint: snapshot.fingerprint(),
                snapshot,
                file: found.file.clone(),
                on_disk: found.on_disk.clone(),
                about_rows: None,
            });
        }
    }
    all
}

fn is_child(child: &Read, parent: &Read) -> bool {
    let named = child.snapshot.parent.as_ref();
    named.is_some_and(|named| {
        let is_named =
            named.version == parent.snapshot.version && named.fingerprint == parent.fingerprint;
        let is_its_step = match (&parent.about_rows, &named.step) {
            (Some(RowStep::Sql(step)), Some(pinned)) => step == pinned,
            (Some(RowStep::Rust), pinned) => pinned.is_none(),
            (Some(RowStep::Sql(_)), None) | (None, _) => true,
        };
        is_named && is_its_step
    })
}

/// Our versions. One that is made from no other of them is not ours: the merge has brought it.
fn own_chain(all: Vec<Read>) -> Vec<Read> {
    let mut chain: Vec<Read> = Vec::new();
    for read in all {
        if chain.last().is_none_or(|last| is_child(&read, last)) {
            chain.push(read);
        }
    }
    chain
}

/// The place in our chain that another one leaves it at, and that one.
fn other_chain(ours: &[Read], mut all: Vec<Read>) -> Option<(usize, Vec<Read>)> {
    let mut forks = all.iter().enumerate().filter_map(|(index, read)| {
        Some((
            index,
            ours.iter().position(|parent| is_child(read, parent))?,
        ))
    });
    let (first, base) = forks.next()?;
    let mut chain = vec![all.remove(first)];
    while let Some(last) = chain.last()
        && let Some(next) = all.iter().position(|read| is_child(read, last))
    {
        chain.push(all.remove(next));
    }
    Some((base, chain))
}

fn node(read: Read, errors: &mut Diagnostics) -> Option<Node> {
    let introspected =
        introspect_snapshot(&read.file, &read.snapshot, &mut HashSet::new(), errors)?;
    Some(Node {
        version: Version {
            number: read.snapshot.version,
            snapshot: read.snapshot,
            file: read.file,
            schema: introspected.schema,
            views: introspected.views,
        },
        on_disk: read.on_disk,
    })
}

fn legs(base: &Version, nodes: &[Node], other: &[Node], found: [&[Found]; 2]) -> Vec<Leg> {
    let pairs = |nodes: &[Node]| -> Vec<[Version; 2]> {
        let versions = nodes.iter().map(|node| node.version.clone());
        let before = [base.clone()].into_iter().chain(versions.clone());
        before.zip(versions).map(|(old, new)| [old, new]).collect()
    };
    let rivals = pairs(other);
    let legs = nodes.iter().zip(pairs(nodes)).map(|(node, [old, new])| {
        let rival = rivals
            .iter()
            .find(|[from, to]| (from.number, to.number) == (old.number, new.number));
        let up = rival.map(|[old, new]| [old, new]);
        let down = rival.map(|[old, new]| [new, old]);
        Leg {
            node: node.clone(),
            step: choose(found, [&old, &new], up),
            rollback: choose(found, [&new, &old], down),
        }
    });
    legs.collect()
}

/// The file between two versions of a branch. Where only one of two branches has it, the merge has
/// put it there for both, and where it leads tells whose it is.
fn choose(
    [found, other]: [&[Found]; 2],
    pair: [&Version; 2],
    rival: Option<[&Version; 2]>,
) -> Option<Found> {
    let name = FileName::Step(pair[0].number, pair[1].number);
    let all = own(found, other, name);
    let Some(rival) = rival else {
        return all.first().copied().cloned();
    };
    let mine = all.iter().find(|found| leads(&found.file, pair));
    let wrong = || all.iter().find(|found| !leads(&found.file, rival));
    mine.or_else(wrong).copied().cloned()
}

fn nothing_to_do(shown: &str) -> Diagnostic {
    let message = format!("`{shown}` has one history: no version has two snapshots");
    Diagnostic::in_file(shown, message)
        .note("looked for conflicts of a merge, for files such as `schema_v4_theirs.json`, and for snapshots with one parent")
        .help("name the other branch, or a folder with its files: `--theirs main`")
}

/// The message about a snapshot that does not go on from any of ours.
fn unrelated(file: &SourceFile, snapshot: &Snapshot) -> Diagnostic {
    let path = &file.path;
    let (message, note) = match &snapshot.parent {
        None => (
            format!("`{path}` is a first version, and so is one of ours"),
            "the two have no version in common from which both steps could be run".to_owned(),
        ),
        Some(parent) => (
            format!("`{path}` was not made from a version of ours"),
            format!(
                "its parent is a version {} that ours does not have as it is there",
                parent.version
            ),
        ),
    };
    Diagnostic::in_file(&**path, message).note(note).help(
        "keep the files of one branch, merge `schema.sql` by hand, and run `cargo stepladder make-migrations`",
    )
}

fn only_ahead(base: &Read, theirs: &Read) -> Diagnostic {
    let message = format!(
        "ours has no version behind {}, so that theirs needs no other number",
        base.snapshot.version
    );
    Diagnostic::in_file(&*theirs.file.path, message)
        .help("merge their branch, and keep their files as they are")
}
