//! `PRAGMA foreign_key_check`: what an upgrade must not leave behind.

use std::collections::BTreeMap;
use std::fmt;

use rusqlite::Connection;

use crate::error::{Error, Result};

/// A row that refers to a row that does not exist:
/// <https://www.sqlite.org/pragma.html#pragma_foreign_key_check>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignKeyViolation {
    /// The table of the row.
    pub table: String,
    /// The rowid of the row; `None` in a WITHOUT ROWID table.
    pub rowid: Option<i64>,
    /// The table that it refers to.
    pub parent: String,
}

impl fmt::Display for ForeignKeyViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row of `{}`", self.table)?;
        if let Some(rowid) = self.rowid {
            write!(f, " (rowid {rowid})")?;
        }
        write!(f, " refers to a row of `{}`", self.parent)
    }
}

/// What `foreign_key_check` says about a database.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    /// The violations, each with how often it is there: rows of a WITHOUT ROWID table cannot be
    /// told apart.
    rows: BTreeMap<ForeignKeyViolation, usize>,
    /// The tables that cannot be checked, because a parent key is not unique.
    mismatches: BTreeMap<String, rusqlite::Error>,
}

/// How many violations an error carries.
const SHOWN: usize = 10;

/// Every violation in the main database.
pub(crate) fn violations(connection: &Connection) -> Result<Violations> {
    let mut found = Violations::default();
    for table in tables_with_foreign_keys(connection)? {
        if let Err(mismatch) = check_table(connection, &table, &mut found.rows) {
            found.mismatches.insert(table, mismatch);
        }
    }
    Ok(found)
}

/// Fails where there are violations that were not there before.
pub(crate) fn require_no_new(before: &Violations, after: Violations) -> Result<()> {
    for (table, mismatch) in after.mismatches {
        if !before.mismatches.contains_key(&table) {
            return Err(Error::Sqlite(mismatch));
        }
    }
    let mut new = Vec::new();
    for (violation, count) in after.rows {
        let known = before.rows.get(&violation).copied().unwrap_or(0);
        new.extend(std::iter::repeat_n(violation, count.saturating_sub(known)));
    }
    if new.is_empty() {
        return Ok(());
    }
    let count = new.len();
    new.truncate(SHOWN);
    Err(Error::ForeignKeys {
        violations: new,
        count,
    })
}

fn tables_with_foreign_keys(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' \
         AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(name, 'main')) ORDER BY name",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

fn check_table(
    connection: &Connection,
    table: &str,
    found: &mut BTreeMap<ForeignKeyViolation, usize>,
) -> rusqlite::Result<()> {
    let mut statement = connection
        .prepare("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check(?1, 'main')")?;
    let mut rows = statement.query([table])?;
    while let Some(row) = rows.next()? {
        let violation = ForeignKeyViolation {
            table: row.get(0)?,
            rowid: row.get(1)?,
            parent: row.get(2)?,
        };
        *found.entry(violation).or_default() += 1;
    }
    Ok(())
}
