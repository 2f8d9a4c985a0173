//! What the accounting says, as far as it is a loss to the proof.

use stepladder::accounting::{Account, ColumnFate, Place};
use stepladder::schema::Schema;
use stepladder::sql::names_equal;

/// Something that a step loses.
pub(super) struct Lost {
    /// A table, or a column as `table.column`.
    pub(super) object: String,
    pub(super) message: String,
    /// Of how many rows or values something is lost.
    pub(super) of: usize,
}

/// What is lost, and what stands in another column although its own is still there: a copy with
/// the columns in the wrong order.
pub(super) fn losses(account: &Account, new: &Schema) -> Vec<Lost> {
    let lost = account.losses().into_iter().map(|loss| Lost {
        object: loss.object(),
        message: loss.to_string(),
        of: loss.of,
    });
    let misplaced = account.columns.iter().filter_map(|column| {
        let ColumnFate::Moved { at: Place { table, column: place } } = &column.fate else {
            return None;
        };
        let stays = names_equal(table, &column.table)
            && new.table(table).is_some_and(|table| table.column(&column.column).is_some());
        stays.then(|| Lost {
            object: format!("{}.{}", column.table, column.column),
            message: format!(
                "column `{0}.{1}`: its values are in `{table}.{place}` now, and `{0}.{1}` is still there",
                column.table, column.column
            ),
            of: usize::MAX,
        })
    });
    lost.chain(misplaced).collect()
}
