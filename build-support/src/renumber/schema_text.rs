//! `schema.sql`: what both branches lead to.

use stepladder::schema::{EntityKind, Schema};
use stepladder::sql::{names_equal, split_statements};

use super::branches::Leg;
use super::pool::Pool;
use crate::diagnostic::Diagnostics;
use crate::folder::conflict;
use crate::import::layout::{entity_sql, schema_sql};
use crate::schema_sql::{differences, read_schema};
use crate::source::SourceFile;
use crate::statement::read_create;

/// What is to become of `schema.sql`.
#[derive(Debug)]
pub(super) enum SchemaText {
    /// It is what both lead to.
    Right,
    /// It is to have this text.
    Write(String),
    /// Somebody has merged it, and otherwise.
    Differs(Vec<String>),
}

/// What somebody has merged by hand; `None` where it is still that of one branch, or in conflict.
pub(super) fn by_hand(pool: &Pool, branches: [&[Leg]; 2]) -> Option<Schema> {
    let found = parsed(pool.schema.as_ref()?.text.as_ref())?;
    let is_of = |legs: &[Leg]| {
        legs.iter()
            .any(|leg| differences(&leg.node.version.schema, &found).is_empty())
    };
    (!branches.into_iter().any(is_of)).then_some(found)
}

/// What is to become of `schema.sql`, where this is what both branches lead to.
pub(super) fn schema_text(pool: &Pool, branches: [&[Leg]; 2], result: &Schema) -> SchemaText {
    let Some(file) = &pool.schema else {
        return SchemaText::Write(schema_sql(result));
    };
    let holds =
        |text: &str| parsed(text).is_some_and(|found| differences(result, &found).is_empty());
    if let Some([ours, theirs]) = conflict::sides(&file.text) {
        let all = [
            both_sides(&file.text),
            edited(&ours, result),
            edited(&theirs, result),
        ];
        let merged = all.into_iter().find(|text| holds(text));
        return SchemaText::Write(merged.unwrap_or_else(|| schema_sql(result)));
    }
    if holds(&file.text) {
        return SchemaText::Right;
    }
    if let Some(merged) = by_hand(pool, branches) {
        return SchemaText::Differs(differences(result, &merged));
    }
    let text = edited(&file.text, result);
    SchemaText::Write(if holds(&text) {
        text
    } else {
        schema_sql(result)
    })
}

fn parsed(text: &str) -> Option<Schema> {
    read_schema(
        &SourceFile::new("schema.sql", text),
        &mut Diagnostics::default(),
    )
}

/// A text with marks, without them: right where each side has added something of its own.
fn both_sides(text: &str) -> String {
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let is_mark = |line: &&str| marks.iter().any(|mark| line.starts_with(mark));
    let lines = text.split_inclusive('\n').filter(|line| !is_mark(line));
    lines.collect()
}

/// The text with the statements of this schema, so that comments and what has not changed stay as
/// they are.
fn edited(text: &str, schema: &Schema) -> String {
    let mut edited = String::new();
    let mut at = 0;
    let mut done: Vec<(bool, String)> = Vec::new();
    for statement in split_statements(text) {
        let Some(create) = read_create(statement.sql) else {
            continue;
        };
        let is_trigger = create.kind == EntityKind::Trigger;
        let found = if is_trigger {
            schema.trigger(&create.name)
        } else {
            schema.relation(&create.name)
        };
        let end = statement.start + statement.sql.len();
        edited.push_str(&text[at..statement.start]);
        match found {
            Some(found) if means(statement.sql, found.sql()) => edited.push_str(statement.sql),
            Some(found) => edited.push_str(&entity_sql(found)),
            None => {
                // With its semicolon and the end of its line.
                let rest = text[end..].trim_start_matches([' ', ';']);
                at = text.len() - rest.strip_prefix('\n').unwrap_or(rest).len();
                continue;
            }
        }
        done.push((is_trigger, create.name));
        at = end;
    }
    edited.push_str(&text[at..]);
    for entity in &schema.entities {
        let is_trigger = entity.kind() == EntityKind::Trigger;
        let is_done = |(trigger, name): &(bool, String)| {
            *trigger == is_trigger && names_equal(name, entity.name())
        };
        if !done.iter().any(is_done) {
            let gap = if edited.ends_with('\n') || edited.is_empty() {
                "\n"
            } else {
                "\n\n"
            };
            edited.push_str(gap);
            edited.push_str(&entity_sql(entity));
            edited.push_str(";\n");
        }
    }
    edited
}

/// Whether two statements are the same but for what SQLite ignores.
fn means(a: &str, b: &str) -> bool {
    stepladder::sql::canonical(a) == stepladder::sql::canonical(b)
}
