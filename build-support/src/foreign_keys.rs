//! Foreign keys that SQLite takes and cannot use: with foreign keys on, each statement that writes to
//! one of the two tables fails. <https://www.sqlite.org/foreignkeys.html#fk_indexes>

use std::ops::Range;

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{Entity, ForeignKey, IndexTerm, Schema, Table};
use stepladder::sql::{Token, names_equal, quote_identifier, split_statements, tokens};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::history::Version;
use crate::introspect::unread;
use crate::schema_sql::moved;
use crate::similar::nearest;
use crate::source::SourceFile;
use crate::sql_name::sql_name;
use crate::statement::read_create;

/// A foreign key that SQLite cannot use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnusableKey {
    /// The table that refers to the other.
    pub(crate) table: String,
    key: ForeignKey,
    why: Why,
}

/// Why it cannot be used.
#[derive(Debug, PartialEq, Eq)]
enum Why {
    /// There is no such table; perhaps this one is meant.
    NoTable(Option<String>),
    /// It is of another kind: `a view`.
    NoOrdinaryTable(&'static str),
    /// The table has no such column; perhaps this one is meant.
    NoColumn(String, Option<String>),
    /// No column is named, and the table has no primary key.
    NoPrimaryKey,
    /// No column is named, and the primary key has another number of columns.
    OtherPrimaryKey(Vec<String>),
    /// They are no key. This index is unique, but not for all rows or by another collation.
    NoKey(Option<String>),
}

/// Reports the foreign keys of `schema.sql` that cannot be used. What the newest version has already is
/// in databases out there, and no reason to build nothing any more.
pub(crate) fn check_wanted(
    (file, wanted): (&SourceFile, &Schema),
    newest: Option<&Version>,
    errors: &mut Diagnostics,
) {
    let Some(found) = errors.ok(unusable_keys(wanted).map_err(|error| unread(file, &error))) else {
        return;
    };
    if found.is_empty() {
        return;
    }
    let known = newest.map_or_else(Vec::new, |newest| {
        unusable_keys(&newest.schema).unwrap_or_default()
    });
    for key in found.iter().filter(|key| !key.is_in(&known)) {
        errors.push(key.in_schema(file));
    }
}

/// The foreign keys of a schema that SQLite cannot use.
pub(crate) fn unusable_keys(schema: &Schema) -> rusqlite::Result<Vec<UnusableKey>> {
    if schema.tables().all(|table| table.foreign_keys.is_empty()) {
        return Ok(Vec::new());
    }
    let connection = Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA foreign_keys = ON; BEGIN")?;
    for entity in &schema.entities {
        // Triggers would have a say in what is tried.
        if !matches!(entity, Entity::Trigger(_)) {
            connection.execute_batch(entity.sql())?;
        }
    }
    let mut found = Vec::new();
    for table in schema.tables() {
        for key in &table.foreign_keys {
            if !is_usable(&connection, key)? {
                found.push(UnusableKey {
                    table: table.name.clone(),
                    key: key.clone(),
                    why: why(schema, key),
                });
            }
        }
    }
    Ok(found)
}

/// Whether a row can be inserted into a table that has this foreign key and nothing else. SQLite says
/// it when the statement is prepared.
fn is_usable(connection: &Connection, key: &ForeignKey) -> rusqlite::Result<bool> {
    const CHILD: &str = "\"stepladder child\"";
    let columns: Vec<_> = (0..key.columns.len())
        .map(|number| format!("c{number}"))
        .collect();
    let columns = columns.join(", ");
    let parent = quote_identifier(&key.parent);
    let named = key
        .parent_columns
        .as_ref()
        .map_or_else(String::new, |names| {
            let names: Vec<_> = names.iter().map(|name| quote_identifier(name)).collect();
            format!(" ({})", names.join(", "))
        });
    connection.execute_batch(&format!(
        "CREATE TABLE {CHILD} ({columns}, FOREIGN KEY ({columns}) REFERENCES {parent}{named})"
    ))?;
    let insert = format!("INSERT INTO {CHILD} DEFAULT VALUES");
    let is_usable = connection.prepare(&insert).is_ok();
    connection.execute_batch(&format!("DROP TABLE {CHILD}"))?;
    Ok(is_usable)
}

fn why(schema: &Schema, key: &ForeignKey) -> Why {
    let parent = match schema.relation(&key.parent) {
        Some(Entity::Table(parent)) => parent,
        Some(Entity::View(_)) => return Why::NoOrdinaryTable("a view"),
        Some(Entity::VirtualTable(_)) => return Why::NoOrdinaryTable("a virtual table"),
        Some(Entity::Index(_) | Entity::Trigger(_)) | None => {
            let names = schema.tables().map(|table| table.name.as_str());
            return Why::NoTable(nearest(names, &key.parent).map(str::to_owned));
        }
    };
    let Some(named) = &key.parent_columns else {
        return match &parent.primary_key {
            None => Why::NoPrimaryKey,
            Some(key) => Why::OtherPrimaryKey(key.columns.iter().map(|c| c.name.clone()).collect()),
        };
    };
    if let Some(missing) = named.iter().find(|name| parent.column(name).is_none()) {
        let columns = parent.columns.iter();
        let columns = columns.map(|column| column.name.as_str());
        return Why::NoColumn(
            missing.clone(),
            nearest(columns, missing).map(str::to_owned),
        );
    }
    Why::NoKey(unfit_index(schema, parent, named))
}

/// A unique index of just these columns.
fn unfit_index(schema: &Schema, parent: &Table, named: &[String]) -> Option<String> {
    schema.entities.iter().find_map(|entity| {
        let Entity::Index(index) = entity else {
            return None;
        };
        let is_named = |term: &IndexTerm| match term {
            IndexTerm::Column(column) => named.iter().any(|name| names_equal(name, column)),
            IndexTerm::Rowid | IndexTerm::Expression(_) => false,
        };
        let fits = index.unique
            && names_equal(&index.table, &parent.name)
            && index.columns.len() == named.len()
            && index.columns.iter().all(|column| is_named(&column.term));
        fits.then(|| index.name.clone())
    })
}

impl UnusableKey {
    /// Whether it is one of these.
    pub(crate) fn is_in(&self, known: &[Self]) -> bool {
        known.iter().any(|other| {
            names_equal(&other.table, &self.table)
                && names_equal(&other.key.parent, &self.key.parent)
                && other.key.columns == self.key.columns
                && other.key.parent_columns == self.key.parent_columns
        })
    }

    /// Whether it is one of this table.
    pub(crate) fn is_of(&self, table: &str) -> bool {
        names_equal(&self.table, table)
    }

    /// Whether SQLite cannot check it: "foreign key mismatch". A table that does not exist has no rows
    /// to be looked for.
    pub(crate) fn is_mismatch(&self) -> bool {
        !matches!(self.why, Why::NoTable(_) | Why::NoOrdinaryTable("a view"))
    }

    fn in_schema(&self, file: &SourceFile) -> Diagnostic {
        let diagnostic = match self.place(file) {
            Some(span) => Diagnostic::at(file, span, self.message(), self.expected()),
            None => Diagnostic::in_file(&*file.path, self.message()),
        };
        diagnostic
            .note(format!(
                "SQLite creates `{0}`, and with foreign keys on each INSERT into `{0}` fails: {1}",
                self.table,
                match self.why {
                    Why::NoTable(_) => format!("no such table: {}", self.key.parent),
                    _ => "foreign key mismatch".to_owned(),
                }
            ))
            .help(self.help())
    }

    /// What it refers to, as it is written: `p (a, b)`.
    fn target(&self) -> String {
        let parent = sql_name(&self.key.parent);
        match &self.key.parent_columns {
            Some(columns) => format!("{parent} ({})", list(columns)),
            None => parent,
        }
    }

    /// The fact.
    pub(crate) fn message(&self) -> String {
        let (table, parent, target) = (&self.table, &self.key.parent, self.target());
        match &self.why {
            Why::NoTable(_) => format!(
                "a foreign key of `{table}` refers to the table `{parent}`, which does not exist"
            ),
            Why::NoOrdinaryTable(kind) => {
                format!("a foreign key of `{table}` refers to `{parent}`, which is {kind}")
            }
            Why::NoColumn(column, _) => format!(
                "a foreign key of `{table}` refers to `{target}`, and `{parent}` has no column `{column}`"
            ),
            Why::NoPrimaryKey => format!(
                "a foreign key of `{table}` refers to the primary key of `{parent}`, which has none"
            ),
            Why::OtherPrimaryKey(key) => format!(
                "a foreign key of `{table}` refers to the primary key of `{parent}` with `({})`, and that \
                 is `({})`",
                list(&self.key.columns),
                list(key)
            ),
            Why::NoKey(_) => {
                format!(
                    "a foreign key of `{table}` refers to `{target}`, which is no key of `{parent}`"
                )
            }
        }
    }

    fn expected(&self) -> String {
        let parent = &self.key.parent;
        match &self.why {
            Why::NoTable(_) | Why::NoOrdinaryTable(_) => "expected a table".to_owned(),
            Why::NoColumn(..) | Why::NoPrimaryKey | Why::NoKey(_) => {
                format!("expected the primary key of `{parent}`, or what is unique in it")
            }
            Why::OtherPrimaryKey(key) => {
                format!("expected as many columns as `({})` has", list(key))
            }
        }
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> String {
        let parent = sql_name(&self.key.parent);
        match &self.why {
            Why::NoTable(Some(near)) | Why::NoColumn(_, Some(near)) => {
                format!("one with a similar name exists: `{near}`")
            }
            Why::NoTable(None) => {
                format!("create the table `{parent}`, or take the foreign key out")
            }
            Why::NoOrdinaryTable(_) => {
                "refer to the table in which the rows are, or take the foreign key out".to_owned()
            }
            Why::NoColumn(column, None) if is_rowid(column) => format!(
                "the rowid is none until it has a name: declare `id INTEGER PRIMARY KEY` in `{parent}`, \
                 and write `REFERENCES {parent} (id)`"
            ),
            Why::NoColumn(_, None) => format!("name a column of `{parent}` that is unique"),
            Why::NoPrimaryKey => format!(
                "declare one in `{parent}`, such as `id INTEGER PRIMARY KEY`, or name a column that is UNIQUE"
            ),
            Why::OtherPrimaryKey(key) => format!(
                "refer to all of it, `FOREIGN KEY (..) REFERENCES {parent} ({})`, or name what is unique",
                list(key)
            ),
            Why::NoKey(Some(index)) => format!(
                "the index `{index}` does not do: it has to be unique for all rows (no `WHERE`), and by \
                 the collation of its columns"
            ),
            Why::NoKey(None) => {
                let columns = self.key.parent_columns.as_deref().unwrap_or_default();
                let name = format!("{}_{}", self.key.parent, columns.join("_"));
                format!(
                    "refer to the primary key, or make them one: `CREATE UNIQUE INDEX {} ON {parent} ({});`",
                    sql_name(&name),
                    list(columns)
                )
            }
        }
    }

    /// Where the table says what it refers to: the name of the other, with the columns.
    fn place(&self, file: &SourceFile) -> Option<Range<usize>> {
        let statement = split_statements(&file.text).into_iter().find(|statement| {
            read_create(statement.sql).is_some_and(|create| names_equal(&create.name, &self.table))
        })?;
        let tokens = tokens(statement.sql);
        let is_named = |at: usize, name: &str| {
            let token = tokens.get(at).and_then(Token::unquoted);
            token.is_some_and(|text| names_equal(&text, name))
        };
        let columns = self.key.parent_columns.as_deref().unwrap_or_default();
        let found = (1..tokens.len()).find(|at| {
            let mut named = columns.iter().enumerate();
            tokens[at - 1].is_keyword("REFERENCES")
                && is_named(*at, &self.key.parent)
                && (columns.is_empty()
                    != tokens.get(at + 1).is_some_and(|next| next.is_operator("(")))
                && named.all(|(number, column)| is_named(at + 2 + 2 * number, column))
        })?;
        // The name alone, or up to the closing parenthesis.
        let last = match columns.len() {
            0 => found,
            count => found + 1 + 2 * count,
        };
        let end = tokens.get(last)?.end();
        Some(moved(&(tokens[found].start..end), statement.start))
    }
}

fn is_rowid(name: &str) -> bool {
    ["rowid", "oid", "_rowid_"]
        .iter()
        .any(|alias| names_equal(alias, name))
}

fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| sql_name(name)).collect();
    names.join(", ")
}
