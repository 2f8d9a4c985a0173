use std::fmt;

use super::{Check, ConflictResolution, Expression, ForeignKey, PrimaryKey, Unique};
use crate::sql::names_equal;

/// An ordinary table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in order, generated ones included.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Its UNIQUE constraints, in the order in which they are declared.
    pub unique: Vec<Unique>,
    /// Its foreign keys, in the order in which they are declared.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its CHECK constraints, those of columns included, in the order in which they are declared.
    pub checks: Vec<Check>,
    /// `WITHOUT ROWID`: <https://www.sqlite.org/withoutrowid.html>
    pub without_rowid: bool,
    /// `STRICT`: <https://www.sqlite.org/stricttables.html>
    pub strict: bool,
    /// The text that created it.
    pub sql: String,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| names_equal(&column.name, name))
    }

    /// The column that is another name for the rowid: the `INTEGER PRIMARY KEY`, see
    /// <https://www.sqlite.org/lang_createtable.html#rowid>.
    pub fn rowid_alias(&self) -> Option<&Column> {
        let key = self.primary_key.as_ref()?;
        key.rowid_alias
            .then(|| self.column(&key.columns[0].name))
            .flatten()
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The type as written, empty where there is none.
    pub declared_type: String,
    /// What SQLite makes of the type.
    pub affinity: Affinity,
    /// Its NOT NULL constraint. A primary key column of a WITHOUT ROWID table has none unless it
    /// is written.
    pub not_null: Option<NotNull>,
    /// Its default, without outer parentheses.
    pub default: Option<Expression>,
    /// Its collation, `None` for the default `BINARY`.
    pub collation: Option<String>,
    /// The expression of a generated column.
    pub generated: Option<Generated>,
    /// The definition as written in `CREATE TABLE`, name included, constraints included, comments
    /// left out; fit for `ALTER TABLE ADD COLUMN`.
    pub definition: String,
}

/// A NOT NULL constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotNull {
    /// What happens when it is violated.
    pub on_conflict: ConflictResolution,
    /// The name of the constraint.
    pub name: Option<String>,
}

/// The expression of a generated column: <https://www.sqlite.org/gencol.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The expression without its parentheses.
    pub expression: Expression,
    /// Where its value is.
    pub storage: GeneratedStorage,
}

/// Whether the value of a generated column is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeneratedStorage {
    /// Computed when it is read.
    Virtual,
    /// Computed when the row is written.
    Stored,
}

/// The affinity of a column: <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Affinity {
    /// `INTEGER`
    Integer,
    /// `TEXT`
    Text,
    /// `BLOB`: values are stored as they come.
    Blob,
    /// `REAL`
    Real,
    /// `NUMERIC`
    Numeric,
}

impl Affinity {
    /// The affinity that SQLite gives to a declared type, in a table that is not STRICT.
    ///
    /// ```
    /// use stepladder::schema::Affinity;
    /// assert_eq!(Affinity::of("VARCHAR(42)"), Affinity::Text);
    /// assert_eq!(Affinity::of("FLOATING POINT"), Affinity::Integer); // it contains "INT"
    /// ```
    pub fn of(declared_type: &str) -> Self {
        let upper = declared_type.to_ascii_uppercase();
        let has = |part: &str| upper.contains(part);
        if has("INT") {
            Self::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Self::Text
        } else if has("BLOB") || upper.is_empty() {
            Self::Blob
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Self::Real
        } else {
            Self::Numeric
        }
    }
}

impl fmt::Display for Affinity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "INTEGER",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
            Self::Real => "REAL",
            Self::Numeric => "NUMERIC",
        })
    }
}

/// A virtual table.
#[derive(Debug, Clone, PartialEq)]
pub struct VirtualTable {
    /// Its name.
    pub name: String,
    /// The module, such as `fts5`.
    pub module: String,
    /// The arguments of the module, one expression each.
    pub arguments: Vec<Expression>,
    /// The columns that SQLite reports, hidden ones left out.
    pub columns: Vec<String>,
    /// The text that created it.
    pub sql: String,
}
