//! What a step loses.

use stepladder::accounting::{Account, Exchanged, LossRule};
use stepladder::schema::Schema;

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

/// What the accounting says, as far as it is a loss to the proof.
pub(super) fn losses(account: &Account, exchanged: &Exchanged, new: &Schema) -> Vec<Lost> {
    let lost = exchanged.lost(account, new).into_iter();
    lost.map(|lost| Lost {
        rule: lost.rule.into(),
        object: lost.object,
        message: lost.message,
        of: lost.of,
        help: lost.help,
    })
    .collect()
}

impl From<LossRule> for Rule {
    fn from(rule: LossRule) -> Self {
        match rule {
            LossRule::DataLoss => Self::DataLoss,
            LossRule::AutoincrementReset => Self::AutoincrementReset,
        }
    }
}
