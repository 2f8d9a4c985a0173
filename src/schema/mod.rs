//! The schema model: what a database's schema is, as plain data.
//!
//! [`introspect`](crate::introspect::introspect) fills it from a database and
//! [`compare`](crate::compare::compare) tells two of them apart. Names are kept as they are
//! written and compared as SQLite compares them ([`names_equal`]).

mod constraint;
mod derived;
mod expression;
mod table;

pub use crate::entity::EntityKind;
pub use constraint::{
    Check, ConflictResolution, ForeignKey, ForeignKeyTiming, KeyColumn, PrimaryKey, SortOrder,
    Unique,
};
pub use derived::{Index, IndexColumn, IndexTerm, Trigger, View};
pub use expression::Expression;
pub use table::{Affinity, Column, Generated, GeneratedStorage, NotNull, Table, VirtualTable};

use crate::sql::names_equal;

/// The schema of a database: its entities in the order in which they were created.
///
/// SQLite's own tables (`sqlite_sequence`, `sqlite_stat1`), the shadow tables of virtual tables and
/// the indexes that SQLite makes for constraints are not entities.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// The entities in creation order.
    pub entities: Vec<Entity>,
}

/// What `sqlite_schema` holds a row for.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// An ordinary table.
    Table(Table),
    /// A virtual table.
    VirtualTable(VirtualTable),
    /// An index that a `CREATE INDEX` made.
    Index(Index),
    /// A trigger.
    Trigger(Trigger),
    /// A view.
    View(View),
}

impl Entity {
    /// Its kind.
    pub fn kind(&self) -> EntityKind {
        match self {
            Self::Table(_) => EntityKind::Table,
            Self::VirtualTable(_) => EntityKind::VirtualTable,
            Self::Index(_) => EntityKind::Index,
            Self::Trigger(_) => EntityKind::Trigger,
            Self::View(_) => EntityKind::View,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Table(table) => &table.name,
            Self::VirtualTable(table) => &table.name,
            Self::Index(index) => &index.name,
            Self::Trigger(trigger) => &trigger.name,
            Self::View(view) => &view.name,
        }
    }

    /// The table (or view) that it belongs to; its own name for tables and views.
    pub fn table_name(&self) -> &str {
        match self {
            Self::Index(index) => &index.table,
            Self::Trigger(trigger) => &trigger.table,
            Self::Table(_) | Self::VirtualTable(_) | Self::View(_) => self.name(),
        }
    }

    /// The text that created it, as `sqlite_schema` holds it.
    pub fn sql(&self) -> &str {
        match self {
            Self::Table(table) => &table.sql,
            Self::VirtualTable(table) => &table.sql,
            Self::Index(index) => &index.sql,
            Self::Trigger(trigger) => &trigger.sql,
            Self::View(view) => &view.sql,
        }
    }
}

impl Schema {
    /// The ordinary tables, in creation order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.entities.iter().filter_map(|entity| match entity {
            Entity::Table(table) => Some(table),
            Entity::VirtualTable(_) | Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => {
                None
            }
        })
    }

    /// The ordinary table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables().find(|table| names_equal(&table.name, name))
    }

    /// The table, virtual table, index or view of this name. They share one namespace in SQLite;
    /// triggers have one of their own.
    pub fn relation(&self, name: &str) -> Option<&Entity> {
        self.entities
            .iter()
            .find(|entity| entity.kind() != EntityKind::Trigger && names_equal(entity.name(), name))
    }

    /// The trigger of this name.
    pub fn trigger(&self, name: &str) -> Option<&Entity> {
        self.entities
            .iter()
            .find(|entity| entity.kind() == EntityKind::Trigger && names_equal(entity.name(), name))
    }
}
