//! What is not as it was, where all of it has to be: stricter than a loss, since a value that can be
//! told from another one is not that value.

use std::collections::BTreeMap;

use stepladder::accounting::{Account, ColumnFate, Exchanged, LossKind, Place};
use stepladder::schema::Schema;
use stepladder::sql::fold;

use super::loss::losses;
use crate::rule::Rule;

/// Something that is not as it was.
pub(super) struct Fault {
    /// The rule by which it can be declared.
    pub(super) rule: Rule,
    /// A table, or a column as `table.column`.
    pub(super) object: String,
    /// The table of the object.
    table: String,
    pub(super) message: String,
    /// How many rows or values are not; `None` where that is not known.
    lost: Option<usize>,
    /// Of how many.
    pub(super) of: usize,
}

impl Fault {
    pub(super) fn table(&self) -> &str {
        &self.table
    }
}

/// All that is not as it was.
pub(super) fn faults(account: &Account, schema: &Schema) -> Vec<Fault> {
    let lost = account.losses().into_iter().map(|loss| Fault {
        rule: Rule::DataLoss,
        object: loss.object(),
        message: loss.to_string(),
        lost: Some(loss.lost),
        of: loss.of,
        table: loss.table,
    });
    let changed = account.columns.iter().filter_map(|column| {
        let object = format!("{}.{}", column.table, column.column);
        let message = match &column.fate {
            ColumnFate::Transformed { example, .. } => {
                format!("column `{object}`: its values are other ones: {example}")
            }
            ColumnFate::Rewritten {
                example, lost: 0, ..
            } => {
                format!("column `{object}`: its values have another storage class: {example}")
            }
            ColumnFate::Moved {
                at: Place { table, column },
            } => {
                format!("column `{object}`: its values are in `{table}.{column}` now")
            }
            ColumnFate::Kept
            | ColumnFate::Empty
            | ColumnFate::Rewritten { .. }
            | ColumnFate::Vanished { .. } => return None,
        };
        Some(Fault {
            rule: Rule::DataLoss,
            object,
            table: column.table.clone(),
            message,
            lost: None,
            of: usize::MAX,
        })
    });
    let counters = losses(account, &Exchanged::default(), schema).into_iter();
    let counters = counters
        .filter(|lost| lost.rule == Rule::AutoincrementReset)
        .map(|lost| Fault {
            rule: lost.rule,
            table: lost.object.clone(),
            object: lost.object,
            message: lost.message,
            lost: None,
            of: lost.of,
        });
    lost.chain(changed).chain(counters).collect()
}

/// What a step has kept, as far as it is not all.
pub(super) struct Kept {
    /// How many rows or values it has lost, by the object.
    lost: BTreeMap<String, usize>,
    /// The tables that it has lost as a whole.
    tables: Vec<String>,
    /// The tables whose AUTOINCREMENT has forgotten something.
    counters: Vec<String>,
}

impl Kept {
    pub(super) fn of(account: &Account) -> Self {
        let losses = account.losses();
        let whole = losses
            .iter()
            .filter(|loss| matches!(loss.kind, LossKind::Table(_)));
        let tables = whole.map(|loss| fold(&loss.table)).collect();
        let mut lost = BTreeMap::new();
        for loss in &losses {
            *lost.entry(fold(&loss.object())).or_default() += loss.lost;
        }
        let lowered = account
            .tables
            .iter()
            .filter(|table| table.sequence.is_some());
        Self {
            lost,
            tables,
            counters: lowered.map(|table| fold(&table.table)).collect(),
        }
    }

    /// Whether what is not as it was had been kept by the step.
    pub(super) fn has(&self, fault: &Fault) -> bool {
        let table = fold(&fault.table);
        if self.tables.contains(&table) {
            return false;
        }
        if fault.rule == Rule::AutoincrementReset {
            return !self.counters.contains(&table);
        }
        match (self.lost.get(&fold(&fault.object)), fault.lost) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(before), Some(now)) => now > *before,
        }
    }
}
