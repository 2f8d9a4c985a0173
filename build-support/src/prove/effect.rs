//! What a step does to rows and values besides losing them, as far as a rule is about it.

use stepladder::accounting::{
    Account, ColumnAccount, ColumnFate, Exchanged, Place, Rowids, TableFate, Value,
};
use stepladder::rusqlite::{self, Connection, OptionalExtension};
use stepladder::schema::{Affinity, Schema};
use stepladder::sql::{names_equal, quote_identifier};

use super::loss::Lost;
use crate::rule::Rule;

/// All of it.
pub(super) fn effects(
    account: &Account,
    exchanged: &Exchanged,
    connection: &Connection,
    [old, new]: [&Schema; 2],
) -> rusqlite::Result<Vec<Lost>> {
    let mut found: Vec<Lost> = dropped_tables(account).collect();
    found.extend(dropped_columns(account, new));
    found.extend(renumbered(account, exchanged, old));
    for column in &account.columns {
        found.extend(misfit(column, connection, old, new)?);
    }
    Ok(found)
}

/// The tables that are gone: a table that only has another name holds its rows there.
fn dropped_tables(account: &Account) -> impl Iterator<Item = Lost> + '_ {
    (account.tables.iter())
        .filter(|table| table.fate == TableFate::Dropped && table.rows.before > 0)
        .map(|table| Lost {
            rule: Rule::DropTable,
            object: table.table.clone(),
            message: format!("table `{}` is dropped", table.table),
            of: table.rows.before,
            help: None,
        })
}

/// The columns that are gone, from tables that are not.
fn dropped_columns<'a>(account: &'a Account, new: &'a Schema) -> impl Iterator<Item = Lost> + 'a {
    account.columns.iter().filter_map(|column| {
        let table = (account.tables.iter())
            .find(|table| names_equal(&table.table, &column.table))
            .filter(|table| table.rows.before > 0)?;
        let now = match &table.fate {
            TableFate::Kept => &table.table,
            TableFate::Moved { table } => table,
            TableFate::Dropped => return None,
        };
        let is_gone = match &column.fate {
            ColumnFate::Transformed { .. }
            | ColumnFate::Rewritten { .. }
            | ColumnFate::Vanished { .. } => {
                let table = new.table(now);
                table.is_some_and(|table| table.column(&column.column).is_none())
            }
            // Of a column without values nothing tells where it is.
            ColumnFate::Empty | ColumnFate::Kept | ColumnFate::Moved { .. } => false,
        };
        is_gone.then(|| Lost {
            rule: Rule::DropColumn,
            object: format!("{}.{}", column.table, column.column),
            message: format!("column `{}.{}` is dropped", column.table, column.column),
            of: table.rows.before,
            help: None,
        })
    })
}

/// The tables whose rows have other rowids, and no column that holds them. Rows that went to a table
/// that was there before were not made anew.
fn renumbered<'a>(
    account: &'a Account,
    exchanged: &'a Exchanged,
    old: &'a Schema,
) -> impl Iterator<Item = Lost> + 'a {
    let is_made_anew = |before: &str, fate: &TableFate| match fate {
        TableFate::Kept => true,
        TableFate::Moved { table } => {
            old.relation(table).is_none() || exchanged.has_table(before, table)
        }
        TableFate::Dropped => false,
    };
    account.tables.iter().filter_map(move |table| {
        is_made_anew(&table.table, &table.fate).then_some(())?;
        let Rowids::Renumbered { before, after } = table.rowids else {
            return None;
        };
        Some(Lost {
            rule: Rule::RowidRenumbered,
            object: table.table.clone(),
            message: format!(
                "table `{}`: the row with rowid {before} has the rowid {after} now",
                table.table
            ),
            of: table.rows.before,
            help: Some(
                "copy the rowids too: `INSERT INTO .. (rowid, a, b) SELECT rowid, a, b FROM ..`"
                    .to_owned(),
            ),
        })
    })
}

/// Texts in a column that holds numbers now: SQLite leaves what is no number as it is.
/// <https://www.sqlite.org/datatype3.html>
fn misfit(
    column: &ColumnAccount,
    connection: &Connection,
    old: &Schema,
    new: &Schema,
) -> rusqlite::Result<Option<Lost>> {
    let here = Place {
        table: column.table.clone(),
        column: column.column.clone(),
    };
    let at = match &column.fate {
        ColumnFate::Kept => &here,
        ColumnFate::Moved { at }
        | ColumnFate::Transformed { at, .. }
        | ColumnFate::Rewritten { at, .. } => at,
        ColumnFate::Empty | ColumnFate::Vanished { .. } => return Ok(None),
    };
    let affinity = |schema: &Schema, place: &Place| {
        Some(schema.table(&place.table)?.column(&place.column)?.affinity)
    };
    let (Some(before), Some(after)) = (affinity(old, &here), affinity(new, at)) else {
        return Ok(None);
    };
    if is_number(before) || !is_number(after) {
        return Ok(None);
    }
    let (table, name) = (quote_identifier(&at.table), quote_identifier(&at.column));
    let value = connection
        .query_row(
            &format!("SELECT {name} FROM {table} WHERE typeof({name}) IN ('text', 'blob') LIMIT 1"),
            [],
            |row| Ok(Value::from(row.get_ref(0)?)),
        )
        .optional()?;
    Ok(value.map(|value| Lost {
        rule: Rule::TypeChange,
        object: format!("{}.{}", column.table, column.column),
        message: format!(
            "column `{}.{}` has the affinity {after} now, and still holds the text {value}",
            at.table, at.column
        ),
        of: 1,
        help: Some(
            "say in the copy what becomes of a text that is no number, such as NULL or 0: SQLite \
             leaves it a text, and the app would read it as a number"
                .to_owned(),
        ),
    }))
}

fn is_number(affinity: Affinity) -> bool {
    match affinity {
        Affinity::Integer | Affinity::Real | Affinity::Numeric => true,
        Affinity::Text | Affinity::Blob => false,
    }
}
