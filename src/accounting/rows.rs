//! Which row of one table is which row of another.

use std::collections::{HashMap, HashSet, VecDeque};

use super::Value;
use super::contents::TableData;
use crate::sql::names_equal;

/// For each row of the table before, its row in the table after.
pub(super) type Pairs = Vec<Option<usize>>;

/// A value that is in more rows than this does not help to find one of them.
const COMMON: usize = 16;

/// A way to match rows; `None` where it does not apply.
type Way = fn(&TableData, &TableData) -> Option<Pairs>;

/// Matches the rows by primary key, by rowid and by what they hold, and takes the way in which
/// most values are found again. Each row is in one pair at most.
pub(super) fn match_rows(before: &TableData, after: &TableData) -> Pairs {
    let ways: [(Way, Trust); 4] = [
        (by_key, Trust::InLargeTables),
        (by_rowid, Trust::Never),
        (by_content, Trust::Never),
        (by_nothing, Trust::Never),
    ];
    let all = held(before);
    let mut best = (Score::default(), vec![None; before.rows]);
    for (way, trust) in ways {
        let Some(mut pairs) = way(before, after) else {
            continue;
        };
        if trust == Trust::InLargeTables && is_plain(before, after, &pairs) {
            return pairs;
        }
        by_votes(before, after, &mut pairs);
        let score = score(before, after, &pairs);
        // In another table an equal key may well be another row's.
        let is_equal = score == best.0 && !names_equal(&before.name, &after.name);
        if score > best.0 || is_equal {
            best = (score, pairs);
        }
        if score.placed == all && score.rows == before.rows {
            break;
        }
    }
    best.1
}

/// Whether the pairs of a way are right where they have only half of their values in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// To look for better ones takes long there, and equal keys mean something.
    InLargeTables,
    /// Values that are in many rows are equal in any two rows.
    Never,
}

/// How many rows make a table large.
const LARGE: usize = 256;

/// Whether all rows of a large table that can be are in a pair, and each has half of its values.
fn is_plain(before: &TableData, after: &TableData, pairs: &Pairs) -> bool {
    let mut found = (pairs.iter().enumerate()).filter_map(|(row, other)| Some((row, (*other)?)));
    before.rows >= LARGE
        && pairs.iter().flatten().count() == before.rows.min(after.rows)
        && found.all(|(row, other)| {
            let agreement = agreement((before, row), (after, other));
            agreement.held == agreement.content || agreement.telling > 0 && agreement.is_half()
        })
}

/// How many values a table holds.
fn held(table: &TableData) -> usize {
    let values = |column: usize| table.columns[column].values.iter();
    (table.stored().flat_map(values))
        .filter(|value| !value.is_null())
        .count()
}

/// How good pairs are; the first counts most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// How many values are found again in the row of the other table, in whatever column.
    found: usize,
    /// How many of them are in the column of the same name, where there is one.
    placed: usize,
    /// How many rows there are.
    rows: usize,
}

fn score(before: &TableData, after: &TableData, pairs: &Pairs) -> Score {
    let columns: Vec<_> = before
        .stored()
        .map(|column| (column, after.column(&before.columns[column].name)))
        .collect();
    let mut score = Score::default();
    for (row, other) in pairs.iter().enumerate() {
        let Some(other) = *other else { continue };
        score.rows += 1;
        for (column, same) in &columns {
            let value = before.value(*column, row);
            if holds(after, other, value, same.unwrap_or(*column)) {
                score.found += 1;
                let is_placed = same.is_none_or(|same| after.value(same, other) == value);
                score.placed += usize::from(is_placed);
            }
        }
    }
    score
}

/// Whether a row holds a value; it is looked for at the likely place first.
pub(super) fn holds(table: &TableData, row: usize, value: &Value, likely: usize) -> bool {
    !value.is_null()
        && (table.columns.get(likely)).is_some_and(|column| column.values[row] == *value)
        || !value.is_null()
            && table
                .columns
                .iter()
                .any(|column| column.values[row] == *value)
}

fn by_key(before: &TableData, after: &TableData) -> Option<Pairs> {
    if before.key.is_empty() || before.key.len() != after.key.len() {
        return None;
    }
    let key = |table: &TableData, row: usize, as_is: fn(&Value) -> Value| -> Vec<Value> {
        let value = |column: &usize| as_is(table.value(*column, row));
        table.key.iter().map(value).collect()
    };
    let mut pairs = vec![None; before.rows];
    for as_is in [Value::clone, Value::loose] {
        pair_equal(
            &mut pairs,
            |row| key(before, row, as_is),
            (after.rows, |row| key(after, row, as_is)),
        );
    }
    Some(pairs)
}

fn by_rowid(before: &TableData, after: &TableData) -> Option<Pairs> {
    let rowids = before.rowids.as_ref()?;
    let mut pairs = vec![None; before.rows];
    match (&after.rowids, &after.key[..]) {
        (Some(other), _) => pair_equal(
            &mut pairs,
            |row| rowids[row],
            (after.rows, |row| other[row]),
        ),
        (None, [key]) => pair_equal(
            &mut pairs,
            |row| Value::Integer(rowids[row]),
            (after.rows, |row| after.value(*key, row).clone()),
        ),
        (None, _) => return None,
    }
    Some(pairs)
}

/// By all that the rows hold in the columns that both tables have.
fn by_content(before: &TableData, after: &TableData) -> Option<Pairs> {
    let common: Vec<_> = before
        .stored()
        .filter_map(|column| Some((column, after.column(&before.columns[column].name)?)))
        .collect();
    let mut pairs = vec![None; before.rows];
    if common.is_empty() {
        return None;
    }
    for as_is in [Value::clone, Value::loose] {
        pair_equal(
            &mut pairs,
            |row| {
                let value = |(column, _): &(usize, usize)| as_is(before.value(*column, row));
                common.iter().map(value).collect::<Vec<_>>()
            },
            (after.rows, |row| {
                let value = |(_, column): &(usize, usize)| as_is(after.value(*column, row));
                common.iter().map(value).collect::<Vec<_>>()
            }),
        );
    }
    Some(pairs)
}

/// By votes alone.
#[expect(clippy::unnecessary_wraps, reason = "it is one of several ways")]
fn by_nothing(before: &TableData, _: &TableData) -> Option<Pairs> {
    Some(vec![None; before.rows])
}

/// Pairs the rows that are not in a pair and have an equal key, in their order.
fn pair_equal<K: std::hash::Hash + Eq>(
    pairs: &mut Pairs,
    key: impl Fn(usize) -> K,
    (others, other_key): (usize, impl Fn(usize) -> K),
) {
    let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
    if pairs.iter().all(Option::is_some) {
        return;
    }
    let mut free: HashMap<K, VecDeque<usize>> = HashMap::with_capacity(others);
    for other in (0..others).filter(|other| !taken.contains(other)) {
        free.entry(other_key(other)).or_default().push_back(other);
    }
    for (row, pair) in pairs.iter_mut().enumerate() {
        if pair.is_none() {
            *pair = free.get_mut(&key(row)).and_then(VecDeque::pop_front);
        }
    }
}

/// Pairs what is left by the values that the rows have in common, in whatever column.
fn by_votes(before: &TableData, after: &TableData, pairs: &mut Pairs) {
    let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
    if taken.len() == after.rows || pairs.iter().all(Option::is_some) {
        return;
    }
    let mut places: HashMap<&Value, Vec<usize>> = HashMap::new();
    for column in &after.columns {
        for (row, value) in column.values.iter().enumerate() {
            if !value.is_null() && !taken.contains(&row) {
                places.entry(value).or_default().push(row);
            }
        }
    }
    let mut found = Vec::new();
    for row in (0..before.rows).filter(|row| pairs[*row].is_none()) {
        let mut seen = HashSet::new();
        for column in before.stored() {
            let others = places.get(before.value(column, row));
            for other in others.into_iter().flatten().take(COMMON) {
                if seen.insert(*other) && is_same_row((before, row), (after, *other)) {
                    let agreed = agreement((before, row), (after, *other));
                    found.push((usize::MAX - agreed.all, row, *other));
                }
            }
        }
    }
    found.sort_unstable();
    let mut taken = taken;
    for (_, row, other) in found {
        if pairs[row].is_none() && taken.insert(other) {
            pairs[row] = Some(other);
        }
    }
}

/// What two rows have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Agreement {
    /// How many values of the first are in the second.
    pub(super) all: usize,
    /// How many of them are not of the primary key.
    pub(super) content: usize,
    /// How many of those are hardly a coincidence.
    pub(super) telling: usize,
    /// How many values the first has that are not of the primary key.
    pub(super) held: usize,
}

impl Agreement {
    /// Whether half of the values besides the primary key are there.
    fn is_half(self) -> bool {
        self.content * 2 >= self.held
    }
}

/// What of a row is found in another one.
pub(super) fn agreement(
    (before, row): (&TableData, usize),
    (after, other): (&TableData, usize),
) -> Agreement {
    let mut agreement = Agreement::default();
    let only_key = before.stored().all(|column| before.is_key(column));
    for column in before.stored() {
        let value = before.value(column, row);
        let is_content = only_key || !before.is_key(column);
        agreement.held += usize::from(is_content && !value.is_null());
        if holds(after, other, value, column) {
            agreement.all += 1;
            agreement.content += usize::from(is_content);
            agreement.telling += usize::from(is_content && value.is_telling());
        }
    }
    agreement
}

/// Whether a row holds so much of another that it is the same one: half of its values besides the
/// primary key.
pub(super) fn is_same_row(before: (&TableData, usize), after: (&TableData, usize)) -> bool {
    let agreement = agreement(before, after);
    agreement.is_half() && (agreement.telling > 0 || agreement.content > 1)
}
