//! In which order tables are filled: parents before their children.

use crate::schema::Table;
use crate::sql::names_equal;

/// Generations of children that are counted: those of a cycle have no end.
const GENERATIONS: usize = 3;

/// The places of the tables in the order of filling. In a cycle the table that waits for the
/// fewest parents comes first.
pub(super) fn order(tables: &[&Table]) -> Vec<usize> {
    let parents: Vec<Vec<usize>> = tables
        .iter()
        .map(|table| parents_of(table, tables))
        .collect();
    let mut placed = vec![false; tables.len()];
    let mut order = Vec::with_capacity(tables.len());
    while order.len() < tables.len() {
        let waits_for = |place: &usize| parents[*place].iter().filter(|&&p| !placed[p]).count();
        let next = (0..tables.len())
            .filter(|place| !placed[*place])
            .min_by_key(waits_for);
        let Some(next) = next else { break };
        placed[next] = true;
        order.push(next);
    }
    order
}

/// How many generations of children each table has.
pub(super) fn heights(tables: &[&Table]) -> Vec<usize> {
    let mut heights = vec![0; tables.len()];
    for _ in 0..GENERATIONS {
        let before = heights.clone();
        for (child, table) in tables.iter().enumerate() {
            for parent in parents_of(table, tables) {
                let height: usize = before[child] + 1;
                heights[parent] = heights[parent].max(height.min(GENERATIONS));
            }
        }
    }
    heights
}

/// The other tables that a table refers to.
fn parents_of(table: &Table, tables: &[&Table]) -> Vec<usize> {
    let mut found: Vec<usize> = table
        .foreign_keys
        .iter()
        .filter(|key| !names_equal(&key.parent, &table.name))
        .filter_map(|key| place_of(&key.parent, tables))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The place of the table of this name.
pub(super) fn place_of(name: &str, tables: &[&Table]) -> Option<usize> {
    tables
        .iter()
        .position(|table| names_equal(&table.name, name))
}
