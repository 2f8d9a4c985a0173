//! Rows whose parent does not exist.

use stepladder::rusqlite::{self, Connection, OptionalExtension};
use stepladder::schema::{ForeignKey, Schema};
use stepladder::sql::names_equal;

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
    connection
        .query_row(
            "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 1",
            [],
            |row| {
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
            },
        )
        .optional()
}
