//! What differs between two consecutive schemas, entity by entity.

use stepladder::EntityKind;
use stepladder::compare::{CompareOptions, compare_tables};
use stepladder::schema::{Entity, Schema, Table, VirtualTable};
use stepladder::sql::{means_the_same, names_equal};

/// The differences between a version and the next one.
#[derive(Debug, Default)]
pub(crate) struct Diff<'s> {
    /// Tables and virtual tables that are new.
    pub(crate) created: Vec<&'s Entity>,
    /// Tables and virtual tables that are gone.
    pub(crate) dropped: Vec<&'s Entity>,
    /// Tables that differ: old and new.
    pub(crate) tables: Vec<(&'s Table, &'s Table)>,
    /// Virtual tables that differ: old and new.
    pub(crate) virtual_tables: Vec<(&'s VirtualTable, &'s VirtualTable)>,
    /// Indexes, triggers and views that differ. The step brings them to the new version by itself.
    pub(crate) derived: Vec<DerivedChange>,
}

/// An index, trigger or view that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DerivedChange {
    /// Its kind.
    pub(crate) kind: EntityKind,
    /// Its name.
    pub(crate) name: String,
    /// How it differs.
    pub(crate) change: DerivedChangeKind,
}

/// How an index, trigger or view differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DerivedChangeKind {
    /// It is new.
    Created,
    /// It is gone.
    Dropped,
    /// It is another one under the same name.
    Changed,
}

/// Whether an entity is the same at both versions, as far as its text goes: generated code then
/// shares it.
pub(crate) fn is_same(old: &Entity, new: &Entity) -> bool {
    old.kind() == new.kind()
        && names_equal(old.name(), new.name())
        && means_the_same(old.sql(), new.sql())
}

/// The entity of the same namespace and name: triggers have a namespace of their own.
pub(crate) fn counterpart<'s>(entity: &Entity, schema: &'s Schema) -> Option<&'s Entity> {
    if entity.kind() == EntityKind::Trigger {
        schema.trigger(entity.name())
    } else {
        schema.relation(entity.name())
    }
}

/// The differences between two schemas.
pub(crate) fn diff<'s>(old: &'s Schema, new: &'s Schema) -> Diff<'s> {
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
                if !means_the_same(&old.sql, &new.sql) {
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
