//! What may explain that an entity is missing.

use super::table::{self, ForeignKeyParents, KeyParents};
use super::{CompareOptions, counterpart, derived};
use crate::schema::{Entity, Schema, Table};
use crate::sql::names_equal;

/// Names an entity that is not expected and is like the missing one but for its name.
pub(super) fn same_definition(
    missing: &Entity,
    found: &Schema,
    expected: &Schema,
    options: CompareOptions,
) -> Option<String> {
    let alike = found
        .entities
        .iter()
        .filter(|entity| counterpart(expected, entity).is_none())
        .find(|entity| is_alike(missing, expected, entity, found, options))?;
    Some(format!("the same definition exists as `{}`", alike.name()))
}

fn is_alike(
    missing: &Entity,
    expected: &Schema,
    other: &Entity,
    found: &Schema,
    options: CompareOptions,
) -> bool {
    let mut differences = Vec::new();
    match (missing, other) {
        (Entity::Table(a), Entity::Table(b)) => {
            let other = Table {
                name: a.name.clone(),
                ..b.clone()
            };
            let parents = (
                &ForeignKeyParents::Of(expected),
                &ForeignKeyParents::Of(found),
            );
            table::compare(a, &other, parents, options, &mut differences);
        }
        (Entity::Index(a), Entity::Index(b)) => {
            let parents = KeyParents {
                expected: expected.table(&a.table),
                found: found.table(&b.table),
            };
            derived::index(a, b, &parents, &mut differences);
        }
        (Entity::View(a), Entity::View(b)) => differences.extend(derived::view(a, b)),
        (Entity::Trigger(a), Entity::Trigger(b)) => {
            return names_equal(&a.table, &b.table) && a.definition == b.definition;
        }
        (Entity::VirtualTable(a), Entity::VirtualTable(b)) => {
            differences.extend(derived::virtual_table(a, b));
        }
        (
            Entity::Table(_)
            | Entity::Index(_)
            | Entity::View(_)
            | Entity::Trigger(_)
            | Entity::VirtualTable(_),
            _,
        ) => return false,
    }
    differences.is_empty()
}
