use crate::schema::{Entity, EntityKind};

/// One difference between an expected and a found schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// Where.
    pub object: Object,
    /// What was expected, as SQL; `None` where nothing was.
    pub expected: Option<String>,
    /// What was found, as SQL; `None` where nothing was.
    pub found: Option<String>,
    /// What may explain it, such as the same definition under another name.
    pub hint: Option<String>,
}

/// The place of a difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// The kind of the entity.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
    /// The column, where it is about one.
    pub column: Option<String>,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The entity is expected and not there.
    Missing,
    /// The entity is there and not expected.
    Unexpected,
    /// The name belongs to an entity of another kind.
    EntityKind,
    /// The column is expected and not there.
    MissingColumn,
    /// The column is there and not expected.
    UnexpectedColumn,
    /// The type of a column.
    ColumnType,
    /// The NOT NULL of a column, or its ON CONFLICT.
    NotNull,
    /// The default of a column.
    Default,
    /// The collation of a column.
    Collation,
    /// The expression of a generated column, or whether it is stored.
    Generated,
    /// The columns of the primary key, their order or collation, or its ON CONFLICT.
    PrimaryKey,
    /// Whether the primary key is another name for the rowid.
    RowidAlias,
    /// Whether the primary key has AUTOINCREMENT.
    Autoincrement,
    /// A UNIQUE constraint.
    Unique,
    /// A CHECK constraint.
    Check,
    /// A foreign key.
    ForeignKey,
    /// Whether the table is WITHOUT ROWID.
    WithoutRowid,
    /// Whether the table is STRICT.
    Strict,
    /// The order of the columns.
    ColumnOrder,
    /// The name of a constraint.
    ConstraintName,
    /// The table of an index.
    IndexTable,
    /// Whether an index is UNIQUE.
    IndexUnique,
    /// What an index holds: its columns and expressions, their order and collation.
    IndexColumns,
    /// The WHERE of a partial index.
    IndexFilter,
    /// The definition of a trigger.
    Trigger,
    /// The definition of a view.
    View,
    /// The module of a virtual table or its arguments.
    VirtualTable,
}

impl Difference {
    /// A difference of an entity or of one of its columns.
    pub(super) fn new(
        kind: DifferenceKind,
        object: Object,
        expected: Option<String>,
        found: Option<String>,
    ) -> Self {
        Self {
            kind,
            object,
            expected,
            found,
            hint: None,
        }
    }

    pub(super) fn missing(entity: &Entity) -> Self {
        let expected = Some(entity.sql().to_owned());
        Self::new(DifferenceKind::Missing, Object::of(entity), expected, None)
    }

    pub(super) fn unexpected(entity: &Entity) -> Self {
        let found = Some(entity.sql().to_owned());
        Self::new(DifferenceKind::Unexpected, Object::of(entity), None, found)
    }

    pub(super) fn entity_kind(expected: &Entity, found: &Entity) -> Self {
        Self::new(
            DifferenceKind::EntityKind,
            Object::of(expected),
            Some(expected.kind().to_string()),
            Some(found.kind().to_string()),
        )
    }
}

impl Object {
    /// An entity as a whole.
    pub(super) fn of(entity: &Entity) -> Self {
        Self::entity(entity.kind(), entity.name())
    }

    /// An entity as a whole, by kind and name.
    pub(super) fn entity(kind: EntityKind, name: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            column: None,
        }
    }

    /// A column of a table.
    pub(super) fn column(table: &str, column: &str) -> Self {
        Self {
            column: Some(column.to_owned()),
            ..Self::entity(EntityKind::Table, table)
        }
    }
}

/// All differences between two schemas. They are a finding and not an error, so `?` does not stop
/// at them: look whether there are any.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "differences are no error by themselves: look at `.is_empty()`"]
pub struct Differences(pub Vec<Difference>);

impl std::ops::Deref for Differences {
    type Target = [Difference];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl IntoIterator for Differences {
    type Item = Difference;
    type IntoIter = std::vec::IntoIter<Difference>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// One line for each.
impl std::fmt::Display for Differences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, difference) in self.0.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            write!(f, "{newline}{difference}")?;
        }
        Ok(())
    }
}
