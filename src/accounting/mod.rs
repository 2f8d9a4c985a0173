//! Data accounting: what happened to every column and every row of a database between two moments,
//! told from the contents alone and not from the SQL that ran in between.
//!
//! Rows are matched by primary key, by rowid and by the values that they hold, columns by the values
//! in the matched rows. A rename is recognised by its data, and so are a split or a merge of tables,
//! a column that moved to another table, and columns that were swapped. Values are equal when their
//! storage class and their bytes are.
//!
//! The account is about the rows that were there: the more of them, and the more different their
//! values, the more it says. There are three levels:
//!
//! * nothing is lost: [`Kept`](ColumnFate::Kept), [`Moved`](ColumnFate::Moved);
//! * values are different and can be told apart as before:
//!   [`Transformed`](ColumnFate::Transformed), [`Rewritten`](ColumnFate::Rewritten) with nothing
//!   lost;
//! * something is lost: see [`Account::losses`].

mod account;
mod changes;
mod columns;
mod contents;
mod elsewhere;
mod exchanged;
mod fault;
mod homes;
mod index;
mod judge;
mod loss;
mod lost;
mod near;
mod renamed;
mod rows;
mod tables;
mod value;

pub use account::{
    Account, Change, ColumnAccount, ColumnFate, Place, Row, Rowids, Rows, SequenceLowered, Spared,
    TableAccount, TableFate,
};
pub use contents::{Contents, contents};
pub use exchanged::Exchanged;
pub use fault::{Fault, Kept, faults};
pub use loss::{Loss, LossKind};
pub use lost::{LossRule, Lost, lost};
pub use renamed::{RenamedBy, name_after, renamed_by};
pub use value::Value;

use self::index::Index;

/// What happened between two moments.
///
/// ```
/// # fn main() -> rusqlite::Result<()> {
/// use stepladder::accounting::{account, contents};
/// use stepladder::introspect::introspect;
/// let connection = rusqlite::Connection::open_in_memory()?;
/// connection.execute_batch(
///     "CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT, code TEXT);
///      INSERT INTO todos VALUES (1, 'buy milk', '007'), (2, 'water the plants', '42');",
/// )?;
/// let before = contents(&connection, &introspect(&connection)?)?;
/// connection.execute_batch(
///     "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT, code INTEGER);
///      INSERT INTO new SELECT id, title, code FROM todos;
///      DROP TABLE todos;
///      ALTER TABLE new RENAME TO todos;",
/// )?;
/// let after = contents(&connection, &introspect(&connection)?)?;
/// let losses = account(&before, &after).losses();
/// assert_eq!(losses.len(), 1);
/// assert_eq!(
///     losses[0].to_string(),
///     "column `todos.code`: 1 of 2 values cannot be told back, TEXT as they were and INTEGER as \
///      they are: the row with `id = 1`, `title = 'buy milk'` held `'007'` and holds `7` now"
/// );
/// # Ok(())
/// # }
/// ```
pub fn account(before: &Contents, after: &Contents) -> Account {
    let index = Index::new(after);
    let homes = homes::homes(before, after, &index);
    let columns = columns::columns(before, after, &homes, &index);
    Account {
        tables: tables::tables(before, after, &homes, &columns.equal),
        columns: columns.accounts,
    }
}
