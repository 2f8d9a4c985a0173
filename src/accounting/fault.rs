//! What is not as it was, where all of it has to be: behind a rollback, or a step that is made for the
//! second time. It is stricter than a loss, since a value that can be told from another one is not that
//! value.

use std::collections::BTreeMap;

use super::{Account, ColumnAccount, ColumnFate, LossKind, LossRule, Lost, Place, lost};
use crate::schema::Schema;
use crate::sql::fold;

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule by which it can be declared.
    pub rule: LossRule,
    /// A table, or a column as `table.column`.
    pub object: String,
    /// The table of the object.
    pub table: String,
    /// What is not as it was, and an example.
    pub message: String,
    /// How many rows or values are not; `None` where that is not known.
    pub lost: Option<usize>,
    /// Of how many.
    pub of: usize,
}

/// All that is not as it was in a database that has to have this schema, and each row and value in its
/// place.
pub fn faults(account: &Account, schema: &Schema) -> Vec<Fault> {
    let losses = account.losses().into_iter().map(|loss| Fault {
        rule: LossRule::DataLoss,
        object: loss.object(),
        message: loss.to_string(),
        lost: Some(loss.lost),
        of: loss.of,
        table: loss.table,
    });
    let changed = account.columns.iter().filter_map(changed);
    let counters = lost(account, schema).into_iter();
    let counters = counters
        .filter(|lost| lost.rule == LossRule::AutoincrementReset)
        .map(|lost| Fault {
            rule: lost.rule,
            table: lost.object.clone(),
            object: lost.object,
            message: lost.message,
            lost: None,
            of: lost.of,
        });
    losses.chain(changed).chain(counters).collect()
}

/// A column whose values are not those that were there, although they can be told from them.
fn changed(column: &ColumnAccount) -> Option<Fault> {
    let object = format!("{}.{}", column.table, column.column);
    let message = match &column.fate {
        ColumnFate::Transformed { example, .. } => {
            format!("column `{object}`: its values are other ones: {example}")
        }
        ColumnFate::Rewritten {
            example, lost: 0, ..
        } => format!("column `{object}`: its values have another storage class: {example}"),
        ColumnFate::Moved {
            at: Place { table, column },
        } => format!("column `{object}`: its values are in `{table}.{column}` now"),
        ColumnFate::Kept
        | ColumnFate::Empty
        | ColumnFate::Rewritten { .. }
        | ColumnFate::Vanished { .. } => return None,
    };
    Some(Fault {
        rule: LossRule::DataLoss,
        object,
        table: column.table.clone(),
        message,
        lost: None,
        of: usize::MAX,
    })
}

impl From<Fault> for Lost {
    fn from(fault: Fault) -> Self {
        Self {
            rule: fault.rule,
            object: fault.object,
            message: fault.message,
            of: fault.of,
            help: None,
        }
    }
}

/// What a step has kept, as far as it is not all.
#[derive(Debug)]
pub struct Kept {
    /// How many rows or values it has lost, by the object.
    lost: BTreeMap<String, usize>,
    /// The tables that it has lost as a whole.
    tables: Vec<String>,
    /// The tables whose AUTOINCREMENT has forgotten something.
    counters: Vec<String>,
}

impl Kept {
    /// What it has kept, by the account of what it did.
    pub fn of(account: &Account) -> Self {
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
    pub fn has(&self, fault: &Fault) -> bool {
        let table = fold(&fault.table);
        if self.tables.contains(&table) {
            return false;
        }
        if fault.rule == LossRule::AutoincrementReset {
            return !self.counters.contains(&table);
        }
        match (self.lost.get(&fold(&fault.object)), fault.lost) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(before), Some(now)) => now > *before,
        }
    }
}
