//! What the accounting says, as far as it is a loss to the proof.

use stepladder::accounting::{Account, ColumnFate, Place, TableFate};
use stepladder::schema::Schema;
use stepladder::sql::{names_equal, quote_string};

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

/// What is lost, and what stands in another column although its own is still there: a copy with
/// the columns in the wrong order.
pub(super) fn losses(account: &Account, new: &Schema) -> Vec<Lost> {
    let lost = account.losses().into_iter().map(|loss| Lost {
        rule: Rule::DataLoss,
        help: None,
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
            rule: Rule::DataLoss,
            help: None,
            object: format!("{}.{}", column.table, column.column),
            message: format!(
                "column `{0}.{1}`: its values are in `{table}.{place}` now, and `{0}.{1}` is still there",
                column.table, column.column
            ),
            of: usize::MAX,
        })
    });
    lost.chain(misplaced)
        .chain(counters(account, new))
        .collect()
}

/// The AUTOINCREMENT counters that a new table forgets: <https://www.sqlite.org/autoinc.html>
fn counters<'a>(account: &'a Account, new: &'a Schema) -> impl Iterator<Item = Lost> + 'a {
    account.tables.iter().filter_map(|table| {
        let lowered = table.sequence?;
        let name = match &table.fate {
            TableFate::Kept => &table.table,
            TableFate::Moved { table } => table,
            TableFate::Dropped => return None,
        };
        let key = new.table(name)?.primary_key.as_ref()?;
        let before = lowered.before;
        let after = lowered.after.map_or_else(|| "nothing".to_owned(), |after| after.to_string());
        key.autoincrement.then(|| Lost {
            rule: Rule::AutoincrementReset,
            object: table.table.clone(),
            message: format!(
                "table `{name}`: AUTOINCREMENT remembered {before} and remembers {after} now, so that \
                 keys of deleted rows are given away again"
            ),
            of: usize::MAX,
            help: Some(format!(
                "carry the number over while both tables are there: `UPDATE sqlite_sequence SET seq = \
                 (SELECT seq FROM sqlite_sequence WHERE name = {}) WHERE name = ..`",
                quote_string(&table.table)
            )),
        })
    })
}
