//! What of a table differs for those who keep a copy of it.

use std::fmt;

use super::ResyncAction;

/// What of a table changed between two versions, for somebody who exchanges its rows.
///
/// What only one side sees, such as an index, a trigger, `AUTOINCREMENT` or the order of the columns, is
/// no such change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableChange<Name = &'static str> {
    /// The table is new.
    TableCreated,
    /// The table is gone.
    TableGone,
    /// The table has another name.
    TableRenamed {
        /// The name before.
        old: Name,
        /// The name now.
        new: Name,
    },
    /// A column is new.
    ColumnAdded(Name),
    /// A generated column is new: each side computes it.
    ComputedColumnAdded(Name),
    /// A column is gone.
    ColumnDropped(Name),
    /// A column has another name.
    ColumnRenamed {
        /// The name before.
        old: Name,
        /// The name now.
        new: Name,
    },
    /// A column has another type, so that its values may be others.
    ColumnType(Name),
    /// A column has another default. Values that are there stay.
    ColumnDefault(Name),
    /// A column that is in no key has another collation. Values stay, and compare otherwise.
    ColumnCollation(Name),
    /// A generated column has another expression.
    ColumnExpression(Name),
    /// A column is a generated one now.
    ColumnComputed(Name),
    /// A generated column is an ordinary one now.
    ColumnStored(Name),
    /// A column cannot be NULL any more.
    NotNull(Name),
    /// A column can be NULL now.
    Nullable(Name),
    /// The primary key has other columns, or one of them has another type or collation: a row of
    /// before is not found by the key of now.
    PrimaryKey,
    /// These columns are unique now; the name of the index where it is over an expression or over a part of
    /// the rows.
    UniqueAdded(Name),
    /// These columns need not be unique any more.
    UniqueDropped(Name),
    /// A CHECK is new; its expression.
    CheckAdded(Name),
    /// A CHECK is gone; its expression.
    CheckDropped(Name),
    /// A foreign key is new; its columns and what they refer to.
    ForeignKeyAdded(Name),
    /// A foreign key is gone; its columns and what they referred to.
    ForeignKeyDropped(Name),
    /// The table is STRICT now.
    Strict,
    /// The table is not STRICT any more.
    NotStrict,
    /// A virtual table has another module, or other arguments.
    VirtualTable,
}

impl<Name> TableChange<Name> {
    /// What a client has to do that has the rows of the version before, upgraded by its own steps.
    pub fn action(&self) -> ResyncAction {
        match self {
            Self::TableRenamed { .. }
            | Self::ComputedColumnAdded(_)
            | Self::ColumnDropped(_)
            | Self::ColumnRenamed { .. }
            | Self::ColumnDefault(_)
            | Self::ColumnCollation(_)
            | Self::ColumnExpression(_)
            | Self::ColumnComputed(_)
            | Self::Nullable(_)
            | Self::UniqueDropped(_)
            | Self::CheckDropped(_)
            | Self::ForeignKeyDropped(_)
            | Self::NotStrict => ResyncAction::Keep,
            Self::TableCreated
            | Self::ColumnAdded(_)
            | Self::ColumnType(_)
            | Self::ColumnStored(_)
            | Self::VirtualTable => ResyncAction::Reload,
            Self::NotNull(_)
            | Self::PrimaryKey
            | Self::UniqueAdded(_)
            | Self::CheckAdded(_)
            | Self::ForeignKeyAdded(_)
            | Self::Strict => ResyncAction::ClearFirst,
            Self::TableGone => ResyncAction::Gone,
        }
    }

    /// The column that it is about, by its name after the change; one that is gone by that before.
    pub fn column(&self) -> Option<&Name> {
        match self {
            Self::ColumnAdded(column)
            | Self::ComputedColumnAdded(column)
            | Self::ColumnDropped(column)
            | Self::ColumnRenamed { new: column, .. }
            | Self::ColumnType(column)
            | Self::ColumnDefault(column)
            | Self::ColumnCollation(column)
            | Self::ColumnExpression(column)
            | Self::ColumnComputed(column)
            | Self::ColumnStored(column)
            | Self::NotNull(column)
            | Self::Nullable(column) => Some(column),
            Self::TableCreated
            | Self::TableGone
            | Self::TableRenamed { .. }
            | Self::PrimaryKey
            | Self::UniqueAdded(_)
            | Self::UniqueDropped(_)
            | Self::CheckAdded(_)
            | Self::CheckDropped(_)
            | Self::ForeignKeyAdded(_)
            | Self::ForeignKeyDropped(_)
            | Self::Strict
            | Self::NotStrict
            | Self::VirtualTable => None,
        }
    }
}

impl<Name: Copy> TableChange<Name> {
    /// The same on the way back. `old_name` has the name that a column had before the change.
    pub(super) fn inverse(self, old_name: impl Fn(Name) -> Name) -> Self {
        match self {
            Self::TableCreated => Self::TableGone,
            Self::TableGone => Self::TableCreated,
            Self::TableRenamed { old, new } => Self::TableRenamed { old: new, new: old },
            Self::ColumnAdded(column) | Self::ComputedColumnAdded(column) => {
                Self::ColumnDropped(column)
            }
            Self::ColumnDropped(column) => Self::ColumnAdded(column),
            Self::ColumnRenamed { old, new } => Self::ColumnRenamed { old: new, new: old },
            Self::ColumnType(column) => Self::ColumnType(old_name(column)),
            Self::ColumnDefault(column) => Self::ColumnDefault(old_name(column)),
            Self::ColumnCollation(column) => Self::ColumnCollation(old_name(column)),
            Self::ColumnExpression(column) => Self::ColumnExpression(old_name(column)),
            Self::ColumnComputed(column) => Self::ColumnStored(old_name(column)),
            Self::ColumnStored(column) => Self::ColumnComputed(old_name(column)),
            Self::NotNull(column) => Self::Nullable(old_name(column)),
            Self::Nullable(column) => Self::NotNull(old_name(column)),
            Self::PrimaryKey => Self::PrimaryKey,
            Self::UniqueAdded(text) => Self::UniqueDropped(text),
            Self::UniqueDropped(text) => Self::UniqueAdded(text),
            Self::CheckAdded(text) => Self::CheckDropped(text),
            Self::CheckDropped(text) => Self::CheckAdded(text),
            Self::ForeignKeyAdded(text) => Self::ForeignKeyDropped(text),
            Self::ForeignKeyDropped(text) => Self::ForeignKeyAdded(text),
            Self::Strict => Self::NotStrict,
            Self::NotStrict => Self::Strict,
            Self::VirtualTable => Self::VirtualTable,
        }
    }
}

impl<Name: fmt::Display> fmt::Display for TableChange<Name> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TableCreated => write!(f, "the table is new"),
            Self::TableGone => write!(f, "the table is gone"),
            Self::TableRenamed { old, .. } => write!(f, "the table was `{old}`"),
            Self::ColumnAdded(column) => write!(f, "column `{column}` is new"),
            Self::ComputedColumnAdded(column) => write!(f, "column `{column}` is new and computed"),
            Self::ColumnDropped(column) => write!(f, "column `{column}` is gone"),
            Self::ColumnRenamed { old, new } => write!(f, "column `{new}` was `{old}`"),
            Self::ColumnType(column) => write!(f, "column `{column}` has another type"),
            Self::ColumnDefault(column) => write!(f, "column `{column}` has another default"),
            Self::ColumnCollation(column) => write!(f, "column `{column}` has another collation"),
            Self::ColumnExpression(column) => {
                write!(f, "column `{column}` is computed in another way")
            }
            Self::ColumnComputed(column) => write!(f, "column `{column}` is computed now"),
            Self::ColumnStored(column) => write!(f, "column `{column}` is not computed any more"),
            Self::NotNull(column) => write!(f, "column `{column}` cannot be NULL any more"),
            Self::Nullable(column) => write!(f, "column `{column}` can be NULL now"),
            Self::PrimaryKey => write!(f, "the primary key is another one"),
            Self::UniqueAdded(columns) => write!(f, "`{columns}` is unique now"),
            Self::UniqueDropped(columns) => write!(f, "`{columns}` need not be unique any more"),
            Self::CheckAdded(check) => write!(f, "`CHECK ({check})` is new"),
            Self::CheckDropped(check) => write!(f, "`CHECK ({check})` is gone"),
            Self::ForeignKeyAdded(key) => write!(f, "the foreign key `{key}` is new"),
            Self::ForeignKeyDropped(key) => write!(f, "the foreign key `{key}` is gone"),
            Self::Strict => write!(f, "the table is STRICT now"),
            Self::NotStrict => write!(f, "the table is not STRICT any more"),
            Self::VirtualTable => write!(f, "the virtual table is another one"),
        }
    }
}
