//! What happened to each column.

use super::ColumnAccount;
use super::changes::Pair;
use super::contents::{Contents, Origin, TableData};
use super::homes::Homes;
use super::index::Index;
use super::judge::{Claimed, Judge};
use super::near::{Found, near};

/// What happened to each column, and which column before is which one after, exactly.
pub(super) struct Columns {
    pub(super) accounts: Vec<ColumnAccount>,
    /// For each table, the columns before and after that hold the same.
    pub(super) equal: Vec<Vec<(usize, usize)>>,
}

pub(super) fn columns(
    before: &Contents,
    after: &Contents,
    homes: &Homes,
    index: &Index<'_>,
) -> Columns {
    let mut claimed = Claimed::new();
    let mut equal = Vec::new();
    let mut all = Vec::new();
    for (at, table) in before.tables.iter().enumerate() {
        let rows = rows_at_home(homes, at);
        let found = match homes.tables[at] {
            Some(home) => {
                let other = &after.tables[home];
                near(Pair {
                    before: table,
                    after: other,
                    rows: &rows,
                })
            }
            None => (0..table.columns.len())
                .map(|c| missing(table, c))
                .collect(),
        };
        let mut same = Vec::new();
        for (column, found) in found.iter().enumerate() {
            if let (Some(home), Found::At(to) | Found::Changed(to, _)) = (homes.tables[at], found) {
                claimed.insert((home, *to));
                if matches!(found, Found::At(_)) {
                    same.push((column, *to));
                }
            }
        }
        equal.push(same);
        all.push((rows, found));
    }
    let mut accounts = Vec::new();
    for (at, (rows, found)) in all.into_iter().enumerate() {
        let judge = Judge {
            before,
            after,
            homes,
            index,
            claimed: &claimed,
            at,
            rows: &rows,
        };
        let table = &before.tables[at];
        let columns = table.columns.iter().enumerate().zip(found);
        let stored = columns.filter(|((_, column), _)| column.origin == Origin::Stored);
        accounts.extend(stored.map(|((place, _), found)| judge.column(place, found)));
    }
    Columns { accounts, equal }
}

fn rows_at_home(homes: &Homes, at: usize) -> Vec<(usize, usize)> {
    let places = homes.rows[at].iter().enumerate();
    places
        .filter_map(|(row, place)| Some((row, (*place)?)))
        .filter(|(_, (table, _))| homes.tables[at] == Some(*table))
        .map(|(row, (_, other))| (row, other))
        .collect()
}

fn missing(table: &TableData, column: usize) -> Found {
    if table.columns[column]
        .values
        .iter()
        .all(super::Value::is_null)
    {
        Found::Empty
    } else {
        Found::Missing
    }
}
