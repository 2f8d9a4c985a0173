use crate::schema::EntityKind;

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
}
