//! A schema under the names of the next version. SQLite itself renames: it knows where else a name
//! stands, in foreign keys, CHECKs, generated columns and indexes.

use std::collections::BTreeMap;

use stepladder::introspect::introspect;
use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, Schema};
use stepladder::sql::{fold, names_equal, quote_identifier};

use crate::renames::Renames;

/// The old schema with the names that its tables and columns have in the new one.
#[derive(Debug)]
pub(crate) struct Aligned {
    pub(crate) schema: Schema,
    /// Whether the renames are made. SQLite may refuse one; everything is then compared by its name.
    pub(crate) is_renamed: bool,
    /// The tables with their names now, by the names before. One that made room has one of ours.
    tables: BTreeMap<String, String>,
    /// The names before of columns that made room.
    aside: BTreeMap<String, String>,
}

impl Aligned {
    pub(crate) fn new(old: &Schema, renames: &Renames) -> Self {
        let made = (!renames.is_empty()).then(|| rename(old, renames).ok());
        made.flatten().unwrap_or_else(|| Self {
            schema: old.clone(),
            is_renamed: renames.is_empty(),
            tables: BTreeMap::new(),
            aside: BTreeMap::new(),
        })
    }

    /// The name that a table has now; `None` where it made room for another one.
    pub(crate) fn now<'n>(&'n self, before: &'n str) -> Option<&'n str> {
        let now = self
            .tables
            .get(&fold(before))
            .map_or(before, String::as_str);
        (!self.aside.contains_key(now)).then_some(now)
    }

    /// The name that a column had.
    pub(crate) fn column_before<'n>(&'n self, name: &'n str) -> &'n str {
        self.aside.get(name).map_or(name, String::as_str)
    }
}

/// Renames in two passes: names may be exchanged, or be those of what is gone.
fn rename(old: &Schema, renames: &Renames) -> rusqlite::Result<Aligned> {
    let connection = Connection::open_in_memory()?;
    for entity in &old.entities {
        let is_needed = match entity {
            Entity::Table(_) | Entity::VirtualTable(_) => true,
            Entity::Index(index) => index.unique,
            Entity::Trigger(_) | Entity::View(_) => false,
        };
        if is_needed {
            connection.execute_batch(entity.sql())?;
        }
    }
    let mut work = Work {
        connection: &connection,
        next: 0,
        aside: BTreeMap::new(),
    };
    rename_columns(old, renames, &mut work)?;
    let tables = rename_tables(old, renames, &mut work)?;
    let aside = work.aside;
    Ok(Aligned {
        schema: introspect(&connection)?,
        is_renamed: true,
        tables,
        aside,
    })
}

struct Work<'c> {
    connection: &'c Connection,
    next: usize,
    aside: BTreeMap<String, String>,
}

impl Work<'_> {
    /// A name that nothing has.
    fn aside(&mut self, name: &str) -> String {
        let aside = format!("stepladder aside {}", self.next);
        self.next += 1;
        self.aside.insert(aside.clone(), name.to_owned());
        aside
    }

    fn alter(&self, table: &str, how: &str) -> rusqlite::Result<()> {
        let table = quote_identifier(table);
        self.connection
            .execute_batch(&format!("ALTER TABLE {table} {how}"))
    }
}

fn rename_columns(old: &Schema, renames: &Renames, work: &mut Work<'_>) -> rusqlite::Result<()> {
    for (table, columns) in &renames.columns {
        let table = renames.old_table(table);
        let rename = |old: &str, new: &str| {
            let [old, new] = [old, new].map(quote_identifier);
            format!("RENAME COLUMN {old} TO {new}")
        };
        let known = old
            .table(table)
            .into_iter()
            .flat_map(|table| &table.columns);
        let in_the_way = known.filter(|column| {
            let is = |name: &str| names_equal(name, &column.name);
            columns.iter().any(|renamed| is(&renamed.new))
                && !columns.iter().any(|renamed| is(&renamed.old))
        });
        for column in in_the_way {
            let aside = work.aside(&column.name);
            work.alter(table, &rename(&column.name, &aside))?;
        }
        let mut last = Vec::new();
        for renamed in columns {
            let aside = work.aside(&renamed.old);
            work.alter(table, &rename(&renamed.old, &aside))?;
            last.push((aside, &renamed.new));
        }
        for (aside, new) in last {
            work.alter(table, &rename(&aside, new))?;
            work.aside.remove(&aside);
        }
    }
    Ok(())
}

fn rename_tables(
    old: &Schema,
    renames: &Renames,
    work: &mut Work<'_>,
) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut tables = BTreeMap::new();
    let rename = |new: &str| format!("RENAME TO {}", quote_identifier(new));
    for entity in &old.entities {
        let is = |name: &str| names_equal(name, entity.name());
        let in_the_way = !entity.kind().is_derived()
            && renames.tables.iter().any(|renamed| is(&renamed.new))
            && !renames.tables.iter().any(|renamed| is(&renamed.old));
        if in_the_way {
            let aside = work.aside(entity.name());
            work.alter(entity.name(), &rename(&aside))?;
            tables.insert(fold(entity.name()), aside);
        }
    }
    let mut last = Vec::new();
    for renamed in &renames.tables {
        let aside = work.aside(&renamed.old);
        work.alter(&renamed.old, &rename(&aside))?;
        last.push((aside, renamed));
    }
    for (aside, renamed) in last {
        work.alter(&aside, &rename(&renamed.new))?;
        work.aside.remove(&aside);
        tables.insert(fold(&renamed.old), renamed.new.clone());
    }
    Ok(tables)
}
