//! `PRAGMA foreign_key_check`: what an upgrade must not leave behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rusqlite::{Connection, ErrorCode};

use crate::error::{Error, Result};
use crate::sql::{fold, names_equal};

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
    /// The names of all tables, folded.
    tables: BTreeSet<String>,
    /// The tables that cannot be checked, because a parent key is not unique.
    mismatches: BTreeMap<String, rusqlite::Error>,
}

/// How many violations an error carries.
const SHOWN: usize = 10;

/// Every violation in the main database.
pub(crate) fn violations(connection: &Connection) -> Result<Violations> {
    let mut found = Violations {
        tables: tables(connection)?,
        ..Violations::default()
    };
    for table in tables_with_foreign_keys(connection)? {
        match check_table(connection, &table, &mut found.rows) {
            Ok(()) => {}
            Err(error) if is_other_than_mismatch(&error) => return Err(Error::Sqlite(error)),
            Err(mismatch) => {
                found.mismatches.insert(table, mismatch);
            }
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
    let mut gone = before.rows.clone();
    for (violation, count) in after.rows {
        let known = gone.remove(&violation).unwrap_or(0);
        new.extend(std::iter::repeat_n(violation, count.saturating_sub(known)));
    }
    excuse_renamed(&mut new, gone, &before.tables, &after.tables);
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

/// Takes out the violations that are old ones of a table which has another name now.
fn excuse_renamed(
    new: &mut Vec<ForeignKeyViolation>,
    mut gone: BTreeMap<ForeignKeyViolation, usize>,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) {
    let renamed = |old: &str, new: &str| {
        names_equal(old, new) || !(after.contains(&fold(old)) || before.contains(&fold(new)))
    };
    new.retain(|violation| {
        let old = gone.iter_mut().find(|(old, count)| {
            **count > 0
                && old.rowid == violation.rowid
                && renamed(&old.table, &violation.table)
                && renamed(&old.parent, &violation.parent)
        });
        match old {
            Some((_, count)) => {
                *count -= 1;
                false
            }
            None => true,
        }
    });
}

fn tables_with_foreign_keys(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' \
         AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(name, 'main')) ORDER BY name",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

fn tables(connection: &Connection) -> Result<BTreeSet<String>> {
    let mut statement =
        connection.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    names.map(|name| Ok(fold(&name?))).collect()
}

/// A "foreign key mismatch" is `SQLITE_ERROR`; an interruption or a damaged file is not.
fn is_other_than_mismatch(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure.code != ErrorCode::Unknown,
        _ => false,
    }
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
