//! Names that a step exchanges by RENAME. The accounting tells by names and values what became of a
//! column, and where `a` is `b` now and `b` is `a`, the names say the wrong thing.

use super::renamed::{Named, follow_all, has_word};
use super::{Account, ColumnAccount, ColumnFate, Contents, Lost, Place, TableFate, account, lost};
use crate::schema::Schema;
use crate::sql::names_equal;

/// The tables and columns that have a name that something else had before, and those things.
#[derive(Debug, Default)]
pub struct Exchanged {
    tables: Vec<(String, String)>,
    columns: Vec<(Place, Place)>,
    /// The columns of which other rows have shown under which name their values are.
    shown: Vec<(Place, Place)>,
}

impl Exchanged {
    /// What statements exchange in a database with this schema.
    pub fn of(statements: &[&str], old: &Schema) -> Self {
        // This is asked for each of many runs.
        if !statements
            .iter()
            .any(|statement| has_word(statement, "RENAME"))
        {
            return Self::default();
        }
        let followed = follow_all(statements, old);
        let tables: Vec<&Named> = followed.iter().map(|table| &table.named).collect();
        let mut found = Self {
            tables: exchanged(&tables)
                .map(|named| (named.before.clone(), named.now.clone()))
                .collect(),
            ..Self::default()
        };
        for table in &followed {
            let columns: Vec<&Named> = table.columns.iter().collect();
            let place = |column: &str| Place {
                table: table.named.before.clone(),
                column: column.to_owned(),
            };
            let pairs = exchanged(&columns).map(|named| (place(&named.before), place(&named.now)));
            found.columns.extend(pairs);
        }
        // A column of a table that has another name is in that table.
        for (_, now) in &mut found.columns {
            if let Some(table) = name_now(&found.tables, &now.table) {
                now.table = table.to_owned();
            }
        }
        found
    }

    /// Takes over what the same step did to other rows, by the account of it: where the values of a
    /// column that has another name are. That a single value was changed and has another name does not
    /// show; a place that holds what was made from each of several values is the one that is meant.
    #[must_use]
    pub fn as_shown_by(mut self, account: &Account) -> Self {
        let shown = account.columns.iter().filter_map(|column| {
            let ColumnFate::Transformed { at, .. } = &column.fate else {
                return None;
            };
            let before = Place {
                table: column.table.clone(),
                column: column.column.clone(),
            };
            (!names_equal(&before.column, &at.column)).then(|| (before, at.clone()))
        });
        self.shown = shown.collect();
        self
    }

    /// The columns with the names that they have in the tables before, where those have other names
    /// too.
    fn columns_now(&self, before: &Contents, after: &Contents) -> Vec<(Place, Place)> {
        let has = |contents: &Contents, table: &str, column: &str| {
            let table = contents.table(table).map(|at| &contents.tables[at]);
            table.is_some_and(|table| table.column(column).is_some())
        };
        let shown = self.shown.iter().filter(|(from, to)| {
            has(after, &to.table, &to.column)
                && !has(after, &to.table, &from.column)
                && !has(before, &from.table, &to.column)
        });
        let shown = shown.map(|(from, to)| {
            let table = name_now(&self.tables, &from.table).unwrap_or(&from.table);
            let now = Place {
                table: table.to_owned(),
                column: to.column.clone(),
            };
            (from.clone(), now)
        });
        self.columns.iter().cloned().chain(shown).collect()
    }

    /// What happened to the rows, where things that have another name by a RENAME are the same.
    pub fn account(&self, before: &Contents, after: &Contents) -> Account {
        let columns = self.columns_now(before, after);
        if self.tables.is_empty() && columns.is_empty() {
            return account(before, after);
        }
        let renamed = before.renamed(
            |table| name_now(&self.tables, table).map(str::to_owned),
            |table, column| Some(place(&columns, table, column)?.column.clone()),
        );
        let mut account = account(&renamed, after);
        for column in &mut account.columns {
            let now = Place {
                table: column.table.clone(),
                column: column.column.clone(),
            };
            let table = name_before(&self.tables, &now.table).unwrap_or(&now.table);
            let mut pairs = columns.iter();
            let before = pairs.find(|(_, to)| is_place(to, &now));
            let before = before.map_or_else(|| now.column.clone(), |(from, _)| from.column.clone());
            let is_other = !names_equal(table, &now.table) || !names_equal(&before, &now.column);
            if is_other && column.fate == ColumnFate::Kept {
                column.fate = ColumnFate::Moved { at: now.clone() };
            }
            table.clone_into(&mut column.table);
            column.column = before;
        }
        for table in &mut account.tables {
            let Some(before) = name_before(&self.tables, &table.table) else {
                continue;
            };
            if table.fate == TableFate::Kept {
                table.fate = TableFate::Moved {
                    table: table.table.clone(),
                };
            }
            before.clone_into(&mut table.table);
        }
        account
    }

    /// What is lost by the account: a column that has another name by a RENAME is where it was.
    pub fn lost(&self, account: &Account, new: &Schema) -> Vec<Lost> {
        if self.columns.is_empty() {
            return lost(account, new);
        }
        let mut account = account.clone();
        for column in &mut account.columns {
            if matches!(&column.fate, ColumnFate::Moved { at } if self.has_column(column, at)) {
                column.fate = ColumnFate::Kept;
            }
        }
        lost(&account, new)
    }

    /// Whether a column has its values where a RENAME says.
    fn has_column(&self, column: &ColumnAccount, at: &Place) -> bool {
        place(&self.columns, &column.table, &column.column).is_some_and(|now| is_place(now, at))
    }

    /// Whether a table has the name that a RENAME gave it.
    pub fn has_table(&self, table: &str, now: &str) -> bool {
        name_now(&self.tables, table).is_some_and(|name| names_equal(name, now))
    }
}

/// Where a column is.
fn place<'p>(columns: &'p [(Place, Place)], table: &str, column: &str) -> Option<&'p Place> {
    let is_it =
        |place: &Place| names_equal(&place.table, table) && names_equal(&place.column, column);
    let found = columns.iter().find(|(before, _)| is_it(before));
    found.map(|(_, now)| now)
}

fn is_place(a: &Place, b: &Place) -> bool {
    names_equal(&a.table, &b.table) && names_equal(&a.column, &b.column)
}

fn name_now<'t>(tables: &'t [(String, String)], before: &str) -> Option<&'t str> {
    let found = tables.iter().find(|(table, _)| names_equal(table, before));
    found.map(|(_, now)| now.as_str())
}

fn name_before<'t>(tables: &'t [(String, String)], now: &str) -> Option<&'t str> {
    let found = tables.iter().find(|(_, table)| names_equal(table, now));
    found.map(|(before, _)| before.as_str())
}

/// Those that have the name of another one that is renamed as well, and those others.
fn exchanged<'n>(all: &'n [&'n Named]) -> impl Iterator<Item = &'n Named> {
    let takes = |one: &Named, other: &Named| {
        one.is_renamed() && other.is_renamed() && names_equal(&one.now, &other.before)
    };
    (all.iter().copied()).filter(move |named| {
        all.iter()
            .any(|other| takes(named, other) || takes(other, named))
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::Exchanged;
    use crate::introspect::introspect;
    use crate::sql::split_statements;

    fn exchanged(script: &str) -> String {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE t (a, b, c); CREATE TABLE u (x, y);")
            .unwrap();
        let schema = introspect(&connection).unwrap();
        // What is followed is what SQLite does.
        connection.execute_batch(script).unwrap();
        let statements = split_statements(script).into_iter();
        let statements: Vec<&str> = statements.map(|statement| statement.sql).collect();
        let found = Exchanged::of(&statements, &schema);
        let tables = found.tables.iter().map(|(from, to)| format!("{from}={to}"));
        let columns = found
            .columns
            .iter()
            .map(|(from, to)| format!("{}.{}={}.{}", from.table, from.column, to.table, to.column));
        tables.chain(columns).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_what_takes_the_name_of_another_is_exchanged() {
        for (script, expected) in [
            ("ALTER TABLE t RENAME TO v", ""),
            (
                "ALTER TABLE t RENAME a TO d; ALTER TABLE t RENAME COLUMN b TO e",
                "",
            ),
            (
                "ALTER TABLE t RENAME COLUMN b TO d; ALTER TABLE main.\"t\" RENAME a TO b;",
                "t.a=t.b t.b=t.d",
            ),
            (
                "ALTER TABLE t RENAME a TO z; ALTER TABLE t RENAME b TO a; ALTER TABLE t RENAME z TO b",
                "t.a=t.b t.b=t.a",
            ),
            (
                "ALTER TABLE t RENAME TO z; ALTER TABLE u RENAME TO t; ALTER TABLE z RENAME TO u;
                 ALTER TABLE t RENAME x TO z; ALTER TABLE t RENAME y TO x",
                "t=u u=t u.x=t.z u.y=t.x",
            ),
            // As a rebuild is made, in either order.
            (
                "CREATE TABLE n (a); INSERT INTO n SELECT a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t",
                "",
            ),
            (
                "ALTER TABLE t RENAME TO o; CREATE TABLE t (a); INSERT INTO t SELECT a FROM o; DROP TABLE o",
                "",
            ),
            // What is dropped before says itself what is lost.
            (
                "ALTER TABLE t DROP COLUMN b; ALTER TABLE t RENAME a TO b",
                "",
            ),
            ("DROP TABLE IF EXISTS u; ALTER TABLE t RENAME TO u", ""),
        ] {
            assert_eq!(exchanged(script), expected, "{script}");
        }
    }
}
