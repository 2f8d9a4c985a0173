//! The comparison of two schemas.
//!
//! What SQLite does not care about is no difference: white space, comments, quoting, the case of
//! keywords and names, the order of constraints, whether a constraint stands at its column or at
//! the end of the table.

mod column;
mod constraint;
mod derived;
mod difference;
mod display;
mod hint;
mod render;
mod table;

pub use difference::{Difference, DifferenceKind, Differences, Object};

use self::table::{ForeignKeyParents, KeyParents};
use crate::schema::{Entity, EntityKind, Schema, Table};

/// What counts as a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CompareOptions {
    /// Whether the order of the columns of a table counts.
    pub column_order: Strictness,
    /// Whether the names of constraints count.
    pub constraint_names: Strictness,
    /// Whether declared types count as they are written, and not only by their affinity.
    pub type_names: Strictness,
}

/// Whether a difference that SQLite does not care about counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// It does not count.
    #[default]
    Ignore,
    /// It counts.
    Strict,
}

impl Strictness {
    fn counts(self) -> bool {
        match self {
            Self::Ignore => false,
            Self::Strict => true,
        }
    }
}

/// Every difference between two schemas, in the order of the expected entities; what is there and
/// not expected follows, in the order of the found ones.
///
/// ```
/// # fn main() -> rusqlite::Result<()> {
/// use stepladder::compare::{CompareOptions, compare};
/// use stepladder::introspect::introspect;
/// # let (a, b) = (rusqlite::Connection::open_in_memory()?, rusqlite::Connection::open_in_memory()?);
/// a.execute_batch("CREATE TABLE todos (id INTEGER PRIMARY KEY, due_date TEXT)")?;
/// b.execute_batch("CREATE TABLE \"todos\" (id INTEGER PRIMARY KEY, due_date INTEGER)")?;
/// let found = compare(&introspect(&a)?, &introspect(&b)?, &CompareOptions::default());
/// assert_eq!(found.len(), 1);
/// assert_eq!(
///     found[0].to_string(),
///     "column `todos.due_date`: expected type `TEXT`, found `INTEGER`"
/// );
/// # Ok(())
/// # }
/// ```
pub fn compare(expected: &Schema, found: &Schema, options: &CompareOptions) -> Vec<Difference> {
    let mut differences = Vec::new();
    for entity in &expected.entities {
        match counterpart(found, entity) {
            Some(other) => entities(expected, found, (entity, other), *options, &mut differences),
            None => differences.push(Difference {
                hint: hint::same_definition(entity, found, expected, *options),
                ..Difference::missing(entity)
            }),
        }
    }
    for entity in &found.entities {
        if counterpart(expected, entity).is_none() {
            differences.push(Difference::unexpected(entity));
        }
    }
    differences
}

/// Every difference between two tables alone.
///
/// A foreign key that names no parent columns then differs from one that names them: which columns
/// are meant is known only where the parent table is.
pub fn compare_tables(
    expected: &Table,
    found: &Table,
    options: &CompareOptions,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let parents = (&ForeignKeyParents::Unknown, &ForeignKeyParents::Unknown);
    table::compare(expected, found, parents, *options, &mut differences);
    differences
}

/// What has the same name in the same namespace.
fn counterpart<'s>(schema: &'s Schema, entity: &Entity) -> Option<&'s Entity> {
    match entity.kind() {
        EntityKind::Trigger => schema.trigger(entity.name()),
        EntityKind::Table | EntityKind::VirtualTable | EntityKind::Index | EntityKind::View => {
            schema.relation(entity.name())
        }
    }
}

/// Two entities of the same name.
fn entities(
    expected_schema: &Schema,
    found_schema: &Schema,
    (expected, found): (&Entity, &Entity),
    options: CompareOptions,
    differences: &mut Vec<Difference>,
) {
    match (expected, found) {
        (Entity::Table(expected), Entity::Table(found)) => {
            let parents = (
                &ForeignKeyParents::Of(expected_schema),
                &ForeignKeyParents::Of(found_schema),
            );
            table::compare(expected, found, parents, options, differences);
        }
        (Entity::VirtualTable(expected), Entity::VirtualTable(found)) => {
            differences.extend(derived::virtual_table(expected, found));
        }
        (Entity::Index(a), Entity::Index(b)) => {
            let keys = KeyParents {
                expected: expected_schema.table(&a.table),
                found: found_schema.table(&b.table),
            };
            derived::index(a, b, &keys, differences);
        }
        (Entity::Trigger(expected), Entity::Trigger(found)) => {
            differences.extend(derived::trigger(expected, found));
        }
        (Entity::View(expected), Entity::View(found)) => {
            differences.extend(derived::view(expected, found));
        }
        (
            Entity::Table(_)
            | Entity::VirtualTable(_)
            | Entity::Index(_)
            | Entity::Trigger(_)
            | Entity::View(_),
            _,
        ) => differences.push(Difference::entity_kind(expected, found)),
    }
}
