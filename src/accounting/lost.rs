//! What the accounting says, as far as somebody has to declare it.

use super::{Account, ColumnAccount, ColumnFate, Loss, Place, Spared, TableFate};
use crate::schema::{Entity, Schema};
use crate::sql::{Lexeme, is_reserved, names_equal, quote_string};

/// Something that a step loses: an error, unless it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// By which rule it is declared.
    pub rule: LossRule,
    /// A table, or a column as `table.column`, of the old version.
    pub object: String,
    /// What is lost, and an example.
    pub message: String,
    /// Of how many rows or values something is lost.
    pub of: usize,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

/// The rule by which a loss is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossRule {
    /// `data_loss`
    DataLoss,
    /// `autoincrement_reset`
    AutoincrementReset,
}

/// What is lost on the way to a schema, and what stands in another column although its own is still
/// there: a copy with the columns in the wrong order.
pub fn lost(account: &Account, new: &Schema) -> Vec<Lost> {
    let lost = account.losses().into_iter().map(|loss| Lost {
        rule: LossRule::DataLoss,
        help: guard(account, &loss, new),
        object: loss.object(),
        message: loss.to_string(),
        of: loss.of,
    });
    let misplaced = account.columns.iter().filter_map(|column| {
        let ColumnFate::Moved { at } = &column.fate else {
            return None;
        };
        is_misplaced(account, column, at, new).then(|| Lost {
            rule: LossRule::DataLoss,
            help: Some(format!(
                "where rows are copied, name the columns in the same order: `INSERT INTO .. (.., {0}, ..) \
                 SELECT .., {0}, .. FROM ..`",
                as_written(&column.column)
            )),
            object: format!("{}.{}", column.table, column.column),
            message: format!(
                "column `{0}.{1}`: its values are in `{2}.{3}` now, and `{2}.{1}` {4}",
                column.table,
                column.column,
                at.table,
                at.column,
                if names_equal(&column.table, &at.table) {
                    "is still there"
                } else {
                    "is there too"
                }
            ),
            of: usize::MAX,
        })
    });
    lost.chain(misplaced)
        .chain(counters(account, new))
        .collect()
}

/// How to leave alone what alone is lost: values that are odd in their column.
fn guard(account: &Account, loss: &Loss, new: &Schema) -> Option<String> {
    let name = loss.column.as_ref()?;
    let column = (account.columns.iter()).find(|column| {
        names_equal(&column.table, &loss.table) && names_equal(&column.column, name)
    })?;
    let Spared { class, at } = column.spared.as_ref()?;
    // A STRICT table would not take them.
    if new.table(&at.table).is_some_and(|table| table.strict) {
        return None;
    }
    let (noun, class) = match *class {
        "INTEGER" => ("integers", "integer"),
        "REAL" => ("reals", "real"),
        _ => ("texts", "text"),
    };
    let (before, now) = (as_written(name), as_written(&at.column));
    Some(format!(
        "all {noun} can still be told apart, and only other values cannot: leave those alone, with `WHERE \
         typeof({now}) = '{class}'` in an UPDATE, or `CASE typeof({before}) WHEN '{class}' THEN .. ELSE {before} END` in a copy"
    ))
}

/// A name, in quotes where it needs them.
fn as_written(name: &str) -> Lexeme {
    if is_reserved(name) {
        Lexeme::Quoted(name.to_owned())
    } else {
        Lexeme::Word(name.to_owned())
    }
}

/// Whether values are in another column than the one that has the name of theirs.
fn is_misplaced(account: &Account, column: &ColumnAccount, at: &Place, new: &Schema) -> bool {
    let named = |name: &str| has_column(new, &at.table, name);
    if names_equal(&at.table, &column.table) {
        return named(&column.column);
    }
    // In another table a name may mean something else, but not where names were exchanged.
    let is_exchanged = (account.columns.iter())
        .filter(|other| names_equal(&other.table, &column.table))
        .any(|other| names_equal(&other.column, &at.column));
    is_exchanged && !names_equal(&at.column, &column.column) && named(&column.column)
}

fn has_column(schema: &Schema, table: &str, column: &str) -> bool {
    match schema.relation(table) {
        Some(Entity::Table(table)) => table.column(column).is_some(),
        Some(Entity::VirtualTable(table)) => {
            table.columns.iter().any(|name| names_equal(name, column))
        }
        Some(Entity::Index(_) | Entity::Trigger(_) | Entity::View(_)) | None => false,
    }
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
            rule: LossRule::AutoincrementReset,
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
