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
    /// A row with a change, one that lost its value where there is one; a regular one before an odd
    /// one.
    pub(super) example: Option<(usize, usize)>,
    /// A row that held something else than the example, and holds the same now.
    pub(super) twin: Option<usize>,
    /// The storage class that is regular in the column, where some values are lost and those of this
    /// class can all be told apart.
    pub(super) spared: Option<&'static str>,
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

/// A changed value: its row, what it was and what is there.
type Changed<'c> = ((usize, usize), &'c Value, &'c Value);

/// What decides whether a changed value is lost.
struct Judgement<'c> {
    is_overwritten: bool,
    is_spoilt: bool,
    /// The values before that became more than one value.
    split: HashSet<&'c Value>,
}

impl Judgement<'_> {
    /// The rows whose values are lost, where these values after stand for more than one before.
    fn lost(
        &self,
        changed: &[Changed<'_>],
        relations: &[Relation],
        merged: &HashSet<&Value>,
    ) -> Vec<(usize, usize)> {
        let is_lost = |(_, old, new): &Changed<'_>, relation: Relation| {
            self.is_overwritten
                || self.is_spoilt
                    && relation == Relation::Unknown
                    && old.is_telling()
                    && !new.is_telling()
                || new.is_null()
                || merged.contains(new)
                || relation == Relation::Rounded
                || relation == Relation::Unknown && self.split.contains(old)
        };
        (changed.iter().zip(relations))
            .filter(|(change, relation)| is_lost(change, **relation))
            .map(|(change, _)| change.0)
            .collect()
    }
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
        let mut relations: Vec<_> = (changed.iter())
            .map(|(_, old, new)| relation(old, new))
            .collect();
        let kind = kind(&changed, &mut relations);
        let judge = Judgement {
            is_overwritten: kind == Kind::Other
                && (self.is_of_another(from, &changed, &relations)
                    || self.is_numbered(to, &changed)),
            is_spoilt: self.few_are_changed(from, changed.len()),
            split: self.split(from, to),
        };
        let merged = self.merged(from, to, |_| true);
        let lost = judge.lost(&changed, &relations, &merged);
        let regular = self.before.columns[from].regular;
        let is_regular = |value: &Value| regular == Some(value.storage_class());
        // An odd value that became equal to a regular one is the one that is lost.
        let merged_regular = self.merged(from, to, is_regular);
        let mut lost_regular = judge.lost(&changed, &relations, &merged_regular);
        lost_regular.retain(|(row, _)| is_regular(self.before.value(from, *row)));
        let is_odd = |(row, _): &&(usize, usize)| !is_regular(self.before.value(from, *row));
        let odd = lost.iter().filter(is_odd);
        let mut examples = lost_regular.iter().chain(odd).chain(&lost).copied();
        let is_merged = |(_, other): &(usize, usize)| merged.contains(self.after.value(to, *other));
        let example = (examples.clone().find(is_merged)).or_else(|| examples.next());
        // Where they were left alone already, there is nothing to say.
        let has_regular = changed.iter().any(|(_, old, _)| is_regular(old));
        let is_spared = !lost.is_empty() && lost_regular.is_empty() && has_regular;
        Changes {
            of: self.count(from),
            changed: changed.len(),
            example: example.or(changed.first().map(|change| change.0)),
            twin: example.and_then(|example| self.twin([from, to], example)),
            spared: regular.filter(|_| is_spared),
            lost,
            kind,
        }
    }

    /// A row that held something else than this one, and holds the same now.
    pub(super) fn twin(
        self,
        [from, to]: [usize; 2],
        (row, other): (usize, usize),
    ) -> Option<usize> {
        let (old, new) = (self.before.value(from, row), self.after.value(to, other));
        let is_twin = |(_, before, after): &Changed<'_>| *after == new && *before != old;
        let found = self.values(from, to).find(is_twin);
        found.filter(|_| !new.is_null()).map(|((row, _), _, _)| row)
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

    /// The values after that stand for more than one value before, of those that are to count.
    fn merged(self, from: usize, to: usize, counts: impl Fn(&Value) -> bool) -> HashSet<&'c Value> {
        let mut origins = HashMap::new();
        (self.values(from, to))
            .filter(|(_, old, _)| counts(old))
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
    fn is_numbered(self, to: usize, changed: &[Changed<'_>]) -> bool {
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
    fn is_of_another(self, from: usize, changed: &[Changed<'_>], relations: &[Relation]) -> bool {
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

/// What all changes have in common. A number that was multiplied as all others were is derived.
fn kind(changed: &[Changed<'_>], relations: &mut [Relation]) -> Kind {
    let is_conversion = |r: &Relation| matches!(r, Relation::Converted | Relation::Rounded);
    if relations.iter().all(is_conversion) {
        return Kind::Conversion;
    }
    if relations.iter().all(|r| *r != Relation::Unknown) {
        return Kind::Derivation;
    }
    if !is_scaled(changed) {
        return Kind::Other;
    }
    for ((_, old, _), relation) in changed.iter().zip(relations) {
        if *relation == Relation::Unknown && old.number().is_some() {
            *relation = Relation::Derived;
        }
    }
    Kind::Derivation
}

/// How much two quotients differ at most by being rounded. Those of other numbers differ by little
/// more: numbers with eight digits that all are greater by one have nearly the same.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Whether the numbers were multiplied by the same one, such as an amount in another unit. What is no
/// number says nothing of it; where that is most of what changed, the numbers do not either.
fn is_scaled(changed: &[Changed<'_>]) -> bool {
    let numbers = changed.iter().filter(|(_, old, _)| old.number().is_some());
    let numbers: Vec<_> = numbers.collect();
    let is_zero = |value: &Value| value.number() == Some(0.0);
    let ratio = |(_, old, new): &Changed<'_>| Some(new.number()? / old.number()?);
    let others = numbers.iter().filter(|(_, old, _)| !is_zero(old));
    let ratios: Option<Vec<f64>> = others.clone().map(|change| ratio(change)).collect();
    let distinct: HashSet<_> = others.map(|(_, old, _)| *old).collect();
    let Some(ratios) = ratios.filter(|_| distinct.len() > 1) else {
        return false;
    };
    let is_same = |ratio: &f64| (ratio - ratios[0]).abs() <= ratios[0].abs() * ROUNDING;
    ratios[0] != 0.0
        && ratios.iter().all(is_same)
        && numbers
            .iter()
            .all(|(_, old, new)| !is_zero(old) || is_zero(new))
        && numbers.len() * 2 >= changed.len()
}
