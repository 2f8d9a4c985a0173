//! Which statements make a schema what it should not be.

use std::collections::{BTreeMap, BTreeSet};

use stepladder::compare::{CompareOptions, Difference, DifferenceKind, compare};
use stepladder::introspect::introspect;
use stepladder::schema::{Entity, EntityKind, Schema};
use stepladder::sql::fold;

use super::{Rerun, since};
use crate::diagnostic::Diagnostic;

/// How many differences are named at a statement.
const SHOWN: usize = 3;

/// The diagnostic with the statements that the differences come from, as far as that can be told: a
/// change that was never made has none.
pub(in crate::prove) fn at_differences(
    rerun: &Rerun<'_>,
    differences: &[Difference],
    diagnostic: Diagnostic,
) -> Diagnostic {
    let Some(mut states) = rerun.look(introspect) else {
        return diagnostic;
    };
    let made = made_at(&states);
    name_as_at_the_end(&mut states);
    let found: Vec<Vec<Difference>> = (states.iter())
        .map(|state| compare(&rerun.step.new.schema, state, &CompareOptions::default()))
        .collect();
    let mut labels: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for difference in differences {
        let is_same =
            |other: &Difference| other.kind == difference.kind && other.object == difference.object;
        let since = since(&found, |state: &Vec<Difference>| state.iter().any(is_same));
        let key = (difference.object.kind, fold(&difference.object.name));
        if let Some(at) = since.max(made.get(&key).copied()) {
            let text = format!("{} {}", difference.object, how(difference.kind));
            labels.entry(at).or_default().push(text);
        }
    }
    let labels = labels.into_iter().map(|(at, mut texts)| {
        texts.dedup();
        let more = texts.len().saturating_sub(SHOWN);
        texts.truncate(SHOWN);
        if more > 0 {
            texts.push(format!("and {more} more"));
        }
        (at, texts.join(", "))
    });
    rerun.labelled(diagnostic, labels.collect())
}

fn how(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Missing | DifferenceKind::MissingColumn => "is missing after this",
        DifferenceKind::Unexpected | DifferenceKind::UnexpectedColumn => "is not expected",
        _ => "is not as expected after this",
    }
}

/// The tables and virtual tables of a schema, by folded names.
fn tables(schema: &Schema) -> BTreeSet<String> {
    let is_table =
        |entity: &&Entity| matches!(entity.kind(), EntityKind::Table | EntityKind::VirtualTable);
    let tables = schema.entities.iter().filter(is_table);
    tables.map(|entity| fold(entity.name())).collect()
}

/// The name before and after, where a statement renames a table.
fn renamed(before: &Schema, after: &Schema) -> Option<(String, String)> {
    let (before, after) = (tables(before), tables(after));
    let mut gone = before.difference(&after);
    let mut new = after.difference(&before);
    match (gone.next(), new.next(), gone.next(), new.next()) {
        (Some(gone), Some(new), None, None) => Some((gone.clone(), new.clone())),
        _ => None,
    }
}

/// The statement that made each entity of the last state that was not there before the first.
fn made_at(states: &[Schema]) -> BTreeMap<(EntityKind, String), usize> {
    let mut made = BTreeMap::new();
    for (at, pair) in states.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let keys = |schema: &Schema| -> BTreeSet<_> {
            let entities = schema.entities.iter();
            entities
                .map(|entity| (entity.kind(), fold(entity.name())))
                .collect()
        };
        let (before_keys, after_keys) = (keys(before), keys(after));
        let renamed = renamed(before, after);
        for key in after_keys.difference(&before_keys) {
            let from = (renamed.as_ref())
                .filter(|(_, new)| *new == key.1)
                .map(|(gone, _)| (key.0, gone.clone()));
            match from {
                // A table has been made when it had its first name.
                Some(from) => {
                    let first = made.remove(&from);
                    made.remove(key);
                    made.extend(first.map(|first| (key.clone(), first)));
                }
                None => {
                    made.insert(key.clone(), at + 1);
                }
            }
        }
    }
    made
}

/// Gives each table the name that it has at the end, so that it can be compared before it has it. The
/// table that has the name before is dropped until then.
fn name_as_at_the_end(states: &mut [Schema]) {
    let mut last_names: BTreeMap<String, String> = BTreeMap::new();
    for at in (0..states.len().saturating_sub(1)).rev() {
        if let Some((gone, new)) = renamed(&states[at], &states[at + 1]) {
            let last = last_names.remove(&new).unwrap_or(new);
            last_names.insert(gone, last);
        }
        let state = &mut states[at];
        let names = tables(state);
        last_names.retain(|name, _| names.contains(name));
        let replaced: BTreeSet<_> = last_names.values().cloned().collect();
        state.entities.retain(|entity| {
            let name = fold(entity.name());
            last_names.contains_key(&name) || !replaced.contains(&name)
        });
        for entity in &mut state.entities {
            rename(entity, &last_names);
        }
    }
}

fn rename(entity: &mut Entity, names: &BTreeMap<String, String>) {
    let name = match entity {
        Entity::Table(table) => &mut table.name,
        Entity::VirtualTable(table) => &mut table.name,
        Entity::Index(index) => &mut index.table,
        Entity::Trigger(trigger) => &mut trigger.table,
        Entity::View(_) => return,
    };
    if let Some(last) = names.get(&fold(name)) {
        name.clone_from(last);
    }
}
