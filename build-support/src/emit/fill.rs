//! New full-text indexes over tables that have rows.

use stepladder::schema::Entity;

use super::doc::code;
use super::{Input, Step};
use crate::plan::{Change, StepPlan, external_content};
use crate::sql_name::sql_name;

/// The calls that fill them, each with what it does. They come last in a step: the tables have
/// their new columns then.
pub(super) fn fills(input: &Input<'_>, step: &Step, plan: &StepPlan) -> Vec<(String, String)> {
    let version = (input.history.versions.iter()).find(|version| version.number == step.to);
    let Some(schema) = version.map(|version| &version.schema) else {
        return Vec::new();
    };
    let fill = |change: &Change| {
        let Change::CreateTable(name) = change else {
            return None;
        };
        // Under another name it is as full as it was.
        if plan.table_rename_to(name).is_some() {
            return None;
        }
        let Some(Entity::VirtualTable(index)) = schema.relation(name) else {
            return None;
        };
        let content = schema.table(&external_content(index)?)?;
        let quoted = sql_name(name);
        // https://www.sqlite.org/fts5.html#the_rebuild_command
        let sql = format!("INSERT INTO {quoted} ({quoted}) VALUES ('rebuild')");
        let (index, content) = (code(name), code(&content.name));
        Some((
            format!(".execute({sql:?}, [])?"),
            format!(
                "The new index {index} is empty until it is filled from the rows of {content}."
            ),
        ))
    };
    plan.changes.iter().filter_map(fill).collect()
}
