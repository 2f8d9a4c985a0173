//! Rows whose parent does not exist.

use stepladder::rusqlite::{self, Connection, OptionalExtension, Row};
use stepladder::schema::{ForeignKey, Schema};
use stepladder::sql::{names_equal, quote_string};

/// A row that refers to one that does not exist.
pub(super) struct Orphan {
    pub(super) table: String,
    /// Its rowid; a row of a WITHOUT ROWID table has none.
    pub(super) rowid: Option<i64>,
    pub(super) parent: String,
    /// The whole, in words.
    pub(super) message: String,
}

impl Orphan {
    /// Whether the old version had no such foreign key: its rows were never held to it.
    pub(super) fn is_of_new_key(&self, old: &Schema, new: &Schema) -> bool {
        let keys = |schema: &Schema| -> Vec<ForeignKey> {
            let table = schema.table(&self.table);
            let keys = table.into_iter().flat_map(|table| &table.foreign_keys);
            keys.filter(|key| names_equal(&key.parent, &self.parent))
                .cloned()
                .collect()
        };
        let same = |one: &ForeignKey, other: &ForeignKey| {
            one.columns == other.columns && one.parent_columns == other.parent_columns
        };
        let old = keys(old);
        (keys(new).iter()).any(|key| !old.iter().any(|other| same(key, other)))
    }
}

/// The first that `foreign_key_check` finds.
pub(super) fn orphan(connection: &Connection) -> rusqlite::Result<Option<Orphan>> {
    let found = orphan_of(connection, "pragma_foreign_key_check");
    if !found.as_ref().is_err_and(is_mismatch) {
        return found;
    }
    // One key that SQLite cannot use keeps it from looking at the others.
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
    for table in tables {
        let check = format!("pragma_foreign_key_check({})", quote_string(&table?));
        match orphan_of(connection, &check) {
            Ok(None) => {}
            Err(error) if is_mismatch(&error) => {}
            found => return found,
        }
    }
    Ok(None)
}

/// "foreign key mismatch": what is referred to is no key. [`foreign_keys`](crate::foreign_keys) says
/// where.
pub(super) fn is_mismatch(error: &rusqlite::Error) -> bool {
    error.to_string().contains("foreign key mismatch")
}

fn orphan_of(connection: &Connection, check: &str) -> rusqlite::Result<Option<Orphan>> {
    let sql = format!("SELECT \"table\", rowid, parent FROM {check} LIMIT 1");
    let read = |row: &Row<'_>| {
        let table: String = row.get(0)?;
        // A row of a WITHOUT ROWID table has none.
        let rowid: Option<i64> = row.get(1)?;
        let parent: String = row.get(2)?;
        let shown = rowid
            .map(|rowid| format!(" (rowid {rowid})"))
            .unwrap_or_default();
        Ok(Orphan {
            message: format!(
                "a row of `{table}`{shown} refers to a row of `{parent}` that does not exist"
            ),
            table,
            rowid,
            parent,
        })
    };
    connection.query_row(&sql, [], read).optional()
}
