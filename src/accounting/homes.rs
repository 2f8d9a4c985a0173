//! Which table holds the rows of a table afterwards, and which of them.

use std::collections::{HashMap, HashSet};

use super::contents::{Contents, TableData};
use super::index::Index;
use super::rows::{Pairs, agreement, is_same_row, match_rows};

/// A row of a table after: table and row.
pub(super) type RowPlace = (usize, usize);

/// Where the rows of each table are.
pub(super) struct Homes {
    /// The table that holds them, for each table before.
    pub(super) tables: Vec<Option<usize>>,
    /// Where each row is, for each table before.
    pub(super) rows: Vec<Vec<Option<RowPlace>>>,
    /// The rows after that are one of before.
    pub(super) owned: HashSet<RowPlace>,
}

/// Finds the table of every table: by its name, and by its rows where the name is gone or the
/// name belongs to another table now.
pub(super) fn homes(before: &Contents, after: &Contents, index: &Index<'_>) -> Homes {
    let same: Vec<_> = (before.tables.iter())
        .map(|table| {
            let home = after.table(&table.name)?;
            Some((home, match_rows(table, &after.tables[home])))
        })
        .collect();
    let found = candidates(before, after, index, &same);
    let mut homes = Homes {
        tables: Vec::new(),
        rows: Vec::new(),
        owned: HashSet::new(),
    };
    // The tables that are the best for a table of another name.
    let wanted: Vec<_> = found
        .iter()
        .map(|found| found.as_ref().map(|it| it.0))
        .collect();
    for (at, (same, found)) in same.into_iter().zip(found).enumerate() {
        let table = &before.tables[at];
        let is_other = |home: usize| {
            (wanted.iter().enumerate()).any(|(other, place)| other != at && *place == Some(home))
        };
        match (same, found) {
            (Some((home, _)), Some((better, _))) if better != home && is_other(home) => {
                homes.settle(better, match_rows(table, &after.tables[better]));
            }
            (Some((home, pairs)), _) | (None, Some((home, Some(pairs)))) => {
                homes.settle(home, pairs);
            }
            (None, Some((home, None))) => {
                let other = &after.tables[home];
                let mut pairs = match_rows(table, other);
                for (row, pair) in pairs.iter_mut().enumerate() {
                    *pair = pair.filter(|found| is_same_row((table, row), (other, *found)));
                }
                homes.settle(home, pairs);
            }
            (None, None) => homes.lose(table),
        }
    }
    homes.find_the_rest(before, after, index);
    homes
}

/// For each table whose name is gone or whose table has nothing of it: the table that may have its
/// rows, with the pairs where that table is new.
fn candidates(
    before: &Contents,
    after: &Contents,
    index: &Index<'_>,
    same: &[Option<(usize, Pairs)>],
) -> Vec<Option<(usize, Option<Pairs>)>> {
    let mut taken = HashSet::new();
    let mut candidates = Vec::new();
    for (table, same) in before.tables.iter().zip(same) {
        let votes = || Some((by_votes(before, table, after, index)?, None));
        let found = match same {
            Some((home, pairs)) if !is_weak(table, &after.tables[*home], pairs) => None,
            Some(_) => votes(),
            None => {
                let new = new_table(before, table, after, &taken);
                let found = new.map(|(home, pairs)| (home, Some(pairs))).or_else(votes);
                taken.extend(found.as_ref().map(|(home, _)| *home));
                found
            }
        };
        candidates.push(found);
    }
    candidates
}

impl Homes {
    fn settle(&mut self, home: usize, pairs: Pairs) {
        let rows: Vec<_> = (pairs.into_iter().map(|row| Some((home, row?)))).collect();
        self.owned.extend(rows.iter().flatten());
        self.tables.push(Some(home));
        self.rows.push(rows);
    }

    fn lose(&mut self, table: &TableData) {
        self.tables.push(None);
        self.rows.push(vec![None; table.rows]);
    }

    /// Rows that went to another table than the rest of their table.
    fn find_the_rest(&mut self, before: &Contents, after: &Contents, index: &Index<'_>) {
        for (at, table) in before.tables.iter().enumerate() {
            let Some(home) = self.tables[at] else {
                continue;
            };
            for row in 0..table.rows {
                if self.rows[at][row].is_some() {
                    continue;
                }
                let place = (table.stored())
                    .flat_map(|column| index.places(table.value(column, row)).iter().take(COMMON))
                    .map(|(other, _, found)| (*other, *found))
                    .filter(|place| place.0 != home && !self.owned.contains(place))
                    .find(|(other, found)| {
                        is_same_row((table, row), (&after.tables[*other], *found))
                    });
                self.rows[at][row] = place;
                self.owned.extend(place);
            }
        }
    }
}

/// A value in more places than this does not help to find a table.
const COMMON: usize = 16;

/// Whether a table of the same name holds nothing of what the rows held besides their key.
fn is_weak(before: &TableData, after: &TableData, pairs: &Pairs) -> bool {
    let mut held = 0;
    for (row, pair) in pairs.iter().enumerate() {
        let Some(other) = pair else { continue };
        let agreement = agreement((before, row), (after, *other));
        if agreement.content > 0 {
            return false;
        }
        held += agreement.held;
    }
    held > 0 || before.rows > 0 && pairs.iter().all(Option::is_none)
}

/// The table in which most of the rows are found by what they hold.
fn by_votes(
    before: &Contents,
    table: &TableData,
    after: &Contents,
    index: &Index<'_>,
) -> Option<usize> {
    let mut totals: HashMap<usize, usize> = HashMap::new();
    for row in 0..table.rows {
        let mut best: HashMap<usize, usize> = HashMap::new();
        for column in table.stored() {
            for (home, _, other) in index.places(table.value(column, row)).iter().take(COMMON) {
                let pair = ((table, row), (&after.tables[*home], *other));
                if is_same_row(pair.0, pair.1) {
                    let best = best.entry(*home).or_default();
                    *best = (*best).max(agreement(pair.0, pair.1).all);
                }
            }
        }
        for (home, votes) in best {
            *totals.entry(home).or_default() += votes;
        }
    }
    let is_new = |home: usize| before.table(&after.tables[home].name).is_none();
    (totals.into_iter())
        .max_by_key(|(home, votes)| (*votes, is_new(*home), usize::MAX - home))
        .map(|(home, _)| home)
}

/// The new table that is this table under another name.
fn new_table(
    before: &Contents,
    table: &TableData,
    after: &Contents,
    taken: &HashSet<usize>,
) -> Option<(usize, Pairs)> {
    let rank = |(home, other): (usize, &TableData)| {
        if before.table(&other.name).is_some() {
            return None;
        }
        let common = table
            .columns
            .iter()
            .filter(|c| other.column(&c.name).is_some());
        let common = common.count();
        let pairs = match_rows(table, other);
        let (mut agreed, mut content, mut telling) = (0, 0, 0);
        for (row, pair) in pairs.iter().enumerate() {
            let found = pair.map(|found| agreement((table, row), (other, found)));
            let found = found.unwrap_or_default();
            agreed += found.all;
            content += found.content;
            telling += found.telling;
        }
        let held = held_content(table);
        let fits = telling > 0 || content * 2 >= held && agreed > 0;
        let is_alike = held == 0 && agreed == 0 && common == table.columns.len();
        let rank = (agreed, common, !taken.contains(&home), usize::MAX - home);
        (fits || is_alike).then_some((rank, home, pairs))
    };
    let ranks = after.tables.iter().enumerate().filter_map(rank);
    let best = ranks.max_by_key(|(rank, ..)| *rank);
    best.map(|(_, home, pairs)| (home, pairs))
}

/// How many values a table holds besides its primary key.
fn held_content(table: &TableData) -> usize {
    let only_key = table.stored().all(|column| table.is_key(column));
    (table.stored())
        .filter(|column| only_key || !table.is_key(*column))
        .flat_map(|column| &table.columns[column].values)
        .filter(|value| !value.is_null())
        .count()
}
