//! What happened to each table and its rows.

use std::collections::HashMap;

use super::contents::{Contents, TableData};
use super::homes::Homes;
use super::index::identify;
use super::{Row, Rowids, Rows, SequenceLowered, TableAccount, TableFate, Value};
use crate::sql::{fold, names_equal};

/// How many rows are shown of those that were lost or doubled.
const SHOWN: usize = 3;

pub(super) fn tables(
    before: &Contents,
    after: &Contents,
    homes: &Homes,
    equal: &[Vec<(usize, usize)>],
) -> Vec<TableAccount> {
    let account = |(at, table): (usize, &TableData)| {
        let home = homes.tables[at].map(|home| &after.tables[home]);
        let mut rows = rows(table, homes, at);
        if let Some(home) = homes.tables[at] {
            let other = (home, &after.tables[home]);
            let (doubled, examples) = doubled(table, other, homes, &equal[at]);
            (rows.doubled, rows.doubled_examples) = (doubled, examples);
        }
        TableAccount {
            table: table.name.clone(),
            fate: match home {
                None => TableFate::Dropped,
                Some(home) if names_equal(&home.name, &table.name) => TableFate::Kept,
                Some(home) => TableFate::Moved {
                    table: home.name.clone(),
                },
            },
            rows,
            rowids: home.map_or(Rowids::Kept, |home| rowids(table, home, homes, at)),
            sequence: home.and_then(|home| sequence(before, after, &table.name, &home.name)),
        }
    };
    before.tables.iter().enumerate().map(account).collect()
}

fn rows(table: &TableData, homes: &Homes, at: usize) -> Rows {
    let places = &homes.rows[at];
    let is_home = |place: &&(usize, usize)| homes.tables[at] == Some(place.0);
    let found = places.iter().flatten().count();
    let kept = places.iter().flatten().filter(is_home).count();
    let lost = (0..table.rows).filter(|row| places[*row].is_none());
    Rows {
        before: table.rows,
        kept,
        elsewhere: found - kept,
        lost: table.rows - found,
        lost_examples: lost
            .take(SHOWN)
            .map(|row| identify(table, row, None))
            .collect(),
        doubled: 0,
        doubled_examples: Vec::new(),
    }
}

/// The rows after that belong to no row of before and repeat one: they have all that it has
/// besides its primary key.
fn doubled(
    table: &TableData,
    (home, after): (usize, &TableData),
    homes: &Homes,
    equal: &[(usize, usize)],
) -> (usize, Vec<Row>) {
    let free: Vec<_> = (0..after.rows)
        .filter(|row| !homes.owned.contains(&(home, *row)))
        .collect();
    let columns: Vec<_> = (equal.iter())
        .filter(|(column, _)| !table.is_key(*column))
        .collect();
    if free.is_empty() || columns.is_empty() {
        return (0, Vec::new());
    }
    let is_whole = columns.len() == table.columns.len() && table.key.is_empty();
    let mut known: HashMap<Vec<&Value>, usize> = HashMap::new();
    for row in 0..table.rows {
        let key: Vec<_> = columns
            .iter()
            .map(|(column, _)| table.value(*column, row))
            .collect();
        let values = key.iter().filter(|value| !value.is_null()).count();
        if is_whole || values > 1 || key.iter().any(|value| value.is_telling()) {
            known.entry(key).or_insert(row);
        }
    }
    let repeated = |row: &usize| {
        let key: Vec<_> = columns
            .iter()
            .map(|(_, column)| after.value(*column, *row))
            .collect();
        known.get(&key).copied()
    };
    let doubled: Vec<_> = free.iter().filter_map(repeated).collect();
    let mut examples = Vec::new();
    for row in &doubled {
        let row = identify(table, *row, None);
        if examples.len() < SHOWN && !examples.contains(&row) {
            examples.push(row);
        }
    }
    (doubled.len(), examples)
}

fn rowids(table: &TableData, after: &TableData, homes: &Homes, at: usize) -> Rowids {
    let Some(before) = &table.rowids else {
        return Rowids::Kept;
    };
    let now = |row: usize| match (&after.rowids, &after.key[..]) {
        (Some(rowids), _) => Some(rowids[row]),
        (None, [key]) => match after.value(*key, row) {
            Value::Integer(rowid) => Some(*rowid),
            _ => None,
        },
        (None, _) => None,
    };
    let places = homes.rows[at].iter().enumerate();
    let renumbered = places
        .filter_map(|(row, place)| Some((before[row], (*place)?)))
        .filter(|(_, place)| homes.tables[at] == Some(place.0))
        .filter_map(|(rowid, place)| Some((rowid, now(place.1)?)))
        .find(|(before, after)| before != after);
    renumbered.map_or(Rowids::Kept, |(before, after)| Rowids::Renumbered {
        before,
        after,
    })
}

fn sequence(before: &Contents, after: &Contents, old: &str, new: &str) -> Option<SequenceLowered> {
    let before = *before.sequences.get(&fold(old))?;
    let after = after.sequences.get(&fold(new)).copied();
    (after < Some(before)).then_some(SequenceLowered { before, after })
}
