//! Columns that went to another table, by a split or a join.

use std::collections::{BTreeMap, HashSet};

use super::contents::{Contents, TableData};
use super::index::Index;
use crate::sql::names_equal;

/// A column that is not where its rows are.
#[derive(Clone, Copy)]
pub(super) struct Sought<'c> {
    pub(super) table: &'c TableData,
    pub(super) column: usize,
    /// The rows in which it is looked for.
    pub(super) rows: &'c [usize],
    /// The table that has the rows, and the pairs of rows.
    pub(super) home: Option<(usize, &'c [(usize, usize)])>,
}

/// Where it is.
pub(super) struct Elsewhere {
    /// Table and column.
    pub(super) at: (usize, usize),
    /// The rows whose values are not there.
    pub(super) missing: Vec<usize>,
    /// How many values there were.
    pub(super) of: usize,
    /// Whether it can be told which rows the values belong to.
    pub(super) is_linked: bool,
}

/// A value of the column: its row, and the rows of the other table that have it.
type Copies = (usize, Vec<usize>);

/// The column of another table that has at least half of the values, and says which rows they
/// belong to where there is one that does. Columns that have their values from elsewhere (`claimed`) do not count: a foreign
/// key that is dropped is not in the key that it referred to.
pub(super) fn elsewhere(
    sought: Sought<'_>,
    after: &Contents,
    index: &Index<'_>,
    claimed: &HashSet<(usize, usize)>,
) -> Option<Elsewhere> {
    let mut found: BTreeMap<(usize, usize), Vec<Copies>> = BTreeMap::new();
    let mut with_value = Vec::new();
    for row in sought.rows {
        let value = sought.table.value(sought.column, *row);
        if value.is_null() {
            continue;
        }
        with_value.push(*row);
        for (table, column, other) in index.places(value) {
            if claimed.contains(&(*table, *column)) {
                continue;
            }
            let copies = found.entry((*table, *column)).or_default();
            match copies.last_mut() {
                Some((last, others)) if last == row => others.push(*other),
                _ => copies.push((*row, vec![*other])),
            }
        }
    }
    let of = with_value.len();
    let mut candidates: Vec<_> = (found.into_iter())
        .filter(|(_, copies)| copies.len() * 2 >= of)
        .collect();
    // The values of another column may be the same: where they are, the name decides.
    let name = &sought.table.columns[sought.column].name;
    let has_name = |at: (usize, usize)| {
        let column = &after.tables[at.0].columns[at.1];
        names_equal(&column.name, name)
    };
    candidates.sort_by_key(|(at, copies)| (usize::MAX - copies.len(), !has_name(*at)));
    let is_linked = |(at, copies): &((usize, usize), Vec<Copies>)| match sought.home {
        Some((home, pairs)) => is_linked(after, (home, pairs), *at, copies),
        None => copies
            .iter()
            .any(|(row, _)| sought.table.value(sought.column, *row).is_telling()),
    };
    let linked = candidates.iter().position(is_linked);
    let is_telling = |copies: &[Copies]| {
        (copies.iter()).all(|(row, _)| sought.table.value(sought.column, *row).is_telling())
    };
    let found = linked.or_else(|| candidates.iter().position(|(_, copies)| is_telling(copies)))?;
    let (at, copies) = candidates.swap_remove(found);
    let there: HashSet<_> = copies.into_iter().map(|(row, _)| row).collect();
    with_value.retain(|row| !there.contains(row));
    Some(Elsewhere {
        at,
        missing: with_value,
        of,
        is_linked: linked.is_some(),
    })
}

/// How many rows are looked at to find what links two tables.
const ENOUGH: usize = 20;

/// Whether the other table says which rows its values belong to: by a column that is equal to one
/// in the rows they come from, or by a third table that has one column of each.
fn is_linked(
    after: &Contents,
    (home, pairs): (usize, &[(usize, usize)]),
    at: (usize, usize),
    copies: &[Copies],
) -> bool {
    let cells: Vec<(usize, &[usize])> = (copies.iter().take(ENOUGH))
        .filter_map(|(row, others)| {
            let pair = pairs.binary_search_by_key(row, |(row, _)| *row).ok()?;
            Some((pairs[pair].1, others.as_slice()))
        })
        .collect();
    let (near, far) = (&after.tables[home], &after.tables[at.0]);
    let is_direct = holds_for_all(&cells, |(row, others)| {
        let mut links = HashSet::new();
        for other in others {
            links.extend(equal_columns((near, row), (far, *other)));
        }
        links.retain(|(_, there)| home != at.0 || *there != at.1);
        links
    });
    let through = |third: &TableData| {
        holds_for_all(&cells, |(row, others)| {
            let mut links = HashSet::new();
            for between in 0..third.rows {
                let here = equal_columns((near, row), (third, between));
                if here.is_empty() {
                    continue;
                }
                for other in others {
                    for there in equal_columns((third, between), (far, *other)) {
                        links.extend(here.iter().map(|here| (*here, there)));
                    }
                }
            }
            links.retain(|(here, there)| here.1 != there.0);
            links
        })
    };
    is_direct || after.tables.iter().any(through)
}

/// Whether one link is there for all of the values.
fn holds_for_all<'c, L: std::hash::Hash + Eq>(
    cells: &[(usize, &'c [usize])],
    links: impl Fn((usize, &'c [usize])) -> HashSet<L>,
) -> bool {
    let Some((first, rest)) = cells.split_first() else {
        return false;
    };
    let mut common = links(*first);
    for cell in rest {
        if common.is_empty() {
            return false;
        }
        let here = links(*cell);
        common.retain(|link| here.contains(link));
    }
    !common.is_empty()
}

/// The columns of two rows that hold the same.
fn equal_columns(
    (table, row): (&TableData, usize),
    (other, there): (&TableData, usize),
) -> Vec<(usize, usize)> {
    let mut equal = Vec::new();
    for column in 0..table.columns.len() {
        let value = table.value(column, row);
        for found in 0..other.columns.len() {
            if !value.is_null() && value == other.value(found, there) {
                equal.push((column, found));
            }
        }
    }
    equal
}
