//! The part of a schema that a step can have to do with. Rows in the other tables tell nothing, and
//! most steps of a large schema are about one table.
//!
//! SQLite has no way to name a table but in the text, so what a step can reach is what its text
//! names, what the triggers and views of that name, and so on.

use std::collections::BTreeSet;

use stepladder::__private::full_text;
use stepladder::schema::{Entity, EntityKind, Schema};
use stepladder::sql::{Token, fold, tokens};

use crate::script::Script;

/// The entities of both schemas that the statements can reach, and the tables without which there
/// can be no rows in them.
pub(super) fn relevant(script: &Script, old: &Schema, new: &Schema) -> [Schema; 2] {
    part(script, [old, new], needed)
}

/// The entities of both schemas that the statements can reach.
pub(super) fn touched(script: &Script, old: &Schema, new: &Schema) -> [Schema; 2] {
    part(script, [old, new], |_, _| BTreeSet::new())
}

fn part(
    script: &Script,
    [old, new]: [&Schema; 2],
    further: impl Fn(&[&Entity], &BTreeSet<String>) -> BTreeSet<String>,
) -> [Schema; 2] {
    let mut named = BTreeSet::new();
    for statement in script.statements() {
        named.extend(names(&statement.sql));
    }
    // SQLite's own tables are about all others: https://www.sqlite.org/fileformat2.html
    let own = |name: &&String| name.starts_with("sqlite_") && *name != "sqlite_sequence";
    if named.iter().find(own).is_some() {
        return [old.clone(), new.clone()];
    }
    if named.contains("sqlite_sequence") {
        named.extend(with_autoincrement(old));
    }
    let all: Vec<&Entity> = old.entities.iter().chain(&new.entities).collect();
    let reached = reached(&all, named);
    let further = further(&all, &reached);
    [old, new].map(|schema| Schema {
        entities: (schema.entities.iter())
            .filter(|entity| is_part(entity, &reached, &further))
            .cloned()
            .collect(),
    })
}

fn with_autoincrement(schema: &Schema) -> impl Iterator<Item = String> + '_ {
    let tables = schema
        .tables()
        .filter(|table| (table.primary_key.as_ref()).is_some_and(|key| key.autoincrement));
    tables.map(|table| fold(&table.name))
}

fn is_part(entity: &Entity, reached: &BTreeSet<String>, needed: &BTreeSet<String>) -> bool {
    let is_in = |names: &BTreeSet<String>, name: &str| names.contains(&fold(name));
    match entity.kind() {
        EntityKind::Table | EntityKind::VirtualTable => {
            is_in(reached, entity.name()) || is_in(needed, entity.name())
        }
        EntityKind::Index => {
            is_in(reached, entity.table_name()) || is_in(needed, entity.table_name())
        }
        EntityKind::Trigger => is_in(reached, entity.table_name()),
        EntityKind::View => is_in(reached, entity.name()),
    }
}

/// The tables and views that can be read or written, folded.
fn reached(all: &[&Entity], mut named: BTreeSet<String>) -> BTreeSet<String> {
    // An index or trigger that is named means its table.
    for entity in all {
        if named.contains(&fold(entity.name())) {
            named.insert(fold(entity.table_name()));
        }
    }
    loop {
        let before = named.len();
        for entity in all {
            let is_named = named.contains(&fold(entity.name()));
            let reaches = match entity.kind() {
                EntityKind::Trigger => named.contains(&fold(entity.table_name())),
                EntityKind::View => is_named,
                // Whether it agrees with the table that it is over is looked at after the step. Its
                // shadow tables, such as `found_content`, can be written by name:
                // https://www.sqlite.org/vtab.html#the_xshadowname_method
                EntityKind::VirtualTable => {
                    let content = full_text::content(entity.sql());
                    let shadow = format!("{}_", fold(entity.name()));
                    is_named
                        || content.is_some_and(|content| named.contains(&fold(&content)))
                        || named.iter().any(|name| name.starts_with(&shadow))
                }
                EntityKind::Table | EntityKind::Index => false,
            };
            if reaches {
                named.insert(fold(entity.name()));
                named.extend(names(entity.sql()));
            }
        }
        if named.len() == before {
            return named;
        }
    }
}

/// The tables that refer to one that is reached, and those to which any of them all refers.
fn needed(all: &[&Entity], reached: &BTreeSet<String>) -> BTreeSet<String> {
    let keys: Vec<(String, String)> = (all.iter())
        .filter_map(|entity| match entity {
            Entity::Table(table) => Some(table),
            Entity::VirtualTable(_) | Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => {
                None
            }
        })
        .flat_map(|table| {
            let parents = table.foreign_keys.iter().map(|key| fold(&key.parent));
            parents.map(|parent| (fold(&table.name), parent))
        })
        .collect();
    let children = keys.iter().filter(|(_, parent)| reached.contains(parent));
    let mut needed: BTreeSet<String> = children.map(|(child, _)| child.clone()).collect();
    loop {
        let before = needed.len();
        for (child, parent) in &keys {
            if reached.contains(child) || needed.contains(child) {
                needed.insert(parent.clone());
            }
        }
        if needed.len() == before {
            return needed;
        }
    }
}

/// All that may be a name in a text, folded: SQLite takes a text for a name in some places.
fn names(sql: &str) -> impl Iterator<Item = String> {
    let tokens = tokens(sql);
    let names: Vec<_> = tokens.iter().filter_map(Token::unquoted).collect();
    names.into_iter().map(|name| fold(&name))
}

#[cfg(test)]
mod tests {
    use super::{relevant, touched};
    use crate::script::Script;
    use stepladder::introspect::introspect;
    use stepladder::rusqlite::Connection;
    use stepladder::schema::Schema;

    const SCHEMA: &str = "
        CREATE TABLE lists (id INTEGER PRIMARY KEY);
        CREATE TABLE todos (id INTEGER PRIMARY KEY, list INTEGER REFERENCES lists (id), title);
        CREATE TABLE steps (id INTEGER PRIMARY KEY, todo INTEGER REFERENCES todos (id));
        CREATE TABLE log (what TEXT);
        CREATE TABLE alone (a);
        CREATE TABLE other (a);
        CREATE INDEX by_title ON todos (title);
        CREATE VIRTUAL TABLE found USING fts5(title, content='todos');
        CREATE VIEW titles AS SELECT title FROM todos;
        CREATE VIEW all_titles AS SELECT title FROM titles;
        CREATE TRIGGER logged AFTER DELETE ON todos BEGIN INSERT INTO log VALUES ('gone'); END;
        CREATE TRIGGER of_other AFTER DELETE ON other BEGIN INSERT INTO alone VALUES (1); END;
        CREATE TRIGGER of_view INSTEAD OF INSERT ON titles BEGIN INSERT INTO other VALUES (1); END;";

    fn names(step: &str) -> Vec<String> {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let schema = introspect(&connection).unwrap();
        let [old, _] = relevant(&Script::new("f", step), &schema, &Schema::default());
        old.entities
            .iter()
            .map(|entity| entity.name().to_owned())
            .collect()
    }

    #[test]
    fn what_a_step_can_reach_is_there() {
        assert_eq!(names("UPDATE alone SET a = 1"), ["alone"]);
        // The table of an index, its children and parents, its triggers and what they write.
        assert_eq!(
            names("DROP INDEX by_title"),
            [
                "lists", "todos", "steps", "log", "by_title", "found", "logged"
            ]
        );
        // Through a view, and a view of that, to what its trigger writes.
        let through: Vec<_> = names("INSERT INTO all_titles VALUES (1)");
        for name in [
            "todos",
            "titles",
            "all_titles",
            "other",
            "alone",
            "of_view",
            "of_other",
        ] {
            assert!(
                through.iter().any(|found| found == name),
                "{name}: {through:?}"
            );
        }
        assert!(names("DELETE FROM found_content").contains(&"found".to_owned()));
        // The parent is needed, and not what its triggers would do.
        assert_eq!(names("DELETE FROM lists"), ["lists", "todos", "by_title"]);
        assert_eq!(
            names("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'log'"),
            ["log"]
        );
    }

    /// Neither children nor parents are, but what a trigger writes is.
    #[test]
    fn what_a_step_can_change_is_touched() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let schema = introspect(&connection).unwrap();
        let names = |step: &str| -> Vec<String> {
            let [old, new] = touched(&Script::new("f", step), &schema, &schema);
            assert_eq!(old, new);
            let tables = old.tables().map(|table| table.name.clone());
            tables.collect()
        };
        assert_eq!(names("UPDATE steps SET id = 1"), ["steps"]);
        assert_eq!(names("DELETE FROM 'lists'"), ["lists"]);
        assert_eq!(names("DELETE FROM \"TODOS\""), ["todos", "log"]);
        assert_eq!(names("DELETE FROM other"), ["alone", "other"]);
    }
}
