//! What SQLite itself says about the schema: a handful of statements for the whole database.

use std::collections::HashMap;

use rusqlite::{Connection, Row, ToSql};

use crate::sql::fold;

/// A row of `sqlite_schema`.
#[derive(Debug)]
pub(super) struct SchemaRow {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) table: String,
    pub(super) sql: String,
    pub(super) is_virtual: bool,
}

/// A row of `PRAGMA table_list`.
#[derive(Debug)]
pub(super) struct TableFact {
    pub(super) is_shadow: bool,
    pub(super) without_rowid: bool,
    pub(super) strict: bool,
}

/// A row of `PRAGMA table_xinfo`.
#[derive(Debug)]
pub(super) struct ColumnFact {
    pub(super) name: String,
    pub(super) declared_type: String,
    pub(super) default: Option<String>,
    /// The place in the primary key, from 1; 0 where it is not in it.
    pub(super) key_place: i64,
    pub(super) hidden: i64,
}

/// An index with its key columns.
#[derive(Debug)]
pub(super) struct IndexFact {
    pub(super) name: String,
    pub(super) origin: IndexOrigin,
    pub(super) unique: bool,
    pub(super) columns: Vec<IndexColumnFact>,
}

/// What made an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IndexOrigin {
    CreateIndex,
    Unique,
    PrimaryKey,
}

/// A row of `PRAGMA index_xinfo`.
#[derive(Debug)]
pub(super) struct IndexColumnFact {
    /// The place in the table, -1 for the rowid, -2 for an expression.
    pub(super) place: i64,
    pub(super) name: Option<String>,
    pub(super) descending: bool,
    pub(super) collation: String,
}

/// The rows of `PRAGMA foreign_key_list` that make one foreign key.
#[derive(Debug)]
pub(super) struct ForeignKeyFact {
    pub(super) id: i64,
    pub(super) parent: String,
    pub(super) columns: Vec<String>,
    pub(super) parent_columns: Vec<Option<String>>,
    pub(super) on_update: String,
    pub(super) on_delete: String,
}

/// The facts of a database or of one of its tables, by folded table name.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) rows: Vec<SchemaRow>,
    tables: HashMap<String, TableFact>,
    columns: HashMap<String, Vec<ColumnFact>>,
    indexes: HashMap<String, Vec<IndexFact>>,
    foreign_keys: HashMap<String, Vec<ForeignKeyFact>>,
}

impl Facts {
    /// Asks SQLite; `only` limits the questions to one table.
    pub(super) fn read(connection: &Connection, only: Option<&str>) -> rusqlite::Result<Self> {
        Ok(Self {
            rows: rows(connection, only)?,
            tables: tables(connection, only)?,
            columns: columns(connection, only)?,
            indexes: indexes(connection, only)?,
            foreign_keys: foreign_keys(connection, only)?,
        })
    }

    /// Whether the row is a table that is neither virtual nor the shadow of one.
    pub(super) fn is_ordinary_table(&self, row: &SchemaRow) -> bool {
        let is_shadow = self.table(&row.name).is_some_and(|table| table.is_shadow);
        row.kind == "table" && !row.is_virtual && !is_shadow
    }

    pub(super) fn table(&self, name: &str) -> Option<&TableFact> {
        self.tables.get(&fold(name))
    }

    pub(super) fn columns(&self, table: &str) -> &[ColumnFact] {
        self.columns.get(&fold(table)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn indexes(&self, table: &str) -> &[IndexFact] {
        self.indexes.get(&fold(table)).map_or(&[], Vec::as_slice)
    }

    /// In the order of declaration: SQLite numbers them in reverse.
    pub(super) fn foreign_keys(&self, table: &str) -> impl Iterator<Item = &ForeignKeyFact> {
        let keys = self
            .foreign_keys
            .get(&fold(table))
            .map_or(&[][..], Vec::as_slice);
        keys.iter().rev()
    }
}

fn query<T>(
    connection: &Connection,
    sql: &str,
    parameter: &dyn ToSql,
    mut take: impl FnMut(&mut T, &Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<T>
where
    T: Default,
{
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([parameter])?;
    let mut found = T::default();
    while let Some(row) = rows.next()? {
        take(&mut found, row)?;
    }
    Ok(found)
}

// `temp.` in front of the PRAGMA functions: a table of the main database with such a name would
// otherwise stand in for them. They answer for the schema in their second argument.

fn rows(connection: &Connection, only: Option<&str>) -> rusqlite::Result<Vec<SchemaRow>> {
    let sql = "SELECT type, name, tbl_name, sql, rootpage FROM main.sqlite_schema \
        WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' \
        AND (?1 IS NULL OR name = ?1 COLLATE NOCASE) ORDER BY rowid";
    query(connection, sql, &only, |found: &mut Vec<_>, row| {
        let kind: String = row.get(0)?;
        let root_page: Option<i64> = row.get(4)?;
        found.push(SchemaRow {
            is_virtual: kind == "table" && root_page.unwrap_or(0) == 0,
            kind,
            name: row.get(1)?,
            table: row.get(2)?,
            sql: row.get(3)?,
        });
        Ok(())
    })
}

fn tables(
    connection: &Connection,
    only: Option<&str>,
) -> rusqlite::Result<HashMap<String, TableFact>> {
    let sql = "SELECT name, type, wr, strict FROM temp.pragma_table_list(?1) WHERE schema = 'main'";
    query(connection, sql, &only, |found: &mut HashMap<_, _>, row| {
        let name: String = row.get(0)?;
        let kind: String = row.get(1)?;
        let fact = TableFact {
            is_shadow: kind == "shadow",
            without_rowid: row.get(2)?,
            strict: row.get(3)?,
        };
        found.insert(fold(&name), fact);
        Ok(())
    })
}

fn columns(
    connection: &Connection,
    only: Option<&str>,
) -> rusqlite::Result<HashMap<String, Vec<ColumnFact>>> {
    let sql = "SELECT s.name, c.name, c.type, c.dflt_value, c.pk, c.hidden \
        FROM main.sqlite_schema AS s CROSS JOIN temp.pragma_table_xinfo(s.name, 'main') AS c \
        WHERE s.type = 'table' AND s.rootpage <> 0 AND substr(s.name, 1, 7) <> 'sqlite_' \
        AND (?1 IS NULL OR s.name = ?1 COLLATE NOCASE)";
    query(connection, sql, &only, |found: &mut HashMap<_, _>, row| {
        let table: String = row.get(0)?;
        let columns: &mut Vec<_> = found.entry(fold(&table)).or_default();
        columns.push(ColumnFact {
            name: row.get(1)?,
            declared_type: row.get(2)?,
            default: row.get(3)?,
            key_place: row.get(4)?,
            hidden: row.get(5)?,
        });
        Ok(())
    })
}

fn indexes(
    connection: &Connection,
    only: Option<&str>,
) -> rusqlite::Result<HashMap<String, Vec<IndexFact>>> {
    // Each call of a PRAGMA function compiles a statement, so tables without any index are not
    // asked. The primary key of a WITHOUT ROWID table is an index without a row of its own.
    let sql = "SELECT s.name, l.name, l.origin, l.\"unique\", x.cid, x.name, x.\"desc\", x.coll \
        FROM main.sqlite_schema AS s \
        CROSS JOIN temp.pragma_index_list(s.name, 'main') AS l \
        CROSS JOIN temp.pragma_index_xinfo(l.name, 'main') AS x \
        WHERE s.type = 'table' AND s.rootpage <> 0 AND substr(s.name, 1, 7) <> 'sqlite_' \
        AND (?1 IS NULL OR s.name = ?1 COLLATE NOCASE) \
        AND (instr(lower(s.sql), 'without') OR s.name COLLATE NOCASE IN \
             (SELECT tbl_name FROM main.sqlite_schema WHERE type = 'index')) \
        AND x.\"key\" = 1";
    query(connection, sql, &only, |found: &mut HashMap<_, _>, row| {
        let table: String = row.get(0)?;
        let name: String = row.get(1)?;
        let origin: String = row.get(2)?;
        let indexes: &mut Vec<IndexFact> = found.entry(fold(&table)).or_default();
        if indexes.last().is_none_or(|last| last.name != name) {
            indexes.push(IndexFact {
                name,
                origin: match origin.as_str() {
                    "pk" => IndexOrigin::PrimaryKey,
                    "u" => IndexOrigin::Unique,
                    _ => IndexOrigin::CreateIndex,
                },
                unique: row.get(3)?,
                columns: Vec::new(),
            });
        }
        if let Some(index) = indexes.last_mut() {
            index.columns.push(IndexColumnFact {
                place: row.get(4)?,
                name: row.get(5)?,
                descending: row.get(6)?,
                collation: row.get(7)?,
            });
        }
        Ok(())
    })
}

fn foreign_keys(
    connection: &Connection,
    only: Option<&str>,
) -> rusqlite::Result<HashMap<String, Vec<ForeignKeyFact>>> {
    let sql = "SELECT s.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete \
        FROM main.sqlite_schema AS s \
        CROSS JOIN temp.pragma_foreign_key_list(s.name, 'main') AS f \
        WHERE s.type = 'table' AND s.rootpage <> 0 AND substr(s.name, 1, 7) <> 'sqlite_' \
        AND (?1 IS NULL OR s.name = ?1 COLLATE NOCASE) \
        AND instr(lower(s.sql), 'references')";
    query(connection, sql, &only, |found: &mut HashMap<_, _>, row| {
        let table: String = row.get(0)?;
        let id: i64 = row.get(1)?;
        let keys: &mut Vec<ForeignKeyFact> = found.entry(fold(&table)).or_default();
        if keys.last().is_none_or(|last| last.id != id) {
            keys.push(ForeignKeyFact {
                id,
                parent: row.get(2)?,
                columns: Vec::new(),
                parent_columns: Vec::new(),
                on_update: row.get(5)?,
                on_delete: row.get(6)?,
            });
        }
        if let Some(key) = keys.last_mut() {
            key.columns.push(row.get(3)?);
            key.parent_columns.push(row.get(4)?);
        }
        Ok(())
    })
}

/// The columns of a virtual table that are not hidden; none where its module cannot be loaded.
pub(super) fn virtual_columns(
    connection: &Connection,
    table: &str,
) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT name FROM temp.pragma_table_xinfo(?1, 'main') WHERE hidden <> 1";
    let columns = query(connection, sql, &table, |found: &mut Vec<_>, row| {
        found.push(row.get(0)?);
        Ok(())
    });
    match columns {
        Err(rusqlite::Error::SqliteFailure(error, _))
            if error.extended_code == rusqlite::ffi::SQLITE_ERROR =>
        {
            Ok(Vec::new())
        }
        other => other,
    }
}
