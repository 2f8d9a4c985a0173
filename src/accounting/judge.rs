//! The fate of a column: what it became where its rows are, and else where it is.

use super::changes::{Changes, Kind};
use super::contents::Contents;
use super::elsewhere::{Sought, elsewhere};
use super::homes::Homes;
use super::index::{Index, identify};
use super::near::Found;
use super::{Change, ColumnAccount, ColumnFate, Place, Row, Spared};

/// The columns after that have their values from a column before.
pub(super) type Claimed = std::collections::HashSet<(usize, usize)>;

/// All that is needed to tell what happened to a column of a table.
pub(super) struct Judge<'j, 'c> {
    pub(super) before: &'j Contents,
    pub(super) after: &'j Contents,
    pub(super) homes: &'j Homes,
    pub(super) index: &'j Index<'c>,
    pub(super) claimed: &'j Claimed,
    /// The table.
    pub(super) at: usize,
    /// Its rows in the table that has most of them.
    pub(super) rows: &'j [(usize, usize)],
}

impl Judge<'_, '_> {
    /// What happened to a column.
    pub(super) fn column(&self, column: usize, found: Found) -> ColumnAccount {
        let regular = match &found {
            Found::Changed(to, changes) => {
                (changes.spared).map(|class| (class, *to, changes.lost.len()))
            }
            Found::At(_) | Found::Missing | Found::Empty => None,
        };
        let fate = self.fate(column, found);
        let spared = regular.and_then(|(class, to, all)| match &fate {
            ColumnFate::Vanished { lost, .. } if *lost == all => Some(Spared {
                class,
                at: self.place(self.homes.tables[self.at]?, to),
            }),
            _ => None,
        });
        let table = &self.before.tables[self.at];
        ColumnAccount {
            table: table.name.clone(),
            column: table.columns[column].name.clone(),
            fate,
            spared,
        }
    }

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
                self.vanished(column, &rows, rows.len(), None)
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
            let mut change = self.change(column, row, Some(after.clone()));
            change.twin = changes.twin.map(|twin| self.twin(column, twin));
            change
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
            Kind::Derivation | Kind::Other => ColumnFate::Vanished {
                example,
                lost,
                of,
                unlinked: None,
            },
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
        if !found.is_linked {
            let all: Vec<_> = self.judged_rows();
            let has_value =
                |row: &usize| !self.before.tables[self.at].value(column, *row).is_null();
            let all: Vec<_> = all.into_iter().filter(has_value).collect();
            let at = self.place(found.at.0, found.at.1);
            return Some(self.vanished(column, &all, found.of, Some(at)));
        }
        if found.missing.is_empty() {
            let at = self.place(found.at.0, found.at.1);
            return Some(ColumnFate::Moved { at });
        }
        Some(self.vanished(column, &found.missing, found.of, None))
    }

    /// The rows in other tables than the rest in which the value is not: in the column of its name,
    /// or in any where there is no such column.
    fn stray(&self, column: usize) -> Vec<usize> {
        let table = &self.before.tables[self.at];
        let lost = |(row, place): (usize, &Option<(usize, usize)>)| {
            let (other, found) = (*place)?;
            let value = table.value(column, row);
            let is_stray = self.homes.tables[self.at] != Some(other);
            let other = &self.after.tables[other];
            let is_there = match other.column(&table.columns[column].name) {
                Some(same) => other.value(same, found) == value,
                None => super::rows::holds(other, found, value, column),
            };
            (is_stray && !value.is_null() && !is_there).then_some(row)
        };
        let places = self.homes.rows[self.at].iter().enumerate();
        places.filter_map(lost).collect()
    }

    /// What is in the column of the same name in the row of another table.
    fn in_stray(&self, column: usize, row: usize) -> Option<super::Value> {
        let (other, found) = self.homes.rows[self.at][row]?;
        let other = &self.after.tables[other];
        let same = other.column(&self.before.tables[self.at].columns[column].name)?;
        Some(other.value(same, found).clone())
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
            _ => (
                self.change(column, *first, self.in_stray(column, *first)),
                0,
            ),
        };
        let lost = lost + stray.len();
        ColumnFate::Vanished {
            example,
            lost,
            of,
            unlinked: None,
        }
    }

    fn vanished(
        &self,
        column: usize,
        rows: &[usize],
        of: usize,
        unlinked: Option<Place>,
    ) -> ColumnFate {
        match rows.first() {
            Some(row) => ColumnFate::Vanished {
                example: self.change(column, *row, None),
                lost: rows.len(),
                of,
                unlinked,
            },
            None => ColumnFate::Empty,
        }
    }

    /// Another row and its value; its key is enough, since it is told beside a row.
    fn twin(&self, column: usize, row: usize) -> (Row, super::Value) {
        let table = &self.before.tables[self.at];
        let mut identified = identify(table, row, Some(column));
        identified.0.truncate(table.key.len().max(1));
        (identified, table.value(column, row).clone())
    }

    fn change(&self, column: usize, row: usize, after: Option<super::Value>) -> Change {
        let table = &self.before.tables[self.at];
        Change {
            row: identify(table, row, Some(column)),
            before: table.value(column, row).clone(),
            after,
            twin: None,
        }
    }
}
