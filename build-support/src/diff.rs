//! What differs between two consecutive schemas, entity by entity.

use stepladder::sql::canonical;
use stepladder::EntityKind;
use stepladder::compare::{CompareOptions, compare_tables};
use stepladder::schema::{Entity, Schema, Table, VirtualTable};
use stepladder::sql::names_equal;

/// The differences between a version and the next one.
#[derive(Debug, Default)]
pub struct Diff<'s> {
    /// Tables and virtual tables that are new.
    pub created: Vec<&'s Entity>,
    /// Tables and virtual tables that are gone.
    pub dropped: Vec<&'s Entity>,
    /// Tables that differ: old and new.
    pub tables: Vec<(&'s Table, &'s Table)>,
    /// Virtual tables that differ: old and new.
    pub virtual_tables: Vec<(&'s VirtualTable, &'s VirtualTable)>,
    /// Indexes, triggers and views that differ. The step brings them to the new version by itself.
    pub derived: Vec<DerivedChange>,
}

/// An index, trigger or view that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedChange {
    /// Its kind.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
    /// How it differs.
    pub change: DerivedChangeKind,
}

/// How an index, trigger or view differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DerivedChangeKind {
    /// It is new.
    Created,
    /// It is gone.
    Dropped,
    /// It is another one under the same name.
    Changed,
}

/// Whether an entity is the same at both versions, as far as its text goes: generated code then
/// shares it.
pub fn is_same(old: &Entity, new: &Entity) -> bool {
    old.kind() == new.kind()
        && names_equal(old.name(), new.name())
        && canonical(old.sql()) == canonical(new.sql())
}

/// The entity of the same namespace and name: triggers have a namespace of their own.
pub fn counterpart<'s>(entity: &Entity, schema: &'s Schema) -> Option<&'s Entity> {
    if entity.kind() == EntityKind::Trigger {
        schema.trigger(entity.name())
    } else {
        schema.relation(entity.name())
    }
}

/// The differences between two schemas.
pub fn diff<'s>(old: &'s Schema, new: &'s Schema) -> Diff<'s> {
    let mut found = Diff::default();
    for entity in &old.entities {
        let gone = counterpart(entity, new).is_none_or(|other| other.kind() != entity.kind());
        match (gone, entity.kind().is_derived()) {
            (true, true) => found.derive(entity, DerivedChangeKind::Dropped),
            (true, false) => found.dropped.push(entity),
            (false, _) => {}
        }
    }
    for entity in &new.entities {
        match (counterpart(entity, old), entity) {
            (Some(Entity::Table(old)), Entity::Table(new)) => {
                if !compare_tables(new, old, &CompareOptions::default()).is_empty() {
                    found.tables.push((old, new));
                }
            }
            (Some(Entity::VirtualTable(old)), Entity::VirtualTable(new)) => {
                if canonical(&old.sql) != canonical(&new.sql) {
                    found.virtual_tables.push((old, new));
                }
            }
            (Some(other), _) if other.kind() == entity.kind() => {
                if !is_same(other, entity) {
                    found.derive(entity, DerivedChangeKind::Changed);
                }
            }
            (Some(_) | None, _) if entity.kind().is_derived() => {
                found.derive(entity, DerivedChangeKind::Created);
            }
            (Some(_) | None, _) => found.created.push(entity),
        }
    }
    found
}

impl Diff<'_> {
    fn derive(&mut self, entity: &Entity, change: DerivedChangeKind) {
        self.derived.push(DerivedChange {
            kind: entity.kind(),
            name: entity.name().to_owned(),
            change,
        });
    }
}
