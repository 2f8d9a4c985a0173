//! An entity as generated code holds it.

use std::fmt;

/// The kind of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// An ordinary table.
    Table,
    /// A virtual table.
    VirtualTable,
    /// An index.
    Index,
    /// A trigger.
    Trigger,
    /// A view.
    View,
}

impl EntityKind {
    /// Whether entities of this kind hold no data of their own and are made anew from the snapshot
    /// when they change.
    pub fn is_derived(self) -> bool {
        match self {
            Self::Index | Self::Trigger | Self::View => true,
            Self::Table | Self::VirtualTable => false,
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::VirtualTable => "virtual table",
            Self::Index => "index",
            Self::Trigger => "trigger",
            Self::View => "view",
        })
    }
}

/// A table, index, trigger or view of a snapshot, with the text that creates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entity {
    /// Its kind.
    pub kind: EntityKind,
    /// Its name.
    pub name: &'static str,
    /// The table or view that it belongs to; its own name for tables and views.
    pub table: &'static str,
    /// The statement that creates it.
    pub sql: &'static str,
}
