use rusqlite::Connection;
use stepladder::introspect::introspect_table;
use stepladder::schema::{Column, Table};
use stepladder::sql::quote_identifier;

/// A database in memory on which alterations are tried.
#[derive(Debug)]
pub(crate) struct Scratch {
    connection: Connection,
}

/// An alteration of one table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Alteration<'a> {
    /// `ADD COLUMN`
    Add(&'a Column),
    /// `DROP COLUMN`
    Drop(&'a Column),
    /// `RENAME COLUMN`
    Rename(&'a Column, &'a Column),
}

impl Scratch {
    /// An empty one.
    ///
    /// # Errors
    /// What SQLite reports.
    pub(crate) fn new() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        // With foreign keys on, ADD COLUMN refuses REFERENCES with a default, as documented:
        // https://www.sqlite.org/lang_altertable.html#alter_table_add_column
        connection.execute_batch("PRAGMA foreign_keys = ON")?;
        Ok(Self { connection })
    }

    /// What the alterations make of an empty table; `None` where SQLite refuses one.
    pub(super) fn altered(&self, table: &Table, alterations: &[Alteration<'_>]) -> Option<Table> {
        self.rolled_back(|connection| {
            connection.execute_batch(&table.sql)?;
            for alteration in alterations {
                connection.execute_batch(&alteration.sql(&table.name))?;
            }
            introspect_table(connection, &table.name)
        })
        .ok()
        .flatten()
    }

    /// What the statements make of an empty table; `None` where SQLite refuses one, or the table has
    /// another name then.
    pub(crate) fn altered_by(&self, table: &Table, statements: &[&str]) -> Option<Table> {
        self.rolled_back(|connection| {
            connection.execute_batch(&table.sql)?;
            for statement in statements {
                connection.execute_batch(statement)?;
            }
            introspect_table(connection, &table.name)
        })
        .ok()
        .flatten()
    }

    /// Whether a column can be added to a table that has a row.
    ///
    /// The row is in a table with the same columns and without constraints, all NULL: SQLite
    /// refuses some columns only where there are rows.
    pub(crate) fn can_add(&self, table: &Table, column: &Column) -> bool {
        let strict = if table.strict { " STRICT" } else { "" };
        let any = if table.strict { " ANY" } else { "" };
        let columns: Vec<_> = (table.columns.iter())
            .map(|column| format!("{}{any}", quote_identifier(&column.name)))
            .collect();
        let name = quote_identifier(&table.name);
        self.rolled_back(|connection| {
            connection.execute_batch(&format!(
                "CREATE TABLE {name} ({}){strict}; INSERT INTO {name} DEFAULT VALUES; {};",
                columns.join(", "),
                Alteration::Add(column).sql(&table.name)
            ))
        })
        .is_ok()
    }

    fn rolled_back<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.connection.execute_batch("BEGIN")?;
        let result = work(&self.connection);
        self.connection.execute_batch("ROLLBACK")?;
        result
    }
}

impl Alteration<'_> {
    fn sql(&self, table: &str) -> String {
        let table = quote_identifier(table);
        match self {
            Self::Add(column) => format!("ALTER TABLE {table} ADD COLUMN {}", column.definition),
            Self::Drop(column) => format!(
                "ALTER TABLE {table} DROP COLUMN {}",
                quote_identifier(&column.name)
            ),
            Self::Rename(old, new) => format!(
                "ALTER TABLE {table} RENAME COLUMN {} TO {}",
                quote_identifier(&old.name),
                quote_identifier(&new.name)
            ),
        }
    }
}
