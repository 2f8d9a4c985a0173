use super::Expression;

/// A column of a key, with the order and collation in which the key holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// The name of the column.
    pub name: String,
    /// Its order in the key.
    pub order: SortOrder,
    /// Its collation in the key, `BINARY` included.
    pub collation: String,
}

/// The order of a column in a key or an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// `ASC`, the default.
    Ascending,
    /// `DESC`
    Descending,
}

/// What SQLite does when a constraint is violated: <https://www.sqlite.org/lang_conflict.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConflictResolution {
    /// `ABORT`, the default.
    #[default]
    Abort,
    /// `ROLLBACK`
    Rollback,
    /// `FAIL`
    Fail,
    /// `IGNORE`
    Ignore,
    /// `REPLACE`
    Replace,
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// Its columns in key order.
    pub columns: Vec<KeyColumn>,
    /// Whether its one column is another name for the rowid.
    pub rowid_alias: bool,
    /// `AUTOINCREMENT`: <https://www.sqlite.org/autoinc.html>
    pub autoincrement: bool,
    /// What happens when it is violated.
    pub on_conflict: ConflictResolution,
    /// The name of the constraint.
    pub name: Option<String>,
}

/// A UNIQUE constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unique {
    /// Its columns in key order.
    pub columns: Vec<KeyColumn>,
    /// What happens when it is violated.
    pub on_conflict: ConflictResolution,
    /// The name of the constraint.
    pub name: Option<String>,
}

/// A CHECK constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The expression without its parentheses.
    pub expression: Expression,
    /// The name of the constraint.
    pub name: Option<String>,
}

/// A foreign key: <https://www.sqlite.org/foreignkeys.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub parent: String,
    /// The columns that they refer to; `None` where only the table is named, which means its
    /// primary key.
    pub parent_columns: Option<Vec<String>>,
    /// `ON DELETE`, such as `CASCADE`; `NO ACTION` where it is not written.
    pub on_delete: String,
    /// `ON UPDATE`
    pub on_update: String,
    /// When it is checked.
    pub timing: ForeignKeyTiming,
    /// The name of the constraint.
    pub name: Option<String>,
}

/// When SQLite checks a foreign key: <https://www.sqlite.org/foreignkeys.html#fk_deferred>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForeignKeyTiming {
    /// At the end of each statement, the default.
    #[default]
    Immediate,
    /// At the end of the transaction: `DEFERRABLE INITIALLY DEFERRED`.
    Deferred,
}
