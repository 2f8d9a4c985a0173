//! The versions of both branches: those that both have, and what each went on with.

use std::collections::HashSet;

use super::pool::{Found, Pool};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
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
}

/// The two branches of a pool.
///
/// # Errors
/// A snapshot that cannot be read, and branches that are none.
pub(super) fn branches(pool: &Pool, shown: &str) -> Result<Branches, Error> {
    let mut errors = Diagnostics::default();
    let ours = own_chain(read_all(&pool.ours, &mut errors));
    let mut theirs = read_all(&pool.theirs, &mut errors);
    errors.barrier()?;
    theirs.retain(|read| {
        !ours
            .iter()
            .any(|known| known.fingerprint == read.fingerprint)
    });
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
    Ok(Branches {
        ours: legs(&base, &ours, &theirs, &pool.ours),
        theirs: legs(&base, &theirs, &ours, &pool.theirs),
        base,
    })
}

fn read_all(found: &[Found], errors: &mut Diagnostics) -> Vec<Read> {
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
            });
        }
    }
    all.sort_by_key(|read| read.snapshot.version);
    all
}

fn is_child(child: &Read, parent: &Read) -> bool {
    let named = child.snapshot.parent.as_ref();
    named.is_some_and(|named| {
        named.version == parent.snapshot.version && named.fingerprint == parent.fingerprint
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

fn legs(base: &Version, nodes: &[Node], other: &[Node], found: &[Found]) -> Vec<Leg> {
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
fn choose(found: &[Found], own: [&Version; 2], rival: Option<[&Version; 2]>) -> Option<Found> {
    let name = FileName::Step(own[0].number, own[1].number);
    let all: Vec<&Found> = found.iter().filter(|found| found.name == name).collect();
    let Some(rival) = rival else {
        return all.first().copied().cloned();
    };
    let mine = all.iter().find(|found| leads(&found.file, own));
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
