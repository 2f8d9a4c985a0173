//! Names that a step exchanges by RENAME. The accounting tells by names and values what became of a
//! column, and where `a` is `b` now and `b` is `a`, the names say the wrong thing.

use stepladder::accounting::{
    Account, ColumnAccount, ColumnFate, Contents, Place, TableFate, account,
};
use stepladder::schema::{Entity, Schema};
use stepladder::sql::{Token, names_equal, tokens};

use crate::script::ScriptPart;

/// The tables and columns that have a name that something else had before, and those things.
#[derive(Debug, Default)]
pub(super) struct Exchanged {
    tables: Vec<(String, String)>,
    columns: Vec<(Place, Place)>,
}

impl Exchanged {
    /// What these parts of a script do to a schema.
    pub(super) fn of(parts: &[ScriptPart], old: &Schema) -> Self {
        // This is asked for each of many runs.
        let renames = parts.iter().any(|part| match part {
            ScriptPart::Statement(statement) => has_word(&statement.sql, "RENAME"),
            ScriptPart::Call(_) => false,
        });
        if !renames {
            return Self::default();
        }
        let followed = follow_all(parts, old);
        let tables: Vec<&Named> = followed.iter().map(|table| &table.named).collect();
        let mut found = Self {
            tables: exchanged(&tables)
                .map(|named| (named.before.clone(), named.now.clone()))
                .collect(),
            columns: Vec::new(),
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

    /// What happened to the rows, where things that have another name by a RENAME are the same.
    pub(super) fn account(&self, before: &Contents, after: &Contents) -> Account {
        if self.tables.is_empty() && self.columns.is_empty() {
            return account(before, after);
        }
        let renamed = before.renamed(
            |table| name_now(&self.tables, table).map(str::to_owned),
            |table, column| Some(self.place(table, column)?.column.clone()),
        );
        let mut account = account(&renamed, after);
        for column in &mut account.columns {
            let now = Place {
                table: column.table.clone(),
                column: column.column.clone(),
            };
            let table = name_before(&self.tables, &now.table).unwrap_or(&now.table);
            let mut pairs = self.columns.iter();
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

    /// Whether a column has its values where a RENAME says.
    pub(super) fn has_column(&self, column: &ColumnAccount, at: &Place) -> bool {
        self.place(&column.table, &column.column)
            .is_some_and(|now| is_place(now, at))
    }

    /// Whether a table has the name that a RENAME gave it.
    pub(super) fn has_table(&self, table: &str, now: &str) -> bool {
        name_now(&self.tables, table).is_some_and(|name| names_equal(name, now))
    }

    fn place(&self, table: &str, column: &str) -> Option<&Place> {
        let is_it =
            |place: &Place| names_equal(&place.table, table) && names_equal(&place.column, column);
        let found = self.columns.iter().find(|(before, _)| is_it(before));
        found.map(|(_, now)| now)
    }
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

/// Something by its name before and now.
struct Named {
    before: String,
    now: String,
    is_dropped: bool,
}

impl Named {
    fn new(name: &str) -> Self {
        Self {
            before: name.to_owned(),
            now: name.to_owned(),
            is_dropped: false,
        }
    }

    fn is_now(&self, name: &str) -> bool {
        !self.is_dropped && names_equal(&self.now, name)
    }

    fn is_renamed(&self) -> bool {
        !names_equal(&self.before, &self.now)
    }
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

/// A table that was there before.
struct Followed {
    named: Named,
    columns: Vec<Named>,
}

impl Followed {
    fn new(entity: &Entity) -> Option<Self> {
        let columns = match entity {
            Entity::Table(table) => {
                let names = table.columns.iter().map(|column| Named::new(&column.name));
                names.collect()
            }
            Entity::VirtualTable(_) => Vec::new(),
            Entity::Index(_) | Entity::Trigger(_) | Entity::View(_) => return None,
        };
        Some(Self {
            named: Named::new(entity.name()),
            columns,
        })
    }
}

fn follow_all(parts: &[ScriptPart], old: &Schema) -> Vec<Followed> {
    let mut followed: Vec<Followed> = old.entities.iter().filter_map(Followed::new).collect();
    for part in parts {
        if let ScriptPart::Statement(statement) = part {
            follow(&mut followed, &statement.sql);
        }
    }
    followed
}

/// A table, or a column of one, and the name that it has after a script.
pub(crate) struct RenamedBy {
    /// The table at the old version.
    pub(crate) table: String,
    pub(crate) column: Option<String>,
    pub(crate) to: String,
}

/// What a script gives another name by RENAME.
pub(crate) fn renamed_by(parts: &[ScriptPart], old: &Schema) -> Vec<RenamedBy> {
    let mut renamed = Vec::new();
    for table in follow_all(parts, old) {
        let name = table.named.before.clone();
        let columns = table
            .columns
            .iter()
            .map(|column| (Some(column.before.clone()), column));
        let all = std::iter::once((None, &table.named)).chain(columns);
        let of_script = all.filter(|(_, named)| named.is_renamed());
        renamed.extend(of_script.map(|(column, named)| RenamedBy {
            table: name.clone(),
            column,
            to: named.now.clone(),
        }));
    }
    renamed
}

/// The name of a table after some parts.
pub(super) fn name_after(parts: &[ScriptPart], table: &str) -> String {
    let mut followed = [Followed {
        named: Named::new(table),
        columns: Vec::new(),
    }];
    for part in parts {
        if let ScriptPart::Statement(statement) = part {
            follow(&mut followed, &statement.sql);
        }
    }
    let [table] = followed;
    table.named.now
}

/// Whether a text has a word, or part of one: tokens tell more, and take longer.
fn has_word(sql: &str, word: &str) -> bool {
    let (sql, word) = (sql.as_bytes(), word.as_bytes());
    sql.windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word))
}

/// Takes in what a statement does to names.
fn follow(followed: &mut [Followed], sql: &str) {
    if !has_word(sql, "ALTER") && !has_word(sql, "DROP") {
        return;
    }
    let tokens = tokens(sql);
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_keyword(word));
    let drops = is(0, "DROP");
    if !(drops || is(0, "ALTER")) || !is(1, "TABLE") {
        return;
    }
    let mut at = if is(2, "IF") && is(3, "EXISTS") { 4 } else { 2 };
    if tokens
        .get(at + 1)
        .is_some_and(|token| token.is_operator("."))
    {
        at += 2;
    }
    let name = |at: usize| tokens.get(at).and_then(Token::unquoted);
    let Some(table) = name(at)
        .and_then(|table| (followed.iter_mut()).find(|followed| followed.named.is_now(&table)))
    else {
        return;
    };
    if drops {
        table.named.is_dropped = true;
        return;
    }
    let end = tokens.len() - usize::from(tokens.last().is_some_and(|last| last.is_operator(";")));
    let with_word = usize::from(is(at + 2, "COLUMN") && end > at + 3);
    let column = at + 2 + with_word;
    if is(at + 1, "RENAME") && end == at + 4 && is(at + 2, "TO") {
        if let Some(to) = name(at + 3) {
            table.named.now = to;
        }
    } else if is(at + 1, "RENAME") && end == column + 3 && is(column + 1, "TO") {
        let column = name(column)
            .and_then(|name| (table.columns.iter_mut()).find(|column| column.is_now(&name)));
        if let (Some(column), Some(to)) = (column, name(end - 1)) {
            column.now = to;
        }
    } else if is(at + 1, "DROP") && end == column + 1 {
        let column = name(column)
            .and_then(|name| (table.columns.iter_mut()).find(|column| column.is_now(&name)));
        if let Some(column) = column {
            column.is_dropped = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use stepladder::introspect::introspect;
    use stepladder::rusqlite::Connection;

    use super::Exchanged;
    use crate::script::Script;

    fn exchanged(script: &str) -> String {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE t (a, b, c); CREATE TABLE u (x, y);")
            .unwrap();
        let schema = introspect(&connection).unwrap();
        // What is followed is what SQLite does.
        connection.execute_batch(script).unwrap();
        let found = Exchanged::of(&Script::new("step.sql", script).parts, &schema);
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
