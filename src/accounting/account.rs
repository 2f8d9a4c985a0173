//! What happened to the contents of a database, as plain data.

use super::Value;

/// What happened to every column and every table that was there before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// The stored columns of the tables that were there before.
    pub columns: Vec<ColumnAccount>,
    /// The tables that were there before.
    pub tables: Vec<TableAccount>,
}

/// What happened to the values of a column, in the rows that are still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnAccount {
    /// The table before.
    pub table: String,
    /// The column before.
    pub column: String,
    /// What happened to its values.
    pub fate: ColumnFate,
    /// Where its regular values can all be told apart as before, although others cannot.
    pub spared: Option<Spared>,
}

/// The values of a column that can be told apart, where others are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spared {
    /// Those of this storage class, which is the one that the type of the column stands for.
    pub class: &'static str,
    /// Where they are.
    pub at: Place,
}

/// What happened to the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnFate {
    /// Every value is where it was. A `NULL` may have been filled: nothing is lost with it.
    Kept,
    /// The column is gone, and it held nothing but `NULL`.
    Empty,
    /// Every value is in another column, or in a column of another table.
    Moved {
        /// Where.
        at: Place,
    },
    /// Values were changed, and no two different ones became equal, so that they can be told apart
    /// as before. A single distinct value is always told apart: that it was changed and not
    /// overwritten shows only where there are more.
    Transformed {
        /// Where they are.
        at: Place,
        /// One of them.
        example: Change,
    },
    /// Values have another storage class, as they get when they are copied into a column of
    /// another affinity: <https://www.sqlite.org/datatype3.html>
    Rewritten {
        /// Where they are.
        at: Place,
        /// One of them; one that cannot be told back, where there is one.
        example: Change,
        /// How many cannot be told back, such as `'007'`, which became `7`.
        lost: usize,
        /// How many there were.
        of: usize,
    },
    /// Values are gone.
    Vanished {
        /// One of them.
        example: Change,
        /// How many are gone.
        lost: usize,
        /// How many there were.
        of: usize,
        /// Where the values are, though nothing there says which rows they belong to.
        unlinked: Option<Place>,
    },
}

/// A column of a table after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

/// A value and what is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What identifies its row.
    pub row: Row,
    /// The value before.
    pub before: Value,
    /// What is in its place; `None` where the column or the row is gone.
    pub after: Option<Value>,
    /// A row that held another value and holds the same one now, and what it held: it cannot be told
    /// any more which of the two held which.
    pub twin: Option<(Row, Value)>,
}

/// The values that identify a row: its primary key or rowid, and a few more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<(String, Value)>);

/// What happened to a table and its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableAccount {
    /// The table before.
    pub table: String,
    /// What happened to the table.
    pub fate: TableFate,
    /// What happened to its rows.
    pub rows: Rows,
    /// What happened to its rowids.
    pub rowids: Rowids,
    /// The AUTOINCREMENT counter, where it went down: keys that were given away will be given
    /// away again. <https://www.sqlite.org/autoinc.html>
    pub sequence: Option<SequenceLowered>,
}

/// What happened to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableFate {
    /// It is there.
    Kept,
    /// Its rows are in a table of another name.
    Moved {
        /// The table after.
        table: String,
    },
    /// It is gone, and no table holds its rows. Columns of it may be elsewhere.
    Dropped,
}

/// What happened to the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// How many there were.
    pub before: usize,
    /// How many are in the table.
    pub kept: usize,
    /// How many are in other tables.
    pub elsewhere: usize,
    /// How many are nowhere.
    pub lost: usize,
    /// Some of the lost ones.
    pub lost_examples: Vec<Row>,
    /// How many rows repeat one that is kept.
    pub doubled: usize,
    /// Some of the rows that are repeated, as they were before.
    pub doubled_examples: Vec<Row>,
}

/// What happened to the rowids of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rowids {
    /// Every row has the rowid that it had, or the rowid is in a column and accounted for there,
    /// or there is none.
    Kept,
    /// A row has another rowid.
    Renumbered {
        /// What it was.
        before: i64,
        /// What it is.
        after: i64,
    },
}

/// An AUTOINCREMENT counter that went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SequenceLowered {
    /// What it was.
    pub before: i64,
    /// What it is; `None` where it is gone.
    pub after: Option<i64>,
}
