//! Statements that are missing, too many, in the wrong order, or about the wrong rows.

use stepladder::schema::Schema;
use stepladder::sql::tokens;

use super::name_of;
use crate::case::Case;
use crate::step::{Step, short};

pub(crate) fn spoil(step: &Step, case: &Case) -> Vec<(&'static str, String, Step)> {
    let mut found = Vec::new();
    for (index, sql) in step.statements.iter().enumerate() {
        let mut without = step.clone();
        without.statements.remove(index);
        found.push(("statement dropped", short(sql), without));
        let mut twice = step.clone();
        twice.statements.insert(index, sql.clone());
        found.push(("statement doubled", short(sql), twice));
        if let Some(next) = step.statements.get(index + 1) {
            let mut swapped = step.clone();
            swapped.statements.swap(index, index + 1);
            let shown = format!("{} <-> {}", short(sql), short(next));
            found.push(("statements swapped", shown, swapped));
        }
        found.extend(delete_for_drop(step, index, sql));
    }
    let [old, new] = &case.schemas;
    for extra in extra(old) {
        let mut step = step.clone();
        let shown = format!("first {extra}");
        step.statements.insert(0, extra);
        found.push(("statement added in front", shown, step));
    }
    for extra in extra(new) {
        let mut step = step.clone();
        let shown = format!("last {extra}");
        step.statements.push(extra);
        found.push(("statement added behind", shown, step));
    }
    found
}

fn delete_for_drop(step: &Step, index: usize, sql: &str) -> Option<(&'static str, String, Step)> {
    let found = tokens(sql);
    let [drop, table, name] = &found[..] else {
        return None;
    };
    if !drop.is_keyword("DROP") || !table.is_keyword("TABLE") {
        return None;
    }
    let delete = format!("DELETE FROM {}", name.text);
    let spoilt = step.with(index, delete);
    Some(("DELETE in place of DROP", short(sql), spoilt))
}

/// Statements that change rows of a schema.
fn extra(schema: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for table in schema.tables() {
        let name = name_of(&table.name);
        found.push(format!("DELETE FROM {name}"));
        let stored = table
            .columns
            .iter()
            .filter(|column| column.generated.is_none());
        let columns: Vec<_> = stored.map(|c| name_of(&c.name)).collect();
        let first = &columns[0];
        found.push(format!(
            "DELETE FROM {name} WHERE {first} = (SELECT max({first}) FROM {name})"
        ));
        for (index, column) in columns.iter().enumerate() {
            found.push(format!("DELETE FROM {name} WHERE {column} IS NULL"));
            found.push(format!("UPDATE {name} SET {column} = NULL"));
            found.push(format!("UPDATE OR IGNORE {name} SET {column} = 1"));
            let next = &columns[(index + 1) % columns.len()];
            found.push(format!("UPDATE OR IGNORE {name} SET {column} = {next}"));
        }
    }
    found
}
