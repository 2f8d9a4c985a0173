//! Which columns `ALTER TABLE` can add, drop and rename, by trying.

use stepladder::compare::{CompareOptions, compare_tables};
use stepladder::schema::{Column, Table};

use super::likely::likely;
use super::scratch::{Alteration, Scratch};

/// The columns that only one of two versions of a table has.
#[derive(Debug)]
pub(super) struct AlteredColumns<'s> {
    /// Those that are gone.
    pub(super) dropped: Vec<&'s Column>,
    /// Those that are new.
    pub(super) added: Vec<&'s Column>,
    droppable: Vec<&'s Column>,
    addable: Vec<&'s Column>,
}

/// More columns than this are not tried as renames of each other.
const MOST_RENAMES: usize = 8;

impl<'s> AlteredColumns<'s> {
    pub(super) fn new(scratch: &Scratch, old: &'s Table, new: &'s Table) -> Self {
        let only_in = |this: &'s Table, other: &Table| -> Vec<&'s Column> {
            (this.columns.iter())
                .filter(|column| other.column(&column.name).is_none())
                .collect()
        };
        let dropped = only_in(old, new);
        let added = only_in(new, old);
        Self {
            droppable: (dropped.iter().copied())
                .filter(|column| scratch.altered(old, &[Alteration::Drop(column)]).is_some())
                .collect(),
            addable: (added.iter().copied())
                .filter(|column| scratch.can_add(old, column))
                .collect(),
            dropped,
            added,
        }
    }

    pub(super) fn can_drop(&self, column: &Column) -> bool {
        self.droppable
            .iter()
            .any(|other| std::ptr::eq(*other, column))
    }

    pub(super) fn can_add(&self, column: &Column) -> bool {
        self.addable
            .iter()
            .any(|other| std::ptr::eq(*other, column))
    }

    /// The alterations for all columns, where the pairs are renamed and the others dropped and
    /// added.
    fn alterations(&self, renames: &[(&'s Column, &'s Column)]) -> Vec<Alteration<'s>> {
        let mut alterations: Vec<_> = (renames.iter())
            .map(|(old, new)| Alteration::Rename(old, new))
            .collect();
        let is_old = |column: &Column| renames.iter().any(|(old, _)| std::ptr::eq(*old, column));
        let is_new = |column: &Column| renames.iter().any(|(_, new)| std::ptr::eq(*new, column));
        let dropped = self.dropped.iter().filter(|column| !is_old(column));
        let added = self.added.iter().filter(|column| !is_new(column));
        alterations.extend(dropped.map(|column| Alteration::Drop(column)));
        alterations.extend(added.map(|column| Alteration::Add(column)));
        alterations
    }
}

/// Whether dropping and adding columns turns the old table into the new one.
pub(super) fn alter_in_place(
    scratch: &Scratch,
    old: &Table,
    new: &Table,
    columns: &AlteredColumns<'_>,
) -> bool {
    columns.droppable.len() == columns.dropped.len()
        && columns.addable.len() == columns.added.len()
        && leads_to(scratch, old, new, &columns.alterations(&[]))
}

/// The pairs of a column that is gone and one that is new that a rename can make, such that the
/// table can be altered in place with that rename.
pub(super) fn alter_with_renames<'s>(
    scratch: &Scratch,
    old: &'s Table,
    new: &'s Table,
    columns: &AlteredColumns<'s>,
    in_place: bool,
) -> Vec<(&'s Column, &'s Column)> {
    if columns.dropped.len().max(columns.added.len()) > MOST_RENAMES {
        return Vec::new();
    }
    let mut possible = Vec::new();
    for old_column in &columns.dropped {
        for new_column in &columns.added {
            if !is_renamed(old_column, new_column) {
                continue;
            }
            let pair = (*old_column, *new_column);
            let renames = if in_place {
                vec![pair]
            } else {
                matching(columns, pair)
            };
            if alter_with(scratch, old, new, columns, &renames) {
                possible.push(pair);
            }
        }
    }
    possible
}

/// Those of the possible renames that are likely, where they can be made together.
pub(super) fn likely_renames<'s>(
    scratch: &Scratch,
    old: &Table,
    new: &Table,
    columns: &AlteredColumns<'s>,
    possible: &[(&'s Column, &'s Column)],
) -> Vec<(&'s Column, &'s Column)> {
    let likely = likely(possible, |(old, new)| (&old.name, &new.name));
    let likely: Vec<_> = likely.into_iter().copied().collect();
    if alter_with(scratch, old, new, columns, &likely) {
        likely
    } else {
        Vec::new()
    }
}

/// Whether the table can be altered in place with these renames, and the other columns added and
/// dropped.
fn alter_with<'s>(
    scratch: &Scratch,
    old: &Table,
    new: &Table,
    columns: &AlteredColumns<'s>,
    renames: &[(&'s Column, &'s Column)],
) -> bool {
    // On an empty table SQLite adds more than on one with rows, so that trying alone does not tell.
    let added = |column: &Column| {
        columns.can_add(column) || renames.iter().any(|(_, new)| std::ptr::eq(*new, column))
    };
    columns.added.iter().all(|column| added(column))
        && leads_to(scratch, old, new, &columns.alterations(renames))
}

/// The pair, and a partner for every other column that can only be renamed.
fn matching<'s>(
    columns: &AlteredColumns<'s>,
    pair: (&'s Column, &'s Column),
) -> Vec<(&'s Column, &'s Column)> {
    let mut pairs = vec![pair];
    for new in &columns.added {
        let free = |pairs: &[(&Column, &Column)], old: &Column| {
            !pairs.iter().any(|(taken, _)| std::ptr::eq(*taken, old))
        };
        if pairs.iter().any(|(_, taken)| std::ptr::eq(*taken, *new)) {
            continue;
        }
        let must_be_renamed = |old: &Column| !columns.can_add(new) || !columns.can_drop(old);
        let partner = (columns.dropped.iter())
            .find(|old| free(&pairs, old) && is_renamed(old, new) && must_be_renamed(old));
        if let Some(old) = partner {
            pairs.push((old, new));
        }
    }
    pairs
}

fn leads_to(scratch: &Scratch, old: &Table, new: &Table, alterations: &[Alteration<'_>]) -> bool {
    scratch
        .altered(old, alterations)
        .is_some_and(|altered| compare_tables(new, &altered, &CompareOptions::default()).is_empty())
}

/// Whether two columns are the same but for their names.
fn is_renamed(old: &Column, new: &Column) -> bool {
    old.affinity == new.affinity
        && old.declared_type.eq_ignore_ascii_case(&new.declared_type)
        && old.not_null.is_some() == new.not_null.is_some()
        && old.default == new.default
        && old.collation == new.collation
        && old.generated.is_some() == new.generated.is_some()
}
