//! What the columns of foreign keys can hold.

use std::rc::Rc;

use rusqlite::types::Value;

use super::candidates;
use super::parents::{Parents, Source, Tuple, read};
use super::plan::{Plan, Unit};
use crate::schema::ForeignKey;
use crate::sql::names_equal;

/// Combinations that are kept. Foreign keys that share columns could have very many.
const MOST: usize = 64;

/// The foreign keys of a table with what they can refer to, by their place.
#[derive(Debug)]
pub(super) struct Keys<'a> {
    keys: Vec<Key<'a>>,
}

#[derive(Debug)]
struct Key<'a> {
    slots: Vec<usize>,
    source: Source<'a>,
}

/// The values for the columns of a unit, `None` where a foreign key leaves them open.
type Partial = Vec<Option<Value>>;

impl<'a> Keys<'a> {
    pub(super) fn new(parents: &mut Parents<'a>, plan: &Plan<'_>) -> rusqlite::Result<Self> {
        let mut keys = Vec::new();
        for key in &plan.table.foreign_keys {
            let slot = |name: &String| {
                let is_it = |slot: &super::plan::Slot<'_>| names_equal(&slot.column.name, name);
                plan.columns.iter().position(is_it)
            };
            keys.push(Key {
                slots: key.columns.iter().filter_map(slot).collect(),
                source: parents.source(plan.place, key)?,
            });
        }
        Ok(Self { keys })
    }

    /// The values for the columns of a unit in a row, the best first; or the parent that has none.
    pub(super) fn options(
        &mut self,
        parents: &Parents<'_>,
        plan: &Plan<'_>,
        unit: &Unit,
        row: usize,
    ) -> rusqlite::Result<Result<Vec<Tuple>, String>> {
        let mut partials: Vec<Partial> = vec![vec![None; unit.columns.len()]];
        for place in &unit.foreign_keys {
            let key = &mut self.keys[*place];
            // Two keys to one table refer to different rows: what exchanges them is seen.
            let keys = &plan.table.foreign_keys;
            let same = |other: &&ForeignKey| names_equal(&other.parent, &keys[*place].parent);
            let turn = keys[..*place].iter().filter(same).count();
            let of_key = key_options(key, parents, plan, unit, (row, turn))?;
            partials = joined(&partials, &of_key);
            if partials.is_empty() {
                return Ok(Err(plan.table.foreign_keys[*place].parent.clone()));
            }
        }
        let complete = |partial: Partial| -> Tuple {
            let values = partial.into_iter().zip(&unit.columns);
            let value = |(value, slot): (Option<Value>, &usize)| {
                value.unwrap_or_else(|| candidates::first(plan, *slot, row))
            };
            values.map(value).collect()
        };
        Ok(Ok(partials.into_iter().map(complete).collect()))
    }
}

fn key_options(
    key: &mut Key<'_>,
    parents: &Parents<'_>,
    plan: &Plan<'_>,
    unit: &Unit,
    (row, turn): (usize, usize),
) -> rusqlite::Result<Vec<Partial>> {
    let open = || vec![None; unit.columns.len()];
    let place = |slot: &usize| unit.columns.iter().position(|column| column == slot);
    let places: Vec<usize> = key.slots.iter().filter_map(place).collect();
    let slots = &key.slots;
    let mut options = Vec::new();
    let rows = match &mut key.source {
        Source::Rows(rows) => Rc::clone(rows),
        Source::Own { rows, columns } => {
            let own = columns.iter().zip(slots).map(|(column, slot)| {
                // The column itself: it is what it is.
                let same = plan.columns[*slot].place == *column;
                (!same).then(|| parents.own_value(plan.place, *column, row))
            });
            let mut partial = open();
            for (at, value) in places.iter().zip(own) {
                partial[*at] = value;
            }
            if !partial.contains(&Some(Value::Null)) {
                options.push(partial);
            }
            Rc::new(read(rows)?)
        }
    };
    // The last row has a sibling: what groups by the parent loses rows.
    let is_last = plan.rows > 2 && row + 1 == plan.rows;
    let turned = turned(
        &rows,
        if is_last { 0 } else { row },
        parents.scenario.turn() + turn,
    );
    let of_rows = turned.map(|tuple| {
        let mut partial = open();
        for (at, value) in places.iter().zip(tuple) {
            partial[*at] = Some(value.clone());
        }
        partial
    });
    // The row itself is the last choice.
    options.splice(0..0, of_rows);
    add_null(&mut options, plan, slots, &places, row, open());
    Ok(options)
}

/// The rows, another one first for each child; the last one only where it has to be, so that it
/// stays without children.
fn turned(rows: &[Tuple], row: usize, turn: usize) -> impl Iterator<Item = &Tuple> {
    let (chosen, spared) = rows.split_at(rows.len() - usize::from(rows.len() > 1));
    let start = if chosen.is_empty() {
        0
    } else {
        (row + turn) % chosen.len()
    };
    let turned = chosen[start..].iter().chain(&chosen[..start]);
    turned.chain(spared).take(MOST)
}

/// A key with a NULL refers to nothing.
fn add_null(
    options: &mut Vec<Partial>,
    plan: &Plan<'_>,
    slots: &[usize],
    places: &[usize],
    row: usize,
    mut partial: Partial,
) {
    let nullable = |slot: &usize| plan.columns[*slot].nullable;
    let Some(first) = slots.iter().find(|slot| nullable(slot)) else {
        return;
    };
    for (slot, at) in slots.iter().zip(places) {
        if nullable(slot) {
            partial[*at] = Some(Value::Null);
        } else if let Some(value) = options.first().and_then(|option| option[*at].clone()) {
            partial[*at] = Some(value);
        }
    }
    let by_choice = candidates::wants_null(plan.scenario, row, plan.columns[*first].place);
    // A row that could only refer to itself is the root.
    let is_root = options.len() == 1 && row == 0;
    let at = if by_choice || is_root {
        0
    } else {
        options.len()
    };
    options.insert(at, partial);
}

/// The combinations that agree on the columns they share.
fn joined(left: &[Partial], right: &[Partial]) -> Vec<Partial> {
    let mut found = Vec::new();
    for a in left {
        for b in right {
            let agree = a
                .iter()
                .zip(b)
                .all(|(a, b)| a.is_none() || b.is_none() || a == b);
            if agree && found.len() < MOST {
                let both = a
                    .iter()
                    .zip(b)
                    .map(|(a, b)| a.clone().or_else(|| b.clone()));
                found.push(both.collect());
            }
        }
    }
    found
}
