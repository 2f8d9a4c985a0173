//! What a step loses.

use stepladder::accounting::{self, Account, ColumnFate, LossRule};
use stepladder::schema::Schema;

use super::exchanged::Exchanged;
use crate::rule::Rule;

/// Something that a step loses.
pub(super) struct Lost {
    /// The rule by which it can be declared.
    pub(super) rule: Rule,
    /// A table, or a column as `table.column`.
    pub(super) object: String,
    pub(super) message: String,
    /// Of how many rows or values something is lost.
    pub(super) of: usize,
    /// What to do about it, where that is known.
    pub(super) help: Option<String>,
}

/// What the accounting says, as far as it is a loss to the proof. A column that has another name by a
/// RENAME is where it was.
pub(super) fn losses(account: &Account, exchanged: &Exchanged, new: &Schema) -> Vec<Lost> {
    let mut account = account.clone();
    for column in &mut account.columns {
        if matches!(&column.fate, ColumnFate::Moved { at } if exchanged.has_column(column, at)) {
            column.fate = ColumnFate::Kept;
        }
    }
    let lost = accounting::lost(&account, new).into_iter();
    lost.map(|lost| Lost {
        rule: match lost.rule {
            LossRule::DataLoss => Rule::DataLoss,
            LossRule::AutoincrementReset => Rule::AutoincrementReset,
        },
        object: lost.object,
        message: lost.message,
        of: lost.of,
        help: lost.help,
    })
    .collect()
}
