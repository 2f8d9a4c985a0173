//! What each column of a table became in the table that has its rows.

use std::collections::HashSet;

use super::changes::{Changes, Kind, Pair};

/// What a column became in the table that has its rows.
#[derive(Debug)]
pub(super) enum Found {
    /// A column with the same values.
    At(usize),
    /// A column with other values.
    Changed(usize, Changes),
    /// Nothing, and there are values.
    Missing,
    /// Nothing, and there are no values.
    Empty,
}

/// What each column became in the table that has the rows.
pub(super) fn near(pair: Pair<'_>) -> Vec<Found> {
    let same = |column: usize| pair.after.column(&pair.before.columns[column].name);
    let columns = 0..pair.before.columns.len();
    let mut found: Vec<Option<Found>> = columns
        .clone()
        .map(|column| {
            same(column)
                .filter(|to| pair.is_equal(column, *to))
                .map(Found::At)
        })
        .collect();
    let mut taken: HashSet<usize> = (found.iter().flatten())
        .filter_map(|found| match found {
            Found::At(to) => Some(*to),
            Found::Changed(..) | Found::Missing | Found::Empty => None,
        })
        .collect();
    // New names first: a column that keeps its name has a claim of its own.
    for is_new in [true, false] {
        for column in columns.clone() {
            if found[column].is_some() || pair.count(column) == 0 {
                continue;
            }
            let at = (0..pair.after.columns.len())
                .filter(|to| !taken.contains(to))
                .filter(|to| pair.before.column(&pair.after.columns[*to].name).is_none() == is_new)
                .find(|to| pair.is_equal(column, *to));
            taken.extend(at);
            found[column] = at.map(Found::At);
        }
    }
    for column in columns.clone() {
        if found[column].is_none() {
            found[column] = same(column).map(|to| {
                let mut changes = pair.changes(column, to);
                if taken.contains(&to) {
                    overwrite(&mut changes, pair, column, to);
                }
                Found::Changed(to, changes)
            });
        }
    }
    (columns.zip(found))
        .map(|(column, found)| {
            found.unwrap_or_else(|| match pair.count(column) {
                0 => Found::Empty,
                _ => renamed_and_changed(pair, column, &mut taken),
            })
        })
        .collect()
}

/// Another column has moved here, so that what is here says nothing of this column.
fn overwrite(changes: &mut Changes, pair: Pair<'_>, column: usize, to: usize) {
    let overwritten = pair.rows.iter().filter(|(row, other)| {
        let value = pair.before.value(column, *row);
        !value.is_null() && value != pair.after.value(to, *other)
    });
    changes.lost = overwritten.copied().collect();
    changes.example = changes.lost.first().copied();
    changes.twin = None;
    changes.spared = None;
    changes.kind = Kind::Other;
}

/// A column whose name is gone, in a new column that shows to be made from it.
fn renamed_and_changed(pair: Pair<'_>, column: usize, taken: &mut HashSet<usize>) -> Found {
    let best = (0..pair.after.columns.len())
        .filter(|to| !taken.contains(to))
        .filter(|to| pair.before.column(&pair.after.columns[*to].name).is_none())
        .map(|to| (to, pair.changes(column, to)))
        .filter(|(_, changes)| {
            let kept = changes.of - changes.changed;
            changes.kind != Kind::Other || kept * 2 >= changes.of
        })
        .min_by_key(|(_, changes)| (changes.lost.len(), changes.changed));
    best.map_or(Found::Missing, |(to, changes)| {
        taken.insert(to);
        Found::Changed(to, changes)
    })
}
