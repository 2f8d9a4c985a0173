//! What happened to each column.

use std::collections::HashSet;

use super::changes::{Changes, Kind, Pair};
use super::contents::{Contents, TableData};
use super::elsewhere::{Sought, elsewhere};
use super::homes::Homes;
use super::index::{Index, identify};
use super::{Change, ColumnAccount, ColumnFate, Place};

/// What a column became in the table that has its rows.
#[derive(Debug)]
enum Found {
    /// A column with the same values.
    At(usize),
    /// A column with other values.
    Changed(usize, Changes),
    /// Nothing, and there are values.
    Missing,
    /// Nothing, and there are no values.
    Empty,
}

/// The columns after that have their values from a column before.
type Claimed = HashSet<(usize, usize)>;

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
        let table = &before.tables[at];
        for (column, found) in found.into_iter().enumerate() {
            if table.stored().any(|stored| stored == column) {
                let judge = Judge {
                    before,
                    after,
                    homes,
                    index,
                    claimed: &claimed,
                    at,
                    rows: &rows,
                };
                accounts.push(ColumnAccount {
                    table: table.name.clone(),
                    column: table.columns[column].name.clone(),
                    fate: judge.fate(column, found),
                });
            }
        }
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

/// What each column became in the table that has the rows.
fn near(pair: Pair<'_>) -> Vec<Found> {
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
    let changed = pair.rows.iter().filter(|(row, other)| {
        let value = pair.before.value(column, *row);
        !value.is_null() && value != pair.after.value(to, *other)
    });
    changes.lost = changed.copied().collect();
    changes.example = changes.lost.first().copied();
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

/// All that is needed to tell what happened to a column of a table.
struct Judge<'j, 'c> {
    before: &'j Contents,
    after: &'j Contents,
    homes: &'j Homes,
    index: &'j Index<'c>,
    claimed: &'j Claimed,
    /// The table.
    at: usize,
    /// Its rows in the table that has most of them.
    rows: &'j [(usize, usize)],
}

impl Judge<'_, '_> {
    fn fate(&self, column: usize, found: Found) -> ColumnFate {
        let table = &self.before.tables[self.at];
        let stray = self.stray(column);
        let fate = match found {
            Found::At(to) => self.at(column, to),
            Found::Empty => ColumnFate::Empty,
            Found::Changed(to, changes) => self.changed(column, to, &changes),
            Found::Missing => self.elsewhere(column).unwrap_or_else(|| {
                let has_value = |row: &usize| !table.value(column, *row).is_null();
                let rows = self.judged_rows();
                let rows: Vec<_> = rows.into_iter().filter(has_value).collect();
                self.vanished(column, &rows, rows.len())
            }),
        };
        self.with_stray(column, fate, &stray)
    }

    /// The rows in which a column is looked for; all rows of a table that is gone.
    fn judged_rows(&self) -> Vec<usize> {
        match self.homes.tables[self.at] {
            Some(_) => self.rows.iter().map(|(row, _)| *row).collect(),
            None => (0..self.before.tables[self.at].rows).collect(),
        }
    }

    fn place(&self, home: usize, column: usize) -> Place {
        let table = &self.after.tables[home];
        Place {
            table: table.name.clone(),
            column: table.columns[column].name.clone(),
        }
    }

    fn at(&self, column: usize, to: usize) -> ColumnFate {
        let home = self.homes.tables[self.at].expect("a column is found in the table's home");
        let (table, other) = (&self.before.tables[self.at], &self.after.tables[home]);
        let is_same = crate::sql::names_equal(&table.name, &other.name)
            && other.column(&table.columns[column].name) == Some(to);
        if is_same {
            ColumnFate::Kept
        } else {
            let at = self.place(home, to);
            ColumnFate::Moved { at }
        }
    }

    fn changed(&self, column: usize, to: usize, changes: &Changes) -> ColumnFate {
        let home = self.homes.tables[self.at].expect("a column is found in the table's home");
        let (lost, of) = (changes.lost.len(), changes.of);
        let at = self.place(home, to);
        let rows = changes.lost.iter().map(|(row, _)| *row).collect::<Vec<_>>();
        let example = changes.example.map(|(row, other)| {
            let after = self.after.tables[home].value(to, other);
            self.change(column, row, Some(after.clone()))
        });
        let Some(example) = example else {
            return ColumnFate::Moved { at };
        };
        if lost == 0 && changes.kind != Kind::Conversion {
            return ColumnFate::Transformed { at, example };
        }
        if lost > 0
            && let Some(fate) = self.elsewhere(column)
        {
            let found = match &fate {
                ColumnFate::Vanished { lost, .. } => *lost,
                _ => 0,
            };
            if found < rows.len() {
                return fate;
            }
        }
        match changes.kind {
            Kind::Conversion => ColumnFate::Rewritten {
                at,
                example,
                lost,
                of,
            },
            Kind::Derivation | Kind::Other => ColumnFate::Vanished { example, lost, of },
        }
    }

    fn elsewhere(&self, column: usize) -> Option<ColumnFate> {
        let home = self.homes.tables[self.at];
        let found = elsewhere(
            Sought {
                table: &self.before.tables[self.at],
                column,
                rows: &self.judged_rows(),
                home: home.map(|home| (home, self.rows)),
            },
            self.after,
            self.index,
            self.claimed,
        )?;
        if found.missing.is_empty() {
            let at = self.place(found.at.0, found.at.1);
            return Some(ColumnFate::Moved { at });
        }
        Some(self.vanished(column, &found.missing, found.of))
    }

    /// The rows in other tables than the rest in which the value is not.
    fn stray(&self, column: usize) -> Vec<usize> {
        let table = &self.before.tables[self.at];
        let lost = |(row, place): (usize, &Option<(usize, usize)>)| {
            let (other, found) = (*place)?;
            let value = table.value(column, row);
            let is_stray = self.homes.tables[self.at] != Some(other);
            let is_lost = !super::rows::holds(&self.after.tables[other], found, value, column);
            (is_stray && !value.is_null() && is_lost).then_some(row)
        };
        let places = self.homes.rows[self.at].iter().enumerate();
        places.filter_map(lost).collect()
    }

    /// The fate of a column, with the values added that are lost in rows elsewhere.
    fn with_stray(&self, column: usize, fate: ColumnFate, stray: &[usize]) -> ColumnFate {
        let Some(first) = stray.first() else {
            return fate;
        };
        let table = &self.before.tables[self.at];
        let placed = self.homes.rows[self.at].iter().enumerate();
        let of = placed
            .filter(|(row, place)| place.is_some() && !table.value(column, *row).is_null())
            .count();
        let (example, lost) = match fate {
            ColumnFate::Vanished { example, lost, .. } => (example, lost),
            _ => (self.change(column, *first, None), 0),
        };
        let lost = lost + stray.len();
        ColumnFate::Vanished { example, lost, of }
    }

    fn vanished(&self, column: usize, rows: &[usize], of: usize) -> ColumnFate {
        match rows.first() {
            Some(row) => ColumnFate::Vanished {
                example: self.change(column, *row, None),
                lost: rows.len(),
                of,
            },
            None => ColumnFate::Empty,
        }
    }

    fn change(&self, column: usize, row: usize, after: Option<super::Value>) -> Change {
        let table = &self.before.tables[self.at];
        Change {
            row: identify(table, row),
            before: table.value(column, row).clone(),
            after,
        }
    }
}
