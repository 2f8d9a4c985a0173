use super::{Expression, SortOrder};

/// An index that a `CREATE INDEX` made.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// The table that it indexes.
    pub table: String,
    /// `UNIQUE`
    pub unique: bool,
    /// What it indexes, in order.
    pub columns: Vec<IndexColumn>,
    /// The `WHERE` of a partial index: <https://www.sqlite.org/partialindex.html>
    pub filter: Option<Expression>,
    /// The text that created it.
    pub sql: String,
}

/// One column of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexColumn {
    /// What is indexed.
    pub term: IndexTerm,
    /// In which order.
    pub order: SortOrder,
    /// By which collation, `BINARY` included.
    pub collation: String,
}

/// What an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexTerm {
    /// A column.
    Column(String),
    /// The rowid.
    Rowid,
    /// An expression: <https://www.sqlite.org/expridx.html>
    Expression(Expression),
}

/// A trigger.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The table or view that it belongs to.
    pub table: String,
    /// All that follows the name.
    pub definition: Expression,
    /// The text that created it.
    pub sql: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Its name.
    pub name: String,
    /// All that follows the name: the column list, where there is one, and the SELECT.
    pub definition: Expression,
    /// The text that created it.
    pub sql: String,
}
