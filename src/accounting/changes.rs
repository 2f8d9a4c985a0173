//! The values of a column and what is in the same rows afterwards.

use std::collections::{HashMap, HashSet};

use super::Value;
use super::contents::TableData;
use super::value::{Relation, relation};

/// A table, the table that has its rows, and the rows.
#[derive(Clone, Copy)]
pub(super) struct Pair<'c> {
    pub(super) before: &'c TableData,
    pub(super) after: &'c TableData,
    pub(super) rows: &'c [(usize, usize)],
}

/// How a column of a table became a column of the other.
#[derive(Debug)]
pub(super) struct Changes {
    /// How many values there are.
    pub(super) of: usize,
    /// How many of them are not the same.
    pub(super) changed: usize,
    /// The rows in which they cannot be told any more, as in [`Pair::rows`].
    pub(super) lost: Vec<(usize, usize)>,
    /// A row with a change, one that lost its value where there is one.
    pub(super) example: Option<(usize, usize)>,
    /// What all the changes have in common.
    pub(super) kind: Kind,
}

/// What all changes of a column have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Another storage class and the same meaning.
    Conversion,
    /// They show what they were made from.
    Derivation,
    /// Nothing.
    Other,
}

impl<'c> Pair<'c> {
    /// The values in a column before that are not NULL, with what is in a column after.
    fn values(
        self,
        from: usize,
        to: usize,
    ) -> impl Iterator<Item = ((usize, usize), &'c Value, &'c Value)> {
        (self.rows.iter())
            .map(move |(row, other)| {
                let values = (self.before.value(from, *row), self.after.value(to, *other));
                ((*row, *other), values.0, values.1)
            })
            .filter(|(_, old, _)| !old.is_null())
    }

    /// Whether every value of a column is in the other column.
    pub(super) fn is_equal(self, from: usize, to: usize) -> bool {
        self.values(from, to).all(|(_, old, new)| old == new)
    }

    /// How many values a column has in these rows.
    pub(super) fn count(self, column: usize) -> usize {
        let rows = self.rows.iter();
        rows.filter(|(row, _)| !self.before.value(column, *row).is_null())
            .count()
    }

    /// What is different.
    pub(super) fn changes(self, from: usize, to: usize) -> Changes {
        let changed: Vec<_> = (self.values(from, to))
            .filter(|(_, old, new)| old != new)
            .collect();
        let relations: Vec<_> = (changed.iter())
            .map(|(_, old, new)| relation(old, new))
            .collect();
        let is_conversion = |r: &Relation| matches!(r, Relation::Converted | Relation::Rounded);
        let kind = if relations.iter().all(is_conversion) {
            Kind::Conversion
        } else if relations.iter().all(|r| *r != Relation::Unknown) || is_scaled(&changed) {
            Kind::Derivation
        } else {
            Kind::Other
        };
        let is_overwritten = kind == Kind::Other
            && (self.is_of_another(from, &changed, &relations) || self.is_numbered(to, &changed));
        let (merged, split) = (self.merged(from, to), self.split(from, to));
        let is_spoilt = self.few_are_changed(from, changed.len());
        let is_lost = |(_, old, new): &(_, &Value, &Value), relation: &Relation| {
            is_overwritten
                || is_spoilt
                    && *relation == Relation::Unknown
                    && old.is_telling()
                    && !new.is_telling()
                || new.is_null()
                || merged.contains(new)
                || *relation == Relation::Rounded
                || *relation == Relation::Unknown && split.contains(old)
        };
        let lost: Vec<_> = (changed.iter().zip(&relations))
            .filter(|(change, relation)| is_lost(change, relation))
            .map(|(change, _)| change.0)
            .collect();
        let first = changed.first().map(|change| change.0);
        Changes {
            of: self.count(from),
            changed: changed.len(),
            example: lost.first().copied().or(first),
            lost,
            kind,
        }
    }

    /// Whether some values of a column that are all different were changed and others were not. A
    /// long value that became a short one was overwritten then; where all are changed, or where
    /// they are a few that repeat, it may be a code for it.
    fn few_are_changed(self, from: usize, changed: usize) -> bool {
        let values = (self.rows.iter()).map(|(row, _)| self.before.value(from, *row));
        let values: Vec<_> = values.filter(|value| !value.is_null()).collect();
        let distinct: HashSet<_> = values.iter().collect();
        changed < values.len() && distinct.len() == values.len()
    }

    /// The values after that stand for more than one value before.
    fn merged(self, from: usize, to: usize) -> HashSet<&'c Value> {
        let mut origins = HashMap::new();
        (self.values(from, to))
            .filter(|(_, old, new)| *origins.entry(*new).or_insert(*old) != *old)
            .map(|(_, _, new)| new)
            .collect()
    }

    /// The values before that became more than one value.
    fn split(self, from: usize, to: usize) -> HashSet<&'c Value> {
        let mut images = HashMap::new();
        (self.values(from, to))
            .filter(|(_, old, new)| *images.entry(*old).or_insert(*new) != *new)
            .map(|(_, old, _)| old)
            .collect()
    }

    /// Whether the values are the ones that SQLite gives to an `INTEGER PRIMARY KEY` when none is
    /// given: one after the other, and not because the old ones were.
    fn is_numbered(self, to: usize, changed: &[((usize, usize), &Value, &Value)]) -> bool {
        if self.after.key != [to] || self.after.rowids.is_some() {
            return false;
        }
        let integers = |values: Vec<&Value>| -> Option<Vec<i64>> {
            let integer = |value: &Value| match value {
                Value::Integer(integer) => Some(*integer),
                _ => None,
            };
            values.into_iter().map(integer).collect()
        };
        let old = integers(changed.iter().map(|(_, old, _)| *old).collect());
        let Some(mut new) = integers(changed.iter().map(|(_, _, new)| *new).collect()) else {
            return false;
        };
        new.sort_unstable();
        let is_run = |values: &[i64]| {
            values
                .windows(2)
                .all(|pair| pair[0].checked_add(1) == Some(pair[1]))
        };
        let was_run = old.is_some_and(|mut old| {
            old.sort_unstable();
            is_run(&old)
        });
        new.len() > 1 && is_run(&new) && !was_run
    }

    /// Whether the changed values show that they come from another column, and not from this one.
    fn is_of_another(
        self,
        from: usize,
        changed: &[((usize, usize), &Value, &Value)],
        relations: &[Relation],
    ) -> bool {
        let distinct: HashSet<_> = changed.iter().map(|(_, _, new)| *new).collect();
        let is_coincidence = distinct.len() < 2 && !distinct.iter().any(|new| new.is_telling());
        let own = relations
            .iter()
            .filter(|r| **r != Relation::Unknown)
            .count();
        if is_coincidence || own * 2 > relations.len() {
            return false;
        }
        (0..self.before.columns.len()).any(|column| {
            column != from
                && changed.iter().all(|((row, _), _, new)| {
                    let other = self.before.value(column, *row);
                    other == *new
                        || new.is_telling()
                            && other.is_telling()
                            && relation(other, new) != Relation::Unknown
                })
        })
    }
}

/// Whether all the numbers were multiplied by the same one, such as an amount in another unit.
fn is_scaled(changed: &[((usize, usize), &Value, &Value)]) -> bool {
    let ratio = |(_, old, new): &(_, &Value, &Value)| {
        let (old, new) = (old.number()?, new.number()?);
        (old != 0.0).then_some(new / old)
    };
    let distinct: HashSet<_> = changed.iter().map(|(_, old, _)| *old).collect();
    let Some(first) = changed.first().and_then(ratio) else {
        return false;
    };
    let is_same = |ratio: f64| (ratio - first).abs() <= first.abs() * 1e-12;
    distinct.len() > 1 && first != 0.0 && changed.iter().all(|c| ratio(c).is_some_and(is_same))
}
